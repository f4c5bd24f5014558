"""A library as Letterboxd writes and reads it: a zip of tables, packed while they are written."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Any

from moviverse.catalog.selectors import is_local
from moviverse.transfer.exports import facts
from moviverse.transfer.exports.table import written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from moviverse.accounts.models import User
    from moviverse.transfer.exports.facts import Fact

FILM = ("Date", "Name", "Year", "Letterboxd URI")
RATING = (*FILM, "Rating")
DIARY = (*RATING, "Rewatch", "Tags", "Watched Date")
REVIEW = (*RATING, "Rewatch", "Review", "Tags", "Watched Date")


def chunks(user: User, now: datetime) -> Iterator[bytes]:
    """Write the zip, some rows at a time."""
    pipe = _Pipe()
    out: Any = pipe  # that it cannot be sought in is seen by its lack of `tell`
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, pages in _tables(user):
            entry = zipfile.ZipInfo(name, date_time=now.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w") as member:
                for page in pages:
                    member.write(page)
                    yield pipe.taken()
    yield pipe.taken()


class _Pipe:
    """What a zip is written to; its bytes are taken away as they come."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        """Hold bytes until they are taken."""
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Do nothing: there is nobody further down."""

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        whole = b"".join(self._pieces)
        self._pieces.clear()
        return whole


def _tables(user: User) -> Iterator[tuple[str, Iterator[bytes]]]:
    yield "ratings.csv", written(RATING, ([*_film(f), _stars(f)] for f in facts.ratings(user)))
    yield "diary.csv", written(DIARY, _diary(user))
    yield (
        "reviews.csv",
        written(
            REVIEW,
            ([*_film(f), _stars(f), "", f.text, "", ""] for f in facts.reviews(user)),
        ),
    )
    yield "watchlist.csv", written(FILM, map(_film, facts.watchlist(user)))
    yield "likes/films.csv", written(FILM, map(_film, facts.favorites(user)))


def _diary(user: User) -> Iterator[list[object]]:
    seen: set[int] = set()
    for fact in facts.viewings(user):
        if not fact.is_finished:  # Letterboxd's diary knows no half of a film
            continue
        again = "Yes" if fact.tmdb_id in seen else ""
        seen.add(fact.tmdb_id)
        yield [*_film(fact), "", again, "", f"{fact.at:%Y-%m-%d}"]


def _film(fact: Fact) -> list[object]:
    return [f"{fact.at:%Y-%m-%d}", fact.title, fact.year, _uri(fact)]


def _uri(fact: Fact) -> str:
    if not is_local(fact.tmdb_id):
        return f"https://letterboxd.com/tmdb/{fact.tmdb_id}"
    return f"https://letterboxd.com/imdb/{fact.imdb_id}" if fact.imdb_id else ""


def _stars(fact: Fact) -> str:
    return "" if fact.rating is None else f"{fact.rating.normalize():f}"
