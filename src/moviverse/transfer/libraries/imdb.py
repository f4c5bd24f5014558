"""IMDb's tables of ratings and of the watchlist, by the names that their columns have had."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moviverse.transfer.libraries import cells
from moviverse.transfer.libraries.entries import LONGEST_TITLE, Kind, Source
from moviverse.transfer.libraries.recognised import Table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

RATING = ("your rating", "you rated")
RATED_AT = ("date rated",)
LISTED_AT = ("created",)
# Everything else that IMDb knows is a film of some length.
NO_FILMS = frozenset(
    {
        "tvseries", "tvminiseries", "miniseries", "tvepisode", "videogame", "musicvideo",
        "podcastseries", "podcastepisode",
    }
)  # fmt: skip


def recognised(header: frozenset[str], name: str) -> Table | None:  # noqa: ARG001 - as all formats
    """Return how to read a table of IMDb's; a list of somebody's own is read as a watchlist."""
    if not {"const", "title"} <= header:
        return None
    if "position" in header:
        return Table(Source.IMDB, Kind.WATCHLIST, _entry)
    return Table(Source.IMDB, Kind.RATING, _entry) if header & set(RATING) else None


def _entry(row: Mapping[str, str], now: datetime) -> dict[str, Any]:
    kind_of_title = row.get("title type", "").lower().replace(" ", "").replace("-", "")
    rating = _first(row, RATING)
    said = {
        "title": cells.text(row, "title", limit=LONGEST_TITLE),
        "year": cells.year(row, "year"),
    }
    if kind_of_title in NO_FILMS:
        return said | {"skipped": "Not a film."}
    listed = _first(row, LISTED_AT) if "position" in row else ""
    return said | {
        "imdb_id": cells.imdb_id(row, "const"),
        "rating": cells.rating(row, rating, out_of=10),
        "at": cells.moment(row, listed or _first(row, RATED_AT), now=now),
    }


def _first(row: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((name for name in names if name in row), names[0])
