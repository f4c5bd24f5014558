"""Trakt's JSON, of its export and of its API alike: lists of items that hold a film each."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from moviverse.transfer.libraries import cells
from moviverse.transfer.libraries.entries import LONGEST_TITLE, Kind, Source
from moviverse.transfer.libraries.recognised import Items

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

# The field that tells when is also what tells the lists apart, the surest first.
DATES = {
    "rated_at": Kind.RATING,
    "last_watched_at": Kind.SEEN,
    "watched_at": Kind.WATCHED,
    "listed_at": Kind.WATCHLIST,
}
OTHERS = ("show", "season", "episode", "person", "list")
KINDS_OF_ITEM = frozenset({"movie", *OTHERS})


def recognised(data: Any, name: str) -> Items | None:
    """Return how to read a list of Trakt's.

    The watchlist, the favourites and somebody's own lists look alike but for their files' names;
    a film on a list of one's own is not one to watch for that reason.
    """
    if not isinstance(data, list) or not data or not any(_is_item(item) for item in data):
        return None
    items = list(_items(data))
    if any(kind == Kind.WATCHLIST for kind, _ in items):
        stem = PurePosixPath(name.lower()).stem
        if "favorite" in stem:
            items = [(Kind.FAVORITE, item) for _, item in items]
        elif "list" in stem and "watchlist" not in stem:
            return None
    return Items(Source.TRAKT, items, _entry)


def _is_item(item: Any) -> bool:
    return isinstance(item, dict) and bool(KINDS_OF_ITEM & item.keys()) and bool(_date_of(item))


def _date_of(item: Mapping[str, Any]) -> str:
    return next((name for name in DATES if name in item), "")


def _items(data: Sequence[Any]) -> Iterator[tuple[Kind, Mapping[str, str]]]:
    for item in data:
        if not isinstance(item, dict):
            yield Kind.WATCHED, {"item": "no object"}
            continue
        date = _date_of(item)
        found = item.get("movie")
        movie: Mapping[str, Any] = found if isinstance(found, dict) else {}
        ids = movie.get("ids")
        yield (
            DATES.get(date, Kind.WATCHED),
            {
                "type": "movie" if movie else next((each for each in OTHERS if each in item), ""),
                "title": scalar(movie.get("title")),
                "year": scalar(movie.get("year")),
                "imdb": scalar(ids.get("imdb")) if isinstance(ids, dict) else "",
                "tmdb": scalar(ids.get("tmdb")) if isinstance(ids, dict) else "",
                "rating": scalar(item.get("rating")) if date == "rated_at" else "",
                "date": scalar(item.get(date)),
            },
        )


def scalar(value: Any) -> str:
    """Return a value of JSON as the cell of a table would hold it."""
    return str(value) if isinstance(value, str | int | float) else ""


def _entry(row: Mapping[str, str], now: datetime) -> dict[str, Any]:
    if row.get("type") in OTHERS:
        return {"title": row["type"], "skipped": "Not a film."}
    return {
        "title": cells.text(row, "title", limit=LONGEST_TITLE),
        "year": cells.year(row, "year"),
        "imdb_id": cells.imdb_id(row, "imdb"),
        "tmdb_id": cells.whole(row, "tmdb", "an id of TMDb") or None,
        "rating": cells.rating(row, "rating", out_of=10),
        "at": cells.moment(row, "date", now=now),
    }
