"""Examples for the OpenAPI document."""

from __future__ import annotations

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
