"""The client of The Movie Database (TMDb): `tmdb.client().film(949)`.

It knows no tables. What it returns was checked field by field; what it raises is one of its errors.
"""

from __future__ import annotations

from moviverse.tmdb.client import JOB_SECONDS, REQUEST_SECONDS, Client
from moviverse.tmdb.errors import (
    BadAnswer,
    NotConfigured,
    NotFound,
    Refused,
    TmdbError,
    Unavailable,
)
from moviverse.tmdb.site import client, forget, is_configured, saved, state
from moviverse.tmdb.types import (
    Card,
    CastCredit,
    Changes,
    Collection,
    Configuration,
    CrewCredit,
    Film,
    Genre,
    Image,
    Keyword,
    Page,
    Person,
    SearchResults,
    TrendWindow,
    Video,
)

__all__ = [
    "JOB_SECONDS",
    "REQUEST_SECONDS",
    "BadAnswer",
    "Card",
    "CastCredit",
    "Changes",
    "Client",
    "Collection",
    "Configuration",
    "CrewCredit",
    "Film",
    "Genre",
    "Image",
    "Keyword",
    "NotConfigured",
    "NotFound",
    "Page",
    "Person",
    "Refused",
    "SearchResults",
    "TmdbError",
    "TrendWindow",
    "Unavailable",
    "Video",
    "client",
    "forget",
    "is_configured",
    "saved",
    "state",
]
