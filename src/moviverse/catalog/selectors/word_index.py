"""Titles and names in the memory of this process: for ranking, while typing, and for typos.

The embedded PostgreSQL has no trigrams. For 50,000 films with their people this takes some 50 MB
and two seconds to build; a look-up reads nothing but when the catalogue last changed.
"""

from __future__ import annotations

import sys
import threading
import time
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from moviverse.catalog import spelling
from moviverse.catalog.folding import fold, words
from moviverse.catalog.models import Genre, SearchEntry
from moviverse.catalog.selectors.letter_counts import LetterCounts
from moviverse.catalog.selectors.text_lines import Lines
from moviverse.core import statements, versions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

SHARE = 0.05  # of its time that a process may spend on building, while an import changes films
FREE_SECONDS = 0.05  # a small catalogue is built anew whenever it changed
SHORTEST_CORRECTED = 4  # letters: a shorter word is near too many others
TWO_TYPOS_FROM = 8
CORRECTIONS = 4  # that the database is asked about
MOST_NEAR = 40  # words that a misspelt one may mean
MOST_BEGUN = 200  # words that a half typed one may become
# Begins every list and search. A film that changes carries when; what it cannot carry (that it has
# gone, that the second half of an import has come) is counted.
VERSION = f"select (select max(updated_at) from catalog_movie), {versions.NUMBER}"  # noqa: S608 - constants
# Of the people only those of the best known films: nobody is offered a name out of a quarter of a
# million, and a search finds the others in the database.
FAME = """
    select person.id, person.name, person.folded_name
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
Version = tuple["datetime | None", int]
NO_LINES: Sequence[int] = array("I")


@dataclass(frozen=True)
class WordIndex:
    """What the catalogue's titles and names say, as of `version`.

    Attributes:
        version: of the catalogue.
        films: the titles and other original titles, the best known film first.
        people: the folded names, the best known first; their keys are ids and names.
        genres: each genre's folded name and name, by name.
        joined: the lines of `films` of their meaning words without spaces: "Spider-Man 2" is
            "spiderman2".
        first_words: the first meaning word of each line of `films`.
        lengths: how many meaning words each line of `films` has.
        lines: in which lines of `films` a word stands.
        years: which lines of `films` are of a year.
        vocabulary: every word of titles and names, in alphabetical order.
        frequency: how often a word occurs.
        title_letters: the letters of `joined`.
        word_letters: the letters of `vocabulary`.
        built_at: on the monotonic clock.
        seconds: that building took.
    """

    version: Version
    films: Lines[int]
    people: Lines[tuple[UUID, str]]
    genres: Sequence[tuple[str, str]]
    joined: Lines[int]
    first_words: Sequence[str]
    lengths: Sequence[int]
    lines: Mapping[str, Sequence[int]]
    years: Mapping[int, Sequence[int]]
    vocabulary: Sequence[str]
    frequency: Counter[str]
    title_letters: LetterCounts
    word_letters: LetterCounts
    built_at: float
    seconds: float

    def corrected(self, word: str) -> list[str]:
        """Return the words nearest to a misspelt one, the nearest and commonest first.

        A word that is there, or that begins one that is, is not misspelt.
        """
        if len(word) < SHORTEST_CORRECTED or self.begun(word):
            return []
        return list(self.near(word))[:CORRECTIONS]

    def begun(self, beginning: str) -> Sequence[str]:
        """Return the words that begin so, `MOST_BEGUN` at most."""
        start = bisect_left(self.vocabulary, beginning)
        end = bisect_left(self.vocabulary, beginning + "\U0010ffff", start)
        return self.vocabulary[start : min(end, start + MOST_BEGUN)]

    def near(self, word: str) -> dict[str, int]:
        """Return words with how many typos make them of `word`, the nearest and commonest first.

        A typo is a letter too many, too few, another one, or two exchanged.
        """
        typos = 0 if len(word) < SHORTEST_CORRECTED else 1 if len(word) < TWO_TYPOS_FROM else 2
        if not typos:
            return {word: 0}
        may_be = map(self.vocabulary.__getitem__, self.word_letters.within(word, typos=typos))
        found = [
            (each, int(distance))
            for each, distance, _ in process.extract_iter(
                word, may_be, scorer=OSA.distance, score_cutoff=typos
            )
        ]
        found.sort(key=lambda each: (each[1], -self.frequency[each[0]], each[0]))
        return dict(found[:MOST_NEAR])

    def like(self, title: str, *, at_least: float, limit: int) -> list[int]:
        """Return the lines of titles that look like `title`, small words and spaces aside."""
        wanted = "".join(words(title))
        may_be = {
            line: self.joined.texts[line]
            for line in self.title_letters.like(wanted, at_least=at_least)
        }
        near = process.extract(
            wanted, may_be, scorer=fuzz.ratio, score_cutoff=at_least, limit=limit
        )
        return [line for _, _, line in near]


_lock = threading.Lock()
_kept: list[WordIndex] = []  # one at most: of this process


def version(*scopes: str) -> Version:
    """Return what differs after every change of the catalogue, or of one of `scopes` besides."""
    ((latest, number),) = statements.fetched(
        VERSION, [versions.watched((versions.CATALOGUE, *scopes))]
    )
    return latest, number


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


def _built(latest: Version) -> WordIndex:
    began = time.monotonic()
    lines: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
    years: defaultdict[int, array[int]] = defaultdict(lambda: array("I"))
    lengths = array("H")
    first_words: list[str] = []
    frequency: Counter[str] = Counter()
    titles: list[tuple[int, str]] = []
    joined: list[tuple[int, str]] = []
    for number, (movie_id, year, title) in enumerate(_titles()):
        said = title.split()
        meaning = words(title)
        titles.append((movie_id, title))
        joined.append((number, "".join(meaning)))
        first_words.append(sys.intern(meaning[0]) if meaning else "")
        lengths.append(len(set(meaning)))
        frequency.update(said)
        for word in {*said, *(plain for each in said for plain in spelling.undisguised(each))}:
            lines[word].append(number)
        if year is not None:
            years[year].append(number)
    with connection.cursor() as cursor:
        cursor.execute(FAME)
        people = Lines(((id_, name), folded) for id_, name, folded in cursor.fetchall())
    genres = Genre.objects.order_by("name").values_list("name", flat=True)
    for name in people.texts:
        frequency.update(name.split())
    vocabulary = sorted(frequency)
    spaceless = Lines(joined)
    letters = LetterCounts(spaceless.texts), LetterCounts(vocabulary)
    ended = time.monotonic()
    return WordIndex(
        version=latest,
        films=Lines(titles),
        people=people,
        genres=[(fold(name), name) for name in genres],
        joined=spaceless,
        first_words=first_words,
        lengths=lengths,
        lines=dict(lines),
        years=dict(years),
        vocabulary=vocabulary,
        frequency=frequency,
        title_letters=letters[0],
        word_letters=letters[1],
        built_at=ended,
        seconds=ended - began,
    )


def _titles() -> Iterator[tuple[int, int | None, str]]:
    """Give each title and other original title with its film, the best known film first."""
    entries = SearchEntry.objects.order_by("-popularity", "movie_id").values_list(
        "movie_id", "movie__release_year", "folded_title", "folded_original_title"
    )
    for movie_id, year, title, original in entries:
        yield movie_id, year, title.strip()
        if original:
            yield movie_id, year, original.strip()
