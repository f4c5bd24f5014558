"""Titles and names in the memory of this process: for prefixes while typing, and for typos.

The embedded PostgreSQL has no trigrams. For 50,000 films with their people this takes some 30 MB
and a second to build; a look-up reads nothing but when the catalogue last changed.
"""

from __future__ import annotations

import threading
import time
from array import array
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from django.db import connection
from django.db.models import Max
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from moviverse.catalog.models import Movie, SearchEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from uuid import UUID

Key = TypeVar("Key")

SHARE = 0.05  # of its time that a process may spend on building, while an import changes films
FREE_SECONDS = 0.05  # a small catalogue is built anew whenever it changed
SHORTEST_CORRECTED = 4  # letters: a shorter word is near too many others
TWO_TYPOS_FROM = 8
CORRECTIONS = 4
# Of the people only those of the best known films: nobody is offered a name out of a quarter of a
# million, and a search finds the others in the database.
FAME = """
    select person.id, person.folded_name
    from (
        select credit.person_id, sum(film.popularity) as popularity
        from (select tmdb_id, popularity from catalog_movie
              order by popularity desc, tmdb_id limit 20000) as film
        join (select person_id, movie_id from catalog_moviecast
              union all select person_id, movie_id from catalog_moviecrew) as credit
            on credit.movie_id = film.tmdb_id
        group by credit.person_id
        order by sum(film.popularity) desc, credit.person_id
        limit 50000
    ) as fame
    join catalog_person as person on person.id = fame.person_id
    order by fame.popularity desc, person.id
"""


class Lines(Generic[Key]):
    """Texts with their keys, the most important first, as one string that is searched at once."""

    def __init__(self, told: Iterable[tuple[Key, str]]) -> None:
        pairs = list(told)
        self.keys: Sequence[Key] = [key for key, _ in pairs]
        self.texts: Sequence[str] = [text for _, text in pairs]
        # A space before each text, so that " heat" finds the beginning of any word.
        self._all = "".join(f"\n {text}" for text in self.texts) + "\n"
        self._starts = array("L")
        start = 0
        for text in self.texts:
            self._starts.append(start)
            start += len(text) + 2

    def equal_to(self, text: str, limit: int) -> list[int]:
        """Return the numbers of the lines that are `text`."""
        return self._distinct([f"\n {text}\n"], limit)

    def with_prefix(self, text: str, limit: int) -> list[int]:
        """Return the lines that begin with `text`, then those that hold it at a later word."""
        return self._distinct([f"\n {text}", f" {text}"], limit)

    def keys_of(self, lines: Iterable[int]) -> list[Key]:
        """Return the keys of lines, each once."""
        return list(dict.fromkeys(self.keys[line] for line in lines))

    def _distinct(self, needles: Sequence[str], limit: int) -> list[int]:
        found: dict[int, None] = {}
        for needle in needles:
            for line in self._holding(needle):
                found[line] = None
                if len(found) == limit:
                    return list(found)
        return list(found)

    def _holding(self, needle: str) -> Iterator[int]:
        at = self._all.find(needle)
        while at >= 0:
            line = bisect_right(self._starts, at) - 1
            yield line
            at = self._all.find(needle, self._starts[line] + len(self.texts[line]) + 2)


@dataclass(frozen=True)
class WordIndex:
    """What the catalogue's titles and names say, as of `version`."""

    version: datetime | None
    films: Lines[int]
    people: Lines[UUID]
    squeezed: Sequence[str]  # the films' lines without spaces: "starwars" is "star wars"
    frequency: Counter[str]
    built_at: float
    seconds: float  # that building took

    def corrected(self, word: str) -> list[str]:
        """Return the words nearest to a misspelt one, the nearest and commonest first.

        A word that is there, or that begins one that is, is not misspelt.
        """
        if len(word) < SHORTEST_CORRECTED or any(
            lines.with_prefix(word, 1) for lines in (self.films, self.people)
        ):
            return []
        near = process.extract(
            word,
            self.frequency.keys(),
            scorer=OSA.distance,
            score_cutoff=2 if len(word) >= TWO_TYPOS_FROM else 1,
            limit=None,
        )
        near.sort(key=lambda each: (each[1], -self.frequency[each[0]], each[0]))
        return [each for each, _, _ in near[:CORRECTIONS]]

    def like(self, title: str, *, at_least: float, limit: int) -> list[int]:
        """Return the lines of titles that look like `title`, spaces aside, the likest first."""
        near = process.extract(
            title.replace(" ", ""),
            self.squeezed,
            scorer=fuzz.ratio,
            score_cutoff=at_least,
            limit=limit,
        )
        return [line for _, _, line in near]


_lock = threading.Lock()
_kept: list[WordIndex] = []  # one at most: of this process


def version() -> datetime | None:
    """Return when a film last changed."""
    latest: datetime | None = Movie.objects.aggregate(latest=Max("updated_at"))["latest"]
    return latest


def current() -> WordIndex:
    """Return the index of the catalogue as it is, or as it was a moment ago while it changes."""
    latest = version()
    kept = _kept[0] if _kept else None
    if kept is not None and (kept.version == latest or _is_too_early(kept)):
        return kept
    if not _lock.acquire(blocking=kept is None):
        return kept or current()
    try:
        if not _kept or _kept[0].version != latest:
            _kept[:] = [_built(latest)]
        return _kept[0]
    finally:
        _lock.release()


def _is_too_early(kept: WordIndex) -> bool:
    return kept.seconds > FREE_SECONDS and time.monotonic() - kept.built_at < kept.seconds / SHARE


def _built(latest: datetime | None) -> WordIndex:
    began = time.monotonic()
    films: Lines[int] = Lines(_titles())
    with connection.cursor() as cursor:
        cursor.execute(FAME)
        people: Lines[UUID] = Lines(cursor.fetchall())
    frequency: Counter[str] = Counter()
    for lines in (films.texts, people.texts):
        for text in lines:
            frequency.update(text.split())
    ended = time.monotonic()
    return WordIndex(
        version=latest,
        films=films,
        people=people,
        squeezed=[text.replace(" ", "") for text in films.texts],
        frequency=frequency,
        built_at=ended,
        seconds=ended - began,
    )


def _titles() -> Iterator[tuple[int, str]]:
    """Give each title and other original title with its film, the best known film first."""
    entries = SearchEntry.objects.order_by("-popularity", "movie_id").values_list(
        "movie_id", "folded_title", "folded_original_title"
    )
    for movie_id, title, original in entries:
        yield movie_id, title.strip()
        if original:
            yield movie_id, original.strip()
