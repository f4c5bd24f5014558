"""Examples for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from moviverse.api.recommendations.examples import CARD

PERSON_ID = "8f14e45f-ceea-467f-a1d6-0c1f1a2b3c4d"
GENRE: dict[str, Any] = {
    "id": "1c9ac0f3-2f2d-4f0a-9f0e-6d1d8a0f5f11",
    "tmdb_id": 80,
    "name": "Crime",
    "movie_count": 4_307,
}
PERSON: dict[str, Any] = {
    "id": PERSON_ID,
    "tmdb_id": 1032,
    "name": "Martin Scorsese",
    "profile_url": None,
    "cast": [],
    "crew": [{**CARD, "job": "Director"}],
}
SUGGESTIONS: dict[str, Any] = {
    "movies": [CARD],
    "people": [{"id": PERSON_ID, "name": "Martin Scorsese"}],
    "genres": ["Music"],
}
DETAIL: dict[str, Any] = {
    **CARD,
    "imdb_id": "tt0407887",
    "original_title": "The Departed",
    "overview": "A policeman among gangsters and a gangster in the police look for each other.",
    "tagline": "",
    "language": "en",
    "countries": ["US"],
    "status": "Released",
    "adult": False,
    "budget": 90_000_000,
    "revenue": 291_465_034,
    "homepage": "",
    "vote_count": 4_455,
    "popularity": 63.4,
    "keywords": ["boston", "undercover"],
    "images": {"posters": ["/posters/1422.svg"], "backdrops": []},
    "videos": [
        {
            "name": "Official Trailer",
            "site": "YouTube",
            "key": "iojhqm0JTW4",
            "type": "Trailer",
            "official": True,
            "language": "en",
            "published_at": "2014-10-02T19:20:22+00:00",
        }
    ],
    "cast": [
        {
            "id": "c4ca4238-a0b9-4382-8dcc-509a6f75849b",
            "tmdb_id": 6193,
            "name": "Leonardo DiCaprio",
            "profile_url": None,
            "character": "Billy Costigan",
        }
    ],
    "crew": [
        {
            "id": PERSON_ID,
            "tmdb_id": 1032,
            "name": "Martin Scorsese",
            "profile_url": None,
            "job": "Director",
            "department": "Directing",
        }
    ],
    "added_at": "2026-01-04T09:00:00Z",
    "updated_at": "2026-01-04T09:00:00Z",
    "ratings": {"average": 4.25, "count": 2, "distribution": {"4.0": 1, "4.5": 1}},
    "similar": [CARD],
    "me": {
        "rating": 4.5,
        "predicted_rating": 4.31,
        "favorite": False,
        "in_watchlist": False,
        "progress_seconds": None,
        "reasons": [
            {
                "type": "movie",
                "movie": {"tmdb_id": 949, "title": "Heat"},
                "share": 0.6,
                "text": "Because you rated “Heat” 4.5 stars",
            }
        ],
    },
}
