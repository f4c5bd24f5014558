"""Examples for the OpenAPI document."""

from __future__ import annotations

IMPORT_ID = "0b6f0c0e-8c0a-4c5e-9d47-6f5f2f6f0a11"
UPLOAD = {"file": "letterboxd-somebody-2026-03-01-18-30-utc.zip"}
BEGUN = {"id": IMPORT_ID, "status": "queued", "source": "letterboxd", "dry_run": False}
COUNTS = {
    "rows": 812,
    "matched": 640,
    "unmatched": 1,
    "duplicates": 170,
    "malformed": 1,
    "skipped": 0,
    "applied": 640,
    "undone": 0,
    "kept": 0,
}
IMPORT = {
    **BEGUN,
    "status": "done",
    "file_name": "letterboxd-somebody-2026-03-01-18-30-utc.zip",
    "progress": 1.0,
    "matched": 640,
    "duplicates": 170,
    "counts": COUNTS,
    "remarks": [],
    "error": "",
    "created_at": "2026-03-01T18:31:00Z",
    "finished_at": "2026-03-01T18:31:04Z",
    "undone_at": None,
}
ROW = {
    "id": "6d0e6ad2-57d0-4b5e-a3d5-4c1c1b3a9f10",
    "file": "ratings.csv",
    "line": 17,
    "kind": "rating",
    "title": "Heta",
    "year": 1995,
    "rating": 4.5,
    "at": "2024-05-01T00:00:00Z",
    "outcome": "unmatched",
    "message": "",
    "tmdb_id": None,
    "confidence": None,
    "candidates": [{"tmdb_id": 949, "title": "Heat", "year": 1995, "confidence": 0.72}],
}
MALFORMED = {
    **ROW,
    "line": 40,
    "title": "Alien",
    "year": 1979,
    "rating": None,
    "outcome": "malformed",
    "message": "rating is '11', not a rating from 0.5 to 5 in half steps.",
    "candidates": [],
}
REPORT = {**IMPORT, "unmatched": [ROW], "malformed": [MALFORMED]}
CHOICE = {"tmdb_id": 949}
CHOSEN = {**ROW, "outcome": "matched", "tmdb_id": 949, "confidence": 1.0}
UNDO_BEGUN = {**BEGUN, "status": "queued"}
EXPORTED = {
    "format": "moviverse-library",
    "version": 1,
    "exported_at": "2026-03-01T18:31:00+00:00",
    "ratings": [
        {
            "tmdb_id": 949,
            "imdb_id": "tt0113277",
            "title": "Heat",
            "year": 1995,
            "rating": 4.5,
            "date": "2024-05-01T00:00:00+00:00",
        }
    ],
    "reviews": [],
    "history": [],
    "watchlist": [],
    "favorites": [],
}
EXPORTED_TABLE = (
    "kind,tmdb_id,imdb_id,title,year,rating,date,finished,progress_seconds,text\r\n"
    "rating,949,tt0113277,Heat,1995,4.5,2024-05-01T00:00:00+00:00,,,\r\n"
)
EXPORTED_ZIP = "ratings.csv, diary.csv, reviews.csv, watchlist.csv and likes/films.csv, zipped"
