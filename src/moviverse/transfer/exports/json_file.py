"""A library as JSON: one list a kind, written item by item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from moviverse.transfer.exports import facts
from moviverse.transfer.libraries.moviverse_files import FORMAT, LISTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from moviverse.accounts.models import User
    from moviverse.transfer.exports.facts import Fact

VERSION = 1
ITEMS_IN_A_CHUNK = 500
READERS = {
    "ratings": facts.ratings,
    "reviews": facts.reviews,
    "history": facts.viewings,
    "watchlist": facts.watchlist,
    "favorites": facts.favorites,
}


def chunks(user: User, now: datetime) -> Iterator[bytes]:
    """Write the object, some items at a time."""
    head = {"format": FORMAT, "version": VERSION, "exported_at": now.isoformat()}
    yield orjson.dumps(head)[:-1]
    for name in LISTS:
        yield b',\n"%s":[' % name.encode()
        yield from _items(READERS[name](user))
        yield b"]"
    yield b"}\n"


def _items(every: Iterator[Fact]) -> Iterator[bytes]:
    page: list[bytes] = []
    separator = b"\n"
    for fact in every:
        page.append(separator + orjson.dumps(_item(fact)))
        separator = b",\n"
        if len(page) == ITEMS_IN_A_CHUNK:
            yield b"".join(page)
            page.clear()
    yield b"".join(page)


def _item(fact: Fact) -> dict[str, Any]:
    told: dict[str, Any] = {
        "tmdb_id": fact.tmdb_id,
        "imdb_id": fact.imdb_id or None,
        "title": fact.title,
        "year": fact.year,
        "rating": None if fact.rating is None else float(fact.rating),
        "date": fact.at.isoformat(),
        "finished": None if fact.is_finished else False,
        "progress_seconds": fact.progress_seconds,
        "text": fact.text or None,
    }
    return {name: value for name, value in told.items() if value is not None}
