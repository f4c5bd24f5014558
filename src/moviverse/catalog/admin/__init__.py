"""The catalogue in the Django admin."""

from __future__ import annotations

from moviverse.catalog.admin.films import GenreAdmin, KeywordAdmin, MovieAdmin, PersonAdmin
from moviverse.catalog.admin.syncs import TmdbRunAdmin, TmdbSyncAdmin

__all__ = [
    "GenreAdmin",
    "KeywordAdmin",
    "MovieAdmin",
    "PersonAdmin",
    "TmdbRunAdmin",
    "TmdbSyncAdmin",
]
