"""Our own export, as a table or as JSON: what was taken out goes back in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moviverse.transfer.libraries import cells
from moviverse.transfer.libraries.entries import LONGEST_TEXT, LONGEST_TITLE, Kind, Source
from moviverse.transfer.libraries.recognised import Items, Table
from moviverse.transfer.libraries.trakt import scalar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

FORMAT = "moviverse-library"
LONGEST_FILM = 1_000_000  # seconds, eleven days
COLUMNS = (
    "kind", "tmdb_id", "imdb_id", "title", "year", "rating", "date", "finished",
    "progress_seconds", "text",
)  # fmt: skip
# The lists of the JSON form, and what each is about; ratings first, reviews before viewings.
LISTS = {
    "ratings": Kind.RATING,
    "reviews": Kind.REVIEW,
    "history": Kind.WATCHED,
    "watchlist": Kind.WATCHLIST,
    "favorites": Kind.FAVORITE,
}


def recognised(header: frozenset[str], name: str) -> Table | None:  # noqa: ARG001 - as all formats
    """Return how to read the table of our export."""
    return Table(Source.MOVIVERSE, Kind.RATING, _entry) if set(COLUMNS) <= header else None


def recognised_json(data: Any) -> Items | None:
    """Return how to read the JSON of our export."""
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        return None
    return Items(Source.MOVIVERSE, list(_items(data)), _entry)


def _items(data: Mapping[str, Any]) -> Iterator[tuple[Kind, Mapping[str, str]]]:
    for name, kind in LISTS.items():
        items = data.get(name)
        for item in items if isinstance(items, list) else ():
            held = item if isinstance(item, dict) else {}
            row = {column: scalar(held.get(column)) for column in COLUMNS}
            yield kind, row | {"kind": kind.value}


def _entry(row: Mapping[str, str], now: datetime) -> dict[str, Any]:
    kind = row.get("kind", "").strip()
    if kind not in list(Kind):
        raise cells.CellWrong("kind", kind, f"one of {', '.join(Kind)}")
    progress = _progress(row)
    is_finished = row.get("finished", "").strip().lower() != "false"
    if not is_finished and progress is None:
        raise cells.CellWrong("progress_seconds", "", "how far an unfinished viewing is")
    return {
        "kind": Kind(kind),
        "title": cells.text(row, "title", limit=LONGEST_TITLE),
        "year": cells.year(row, "year"),
        "tmdb_id": cells.whole(row, "tmdb_id", "the id of a film") or None,
        "imdb_id": cells.imdb_id(row, "imdb_id"),
        "rating": cells.rating(row, "rating", out_of=5),
        "at": cells.moment(row, "date", now=now),
        "is_finished": is_finished,
        "progress_seconds": progress,
        "text": cells.text(row, "text", limit=LONGEST_TEXT + 1, lines=True),
    }


def _progress(row: Mapping[str, str]) -> int | None:
    seconds = cells.whole(row, "progress_seconds", "a number of seconds")
    if seconds is not None and seconds > LONGEST_FILM:
        raise cells.CellWrong("progress_seconds", seconds, "a moment within a film")
    return seconds
