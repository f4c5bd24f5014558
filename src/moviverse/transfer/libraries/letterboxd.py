"""Letterboxd's export: a zip of small tables, of which three look alike but for their names."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from moviverse.transfer.libraries import cells
from moviverse.transfer.libraries.entries import LONGEST_TEXT, LONGEST_TITLE, Kind, Source
from moviverse.transfer.libraries.recognised import Table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

NAMES = {"watched": Kind.SEEN, "watchlist": Kind.WATCHLIST, "films": Kind.FAVORITE}
NOT_OURS = frozenset({"deleted", "orphaned", "lists"})  # folders of the zip
URI = "letterboxd uri"
# What our own export writes there, and what Letterboxd answers with the film's page.
ID_IN_URI = re.compile(r"https://letterboxd\.com/(?:tmdb/([0-9]{1,18})|imdb/(tt[0-9]{5,10}))/?")


def recognised(header: frozenset[str], name: str) -> Table | None:
    """Return how to read a table of Letterboxd's, if it is one that tells of films."""
    path = PurePosixPath(name.lower())
    if not {"name", URI} <= header or NOT_OURS & set(path.parts):
        return None
    if "review" in header:
        return Table(Source.LETTERBOXD, Kind.REVIEW, _entry)
    if "watched date" in header:
        return Table(Source.LETTERBOXD, Kind.WATCHED, _entry)
    if "rating" in header:
        return Table(Source.LETTERBOXD, Kind.RATING, _entry)
    kind = next((kind for word, kind in NAMES.items() if path.stem.startswith(word)), None)
    return Table(Source.LETTERBOXD, kind, _entry) if kind else None


def is_nameless(header: frozenset[str]) -> bool:
    """Tell whether it would be a table of Letterboxd's if its name said which."""
    return {"name", URI} <= header


def _entry(row: Mapping[str, str], now: datetime) -> dict[str, Any]:
    linked = ID_IN_URI.fullmatch(row.get(URI, "").strip())
    logged = cells.moment(row, "date", now=now)
    return {
        "title": cells.text(row, "name", limit=LONGEST_TITLE),
        "year": cells.year(row, "year"),
        "tmdb_id": int(linked[1]) if linked and linked[1] else None,
        "imdb_id": (linked[2] or "") if linked else "",
        "rating": cells.rating(row, "rating", out_of=5),
        "at": cells.moment(row, "watched date", now=now) or logged,
        "text": cells.text(row, "review", limit=LONGEST_TEXT + 1, lines=True),
    }
