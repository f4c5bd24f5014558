"""Examples for the OpenAPI document."""

from __future__ import annotations

from moviverse.api.recommendations.examples import CARD

RATING_BODY = {"rating": 4.5}
RATING = {"tmdb_id": 949, "rating": 4.5, "rated_at": "2026-03-01T21:10:00Z"}
RATE = {"movie_id": 949, "interaction_type": "rate", "rating": 4.5}
RATED = {
    "id": "6a1f0f3e-6d0b-4a53-8c70-0d9b4d1c2f11",
    "movie_id": 949,
    "interaction_type": "rate",
    "rating": 4.5,
    "happened_at": "2026-03-01T21:10:00Z",
}
VIEWED = {
    "id": "2c8d7b1a-3f7e-4c58-9f0e-5b6a7c8d9e10",
    "movie_id": 680,
    "interaction_type": "view",
    "rating": None,
    "happened_at": "2026-03-01T21:10:00.000001Z",
}
BATCH = {"interactions": [RATE, {"movie_id": 680, "interaction_type": "view"}]}
RECORDED = {"interactions": [RATED, VIEWED], "count": 2}
INTERACTIONS = {
    "interactions": [VIEWED, RATED],
    "count": 2,
    "page": 1,
    "page_size": 20,
    "total_pages": 1,
    "next": None,
    "previous": None,
}
SHOWN = {"title": "The Departed"}
SAVE = {"tmdb_id": 1422, **SHOWN}
SAVED = {
    "id": "0b0e2f6c-3f57-4f0e-9a64-2d4c5e7f8a90",
    "tmdb_id": CARD["tmdb_id"],
    "title": CARD["title"],
    "poster_url": CARD["poster_url"],
    "in_catalog": True,
    "added_at": "2026-03-01T21:10:00Z",
    "movie": CARD,
}
WATCH = {"tmdb_id": 1422, "progress_seconds": 3_600}
CORRECTION = {"progress_seconds": 4_200}
WATCHED = {
    "id": "9d2b6c1e-8a41-4f3d-b6f7-1c0e9d8b7a65",
    "tmdb_id": 1422,
    "progress_seconds": 3_600,
    "watched": False,
    "started_at": "2026-03-01T20:10:00Z",
    "watched_at": "2026-03-01T21:10:00Z",
    "movie": CARD,
}
VIEW = {"progress_seconds": 3_600}
TRACKED = {"tmdb_id": 1422, "progress_seconds": 3_600, "watched": False}
REVIEW_BODY = {"rating": 4.5, "text": "Two moles, one city, and nobody to trust."}
REVIEW_EDIT = {"text": "Two moles, one city, and still nobody to trust."}
REVIEW = {
    "id": "4f8c1d2e-6b3a-4c5d-8e7f-9a0b1c2d3e4f",
    "tmdb_id": 1422,
    **REVIEW_BODY,
    "author": {
        "id": "b7e23ec2-9a1f-4c3d-8e5b-6f7a8b9c0d1e",
        "username": "ada",
        "avatar_url": "",
    },
    "created_at": "2026-03-01T21:10:00Z",
    "updated_at": "2026-03-01T21:10:00Z",
}
MY_REVIEW = {name: value for name, value in REVIEW.items() if name != "author"} | {"movie": CARD}
