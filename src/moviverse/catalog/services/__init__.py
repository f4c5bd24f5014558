"""Writing the catalogue: films from a source, votes from a corpus, an edit by hand."""

from __future__ import annotations

from moviverse.catalog.fetching import fetch_movie, with_film
from moviverse.catalog.services.edits import (
    ask_for_films,
    give_edits_up,
    note_edits,
    note_removal,
    refold,
)
from moviverse.catalog.services.retention import prune_tmdb
from moviverse.catalog.services.runs import ask_for_load, load_from_tmdb, sync_changes
from moviverse.catalog.services.votes import summarise_votes
from moviverse.catalog.syncing import sync_movie
from moviverse.catalog.upserting import upsert_movies

__all__ = [
    "ask_for_films",
    "ask_for_load",
    "fetch_movie",
    "give_edits_up",
    "load_from_tmdb",
    "note_edits",
    "note_removal",
    "prune_tmdb",
    "refold",
    "summarise_votes",
    "sync_changes",
    "sync_movie",
    "upsert_movies",
    "with_film",
]
