"""Examples for the OpenAPI document."""

from __future__ import annotations

from typing import Any

CARD: dict[str, Any] = {
    "tmdb_id": 1422,
    "title": "The Departed",
    "release_date": "2006-10-05",
    "release_year": 2006,
    "genres": ["Crime", "Drama", "Thriller"],
    "runtime": 151,
    "vote_average": 8.1,
    "poster_url": "/posters/1422.svg",
}
REASONS = [
    {
        "type": "movie",
        "movie": {"tmdb_id": 949, "title": "Heat"},
        "share": 0.613204,
        "text": "Because you rated “Heat” 4.5 stars",
    },
    {"type": "genre", "genre": "Crime", "share": 0.30415, "text": "You often like Crime films"},
    {
        "type": "person",
        "person": "Martin Scorsese",
        "share": 0.211034,
        "text": "You often like films by Martin Scorsese",
    },
    {"type": "other", "share": 0.1021, "text": "And 7 more reasons"},
]
RECOMMENDATION: dict[str, Any] = {
    "rank": 1,
    "score": 1.230488,
    "predicted_rating": 4.12,
    "movie": CARD,
    "reasons": REASONS,
}
HEADING: dict[str, Any] = {
    "request_id": "0b5e3f3c-8b0e-4a62-9f0c-6f7f6a1d2c3b",
    "model": "Hybrid",
    "model_version": "20260104T093011.204117Z-5f1c09ab",
    "strategy": "hybrid",
    "generated_at": "2026-01-04T10:00:00Z",
}
ANSWER = {**HEADING, "results": [RECOMMENDATION]}
PERSONAL_ANSWER = {
    **ANSWER,
    "next": "https://movies.example.org/api/movies/recommendations/?cursor=WyIwYjVlM2YzYyJd.kq3Zt8",
}
CONTEXT_ANSWER = {**ANSWER, "unknown": []}
CONTEXT = {
    "context": [949, {"movie_id": 680, "rating": 4.5}],
    "model": "EASE",
    "limit": 10,
    "filters": {"genre": ["Crime,Drama", "Thriller"], "year_from": 1990, "exclude": [769]},
}
TITLE_ANSWER = {
    **CONTEXT_ANSWER,
    "understood": {**CARD, "tmdb_id": 949, "title": "Heat", "release_year": 1995},
    "candidates": [],
}
BATCH = {"contexts": [[949], [680, 13]], "model": "Hybrid", "limit": 5}
BATCH_ANSWER = {"count": 1, "results": [CONTEXT_ANSWER]}
GROUP: dict[str, Any] = {
    "user_ids": ["7f0c5a52-3a0c-4c53-9a0b-5a1f6d0f2f11"],
    "contexts": [[949, {"movie_id": 680, "rating": 4.5}]],
    "aggregation": "least_misery",
    "limit": 10,
}
GROUP_ANSWER = {
    "request_id": HEADING["request_id"],
    "model": "Hybrid",
    "model_version": HEADING["model_version"],
    "aggregation": "least_misery",
    "generated_at": HEADING["generated_at"],
    "members": [
        {"user_id": GROUP["user_ids"][0], "context": None, "strategy": "hybrid", "unknown": []},
        {"user_id": None, "context": 0, "strategy": "hybrid", "unknown": []},
    ],
    "results": [
        {
            "rank": 1,
            "score": 0.71,
            "movie": CARD,
            "members": [
                {"member": 0, "score": 0.71, "predicted_rating": 4.1, "reasons": REASONS[1:2]},
                {"member": 1, "score": 0.93, "predicted_rating": 4.4, "reasons": REASONS[:1]},
            ],
        }
    ],
}
MODELS = {
    "models": [
        {
            "name": "Hybrid",
            "type": "non-neural",
            "description": "Fuses EASE, iALS and Content; ItemKNN and Popularity help while little is known.",
            "status": "ready",
            "version": HEADING["model_version"],
            "trained_at": "2026-01-04T09:30:11Z",
            "metrics": {"NDCG@10": 0.35, "Recall@20": 0.38, "Coverage@20": 0.4},
        }
    ]
}
FOUND_BY_CONTENT = {
    "model": "Content",
    "model_version": HEADING["model_version"],
    "strategy": "content",
}
FOUND_BY_TASTE = {**FOUND_BY_CONTENT, "model": "ItemKNN", "strategy": "collab"}
NEIGHBOUR = {**CARD, "score": 0.41, "reasons": REASONS[:1]}
SHOWN_FILM = {
    "rank": 1,
    "tmdb_id": 1422,
    "title": "The Departed",
    "score": 1.230488,
    "predicted_rating": 4.12,
    "reasons": REASONS,
}
OUTCOME = {"action": "rate", "rating": 4.0, "happened_at": "2026-01-05T21:10:00Z"}
PAST_FILM = {**SHOWN_FILM, "outcome": OUTCOME, "outcomes": [OUTCOME]}
RECEIPT = {
    **HEADING,
    "first_request_id": None,
    "parameters": {
        "model": "Hybrid",
        "limit": 1,
        "diversity": None,
        "genre": [],
        "year_from": None,
        "year_to": None,
        "exclude_seen": True,
    },
    "history": [{"movie_id": 949, "rating": 4.5, "kind": "rated"}],
    "results": [PAST_FILM],
}
FEEDBACK = {"movie_id": 348, "action": "more_like_this", "request_id": HEADING["request_id"]}
FEEDBACK_GIVEN = {
    "tmdb_id": 348,
    "action": "more_like_this",
    "request_id": HEADING["request_id"],
    "given_at": "2026-01-04T10:02:41Z",
}
FEEDBACK_LISTED = {
    **FEEDBACK_GIVEN,
    "movie": {**CARD, "tmdb_id": 348, "title": "Alien", "release_year": 1979},
}
PAST_LIST = {**HEADING, "results": [PAST_FILM]}
