"""Which film of ours a line means, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moviverse.catalog import selectors as catalog
from moviverse.transfer.title_index import TitleIndex

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moviverse.catalog.selectors import Titles
    from moviverse.transfer.libraries.entries import Entry
    from moviverse.transfer.title_index import Found

CONFIDENT = 0.85  # from here a match is taken; below it is offered
OFFERED = 0.5
MOST_CANDIDATES = 5
MOVIELENS = "movielens"  # the source of the catalogue's ids
# How sure a title makes, by what the years say.
SAME_YEAR, NEXT_YEAR, NO_YEAR_GIVEN, NO_YEAR_HELD, OTHER_YEAR = 0.99, 0.94, 0.9, 0.88, 0.6
MISSPELT = 0.97
CONTRADICTED = 0.7  # at most, when an id says that it is another film
CLOSE = 0.04  # two films this near in confidence may both be meant
BETTER_KNOWN = 4.0  # times: the one that people mean
DOUBT = 0.05


@dataclass(frozen=True, slots=True)
class Candidate:
    """A film that may be meant."""

    tmdb_id: int
    title: str
    year: int | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Match:
    """The film that is meant, if it is certain enough; else what it may be."""

    movie_id: int | None = None
    confidence: float | None = None
    candidates: tuple[Candidate, ...] = ()


NOTHING = Match()
BY_ID = 1.0


class Matcher:
    """Finds the films of many lines; the catalogue's titles are read once, and only if needed."""

    def __init__(self) -> None:
        self._index: TitleIndex | None = None
        self._known: dict[tuple[str, int | None, bool, str], Match] = {}

    def matches(self, entries: Sequence[Entry]) -> list[Match]:
        """Return the match of each entry: at most three queries, whatever their number."""
        imdb = catalog.ids_of_imdb({each.imdb_id for each in entries if each.imdb_id})
        movielens = catalog.ids_of(
            source=MOVIELENS,
            values={str(each.movielens_id) for each in entries if each.movielens_id is not None},
        )
        tmdb = {each.tmdb_id for each in entries if each.tmdb_id is not None}
        held = catalog.known(tmdb) if tmdb else set()
        found = []
        for entry in entries:
            movie_id = self._by_id(entry, held, imdb, movielens)
            if movie_id is not None:
                found.append(Match(movie_id, BY_ID))
            elif entry.title and not entry.problem and not entry.skipped:
                found.append(self._by_title(entry))
            else:
                found.append(NOTHING)
        return found

    def _by_id(
        self, entry: Entry, held: set[int], imdb: dict[str, int], movielens: dict[str, int]
    ) -> int | None:
        tmdb_id = entry.tmdb_id
        # A local id of another site names another film here: the title has to agree.
        if tmdb_id in held and (
            not catalog.is_local(tmdb_id) or self._titles().is_called(tmdb_id, entry.title)
        ):
            return tmdb_id
        if entry.imdb_id in imdb:
            return imdb[entry.imdb_id]
        return movielens.get(str(entry.movielens_id))

    def _by_title(self, entry: Entry) -> Match:
        has_other_id = entry.tmdb_id is not None and not catalog.is_local(entry.tmdb_id)
        key = (entry.title, entry.year, has_other_id, entry.imdb_id)
        if key not in self._known:  # an upload names a film in several of its files
            self._known[key] = self._looked_up(entry, has_other_id=has_other_id)
        return self._known[key]

    def _titles(self) -> TitleIndex:
        if self._index is None:
            self._index = TitleIndex(catalog.titles())
        return self._index

    def _looked_up(self, entry: Entry, *, has_other_id: bool) -> Match:
        index = self._titles()

        def rated(found: Sequence[Found]) -> list[tuple[float, Titles]]:
            told = []
            for each in found:
                sure = _confidence(each, entry.year)
                other_imdb = entry.imdb_id and each.film.imdb_id not in ("", entry.imdb_id)
                if other_imdb or (has_other_id and not catalog.is_local(each.film.movie_id)):
                    sure = min(sure, CONTRADICTED)
                told.append((sure, each.film))
            return told

        every = rated(index.same(entry.title))
        match = _decided(every)
        if match.movie_id is not None:
            return match
        seen = {film.movie_id for _, film in every}
        nearly = rated(index.alike(entry.title, entry.year))
        return _decided(every + [each for each in nearly if each[1].movie_id not in seen])


def _confidence(found: Found, year: int | None) -> float:
    sure = found.likeness * (MISSPELT if found.is_misspelt else 1.0)
    if year is None:
        return sure * NO_YEAR_GIVEN
    if found.film.year is None:
        return sure * NO_YEAR_HELD
    distance = abs(found.film.year - year)
    return sure * (SAME_YEAR if distance == 0 else NEXT_YEAR if distance == 1 else OTHER_YEAR)


def _decided(every: Sequence[tuple[float, Titles]]) -> Match:
    """Return the surest film if nothing else comes close, or is better known by far."""
    order = sorted(every, key=lambda each: (-each[0], -each[1].popularity, each[1].movie_id))
    if not order:
        return NOTHING
    sure, best = order[0]
    close = [film for other, film in order[1:] if sure - other < CLOSE]
    if close:
        best = max([best, *close], key=lambda film: film.popularity)
        others = [film.popularity for film in [order[0][1], *close] if film is not best]
        known_by_far = best.popularity > 0 and best.popularity >= BETTER_KNOWN * max(others)
        sure = sure - DOUBT if known_by_far else min(sure, CONTRADICTED)
    if sure >= CONFIDENT - 1e-9:
        return Match(best.movie_id, round(sure, 3))
    return Match(
        candidates=tuple(
            Candidate(film.movie_id, film.title, film.year, round(min(each, sure), 3))
            for each, film in order[:MOST_CANDIDATES]
            if each >= OFFERED
        )
    )
