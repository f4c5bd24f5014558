"""Finding films by words: in titles, people, keywords and overviews, misspelt or half typed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from rapidfuzz import fuzz

from moviverse.catalog.errors import EmptyQuery
from moviverse.catalog.folding import fold, words
from moviverse.catalog.models import Movie
from moviverse.catalog.selectors import title_ranks, word_index
from moviverse.catalog.selectors.cards import Cards, MovieCard, cards
from moviverse.catalog.selectors.lists import of_genres
from moviverse.catalog.spelling import spellings
from moviverse.catalog.spelling import year as spelling_year
from moviverse.core import statements

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from moviverse.catalog.selectors.title_ranks import Hit
    from moviverse.catalog.selectors.word_index import WordIndex

MOST_WORDS = 12  # of a query that are looked at
MOST_NEARLY = 5  # words in which typos are forgiven one by one
MOST_FOUND = 1_000  # films; nobody turns fifty pages
FEW = 3  # fewer than this, and the words may have been misspelt
ALIKE = 80.0  # per cent: titles this like the query are found whatever their words
HOLDING = 90.0  # per cent: a title that holds the whole query is at least this like it
SAID = 95.0  # per cent: a title all of whose words are there, in another spelling or order
BEGUN = 3.0  # per cent more for a title that begins with the query
CANDIDATES = 50
# In brackets, so that the query is read once and not again for each film.
HOLDS = "words @@ (select to_tsquery('simple', %s))"
BY_PEOPLE = f"select movie_id, {HOLDS} as by_people from catalog_searchentry"  # noqa: S608 - constants
OF_YEARS = """exists (select from catalog_movie
                       where tmdb_id = movie_id and release_year = any(%s::int[]))"""
BEST = f"order by by_people desc, popularity desc, movie_id limit {MOST_FOUND}"
YEAR = re.compile(r"\((\d{4})\)\s*$", re.ASCII)


class Found(Cards):
    """The films that a search found, best first.

    `meant` is what the words were taken for, when they were corrected.
    """

    def __init__(self, ids: Sequence[int], *, meant: str = "") -> None:
        super().__init__(ids)
        self.meant = meant


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What the beginning of a word may become."""

    movies: list[MovieCard]
    people: list[tuple[UUID, str]]
    genres: list[str]


def search(*, q: str, genres: tuple[tuple[str, ...], ...] = (), year: int | None = None) -> Found:
    """Return the films that `q` finds, by relevance and then popularity: `MOST_FOUND` at most.

    Relevance: the title itself; all of the title's words; all words in the title; all in title and
    people; anywhere. Numbers may be digits, Roman or words, and a year the film's own. Where
    no title or too little is found so, titles with typos and half typed words come in.

    Args:
        q: Words, whatever their case, accents and punctuation.
        genres: As of `MovieFilters`.
        year: Of the release.

    Raises:
        EmptyQuery: `q` has no letter and no digit.
        UnknownFilterValue: there is no such genre.
    """
    terms = words(q)[:MOST_WORDS]
    if not terms:
        raise EmptyQuery
    allowed = of_genres(genres) & (Q() if year is None else Q(release_year=year))
    index = word_index.current()
    titles = _films(index, title_ranks.exact(index, folded=fold(q), terms=terms), allowed)
    spelt = [spellings(term, place=place) for place, term in enumerate(terms)]
    by_people, anywhere = _matching(spelt, allowed)
    known = dict.fromkeys([*titles, *by_people])
    found = dict.fromkeys([*known, *anywhere])
    if known and len(found) >= FEW:
        return Found(list(found)[:MOST_FOUND])
    hits = title_ranks.near(index, terms=terms) if len(terms) <= MOST_NEARLY else []
    whole = _films(index, [hit for hit in hits if hit.is_whole], allowed)
    if not known:
        found = dict.fromkeys([*whole, *anywhere])
    if len(found) >= FEW:
        return Found(list(found)[:MOST_FOUND])
    return _nearly(q, terms, allowed, found=[*found, *_films(index, hits, allowed)])


def _nearly(q: str, terms: Sequence[str], allowed: Q, *, found: Sequence[int]) -> Found:
    """Return what was `found`, with films that misspelt or half typed words may mean."""
    index = word_index.current()
    corrections = [index.corrected(term) for term in terms]
    nearly = [[f"{term}:*", term, *near] for term, near in zip(terms, corrections, strict=True)]
    by_people, anywhere = _matching(nearly, allowed)
    alike = index.films.keys_of(index.like(q, at_least=ALIKE, limit=CANDIDATES))
    every = dict.fromkeys([*found, *by_people, *_among(alike, allowed), *anywhere])
    meant = " ".join(
        near[0] if near else term for term, near in zip(terms, corrections, strict=True)
    )
    return Found(list(every)[:MOST_FOUND], meant=meant if any(corrections) and every else "")


def _films(index: WordIndex, hits: Sequence[Hit], allowed: Q) -> list[int]:
    return _among(index.films.keys_of(hit.line for hit in hits)[:MOST_FOUND], allowed)


def _matching(terms: Sequence[Sequence[str]], allowed: Q) -> tuple[list[int], list[int]]:
    """Return the films that hold one spelling of every term in titles and people, and the others.

    Both the best known first. A term that reads as a year may be the film's own.
    """
    years = [year for year in map(spelling_year, (first for first, *_ in terms)) if year]
    rest = [term for term in terms if not spelling_year(term[0])] or terms
    conditions = [HOLDS]
    values: list[object] = [_query(rest, weights="AB"), _query(rest)]
    if len(rest) < len(terms):
        conditions.append(f"({HOLDS} or {OF_YEARS})")
        values += [_query(terms), years]
    if allowed:
        films, told = Movie.objects.filter(allowed).values("pk").query.sql_with_params()
        conditions.append(f"movie_id in ({films})")
        values += told
    rows = statements.fetched(f"{BY_PEOPLE} where {' and '.join(conditions)} {BEST}", values)
    return [id_ for id_, strong in rows if strong], [id_ for id_, strong in rows if not strong]


def _query(terms: Sequence[Sequence[str]], *, weights: str = "") -> str:
    """Return the query for one spelling of every term; `weights` narrow where it may stand."""
    words_of = (
        " | ".join(
            f"{each}{weights}" if each.endswith(":*") else f"{each}:{weights}" if weights else each
            for each in spelt
        )
        for spelt in terms
    )
    return " & ".join(f"({each})" for each in words_of)


def _among(ids: Sequence[int], allowed: Q) -> list[int]:
    if not ids or not allowed:
        return list(ids)
    kept = set(Movie.objects.filter(allowed, pk__in=ids).values_list("pk", flat=True))
    return [id_ for id_ in ids if id_ in kept]


def title_matches(title: str, limit: int) -> list[MovieCard]:
    """Return the films that `title` may mean, the likeliest first; a year "(1995)" decides.

    The very title comes first, then titles that begin with it, that hold it, and that read like it,
    each by likeness and popularity. Where there is none, one with a typo in a short word will do.
    """
    dated = YEAR.search(title)
    wanted = fold(title[: dated.start()] if dated else title)
    if not wanted:
        return []
    index = word_index.current()
    likeness: dict[int, float] = {}
    terms = words(wanted)[:MOST_WORDS]
    exact = title_ranks.exact(index, folded=wanted, terms=terms)[:CANDIDATES]
    missing = {hit.line: hit.missing for hit in exact}
    lines = [
        *(hit.line for hit in exact),
        *index.films.with_prefix(wanted, CANDIDATES),
        *index.like(wanted, at_least=ALIKE, limit=CANDIDATES),
    ]
    if not lines and len(terms) <= MOST_NEARLY:
        lines = [hit.line for hit in title_ranks.near(index, terms=terms) if hit.is_whole]
    for line in lines:
        film = index.films.keys[line]
        alike = _likeness(wanted, index.films.texts[line], missing.get(line, title_ranks.PART))
        likeness[film] = max(likeness.get(film, 0.0), alike)
    found = cards(list(likeness))
    year = int(dated[1]) if dated else None
    best = sorted(
        found.values(),
        key=lambda card: (year is not None and card.release_year == year, likeness[card.tmdb_id]),
        reverse=True,  # and stable: among equals the better known stays first
    )
    return best[:limit]


def _likeness(wanted: str, title: str, missing: int) -> float:
    """Return how much a title reads like what is wanted, 0 to 100; more when it holds it whole.

    `missing` is as of a `Hit`.
    """
    ratio = fuzz.ratio(wanted.replace(" ", ""), title.replace(" ", ""))
    alike = max(ratio, HOLDING + ratio / 10) if f" {wanted} " in f" {title} " else ratio
    if missing <= title_ranks.WHOLE:
        return max(alike, SAID)
    # Or a long title that begins with "E.T." would read less like it than one with an "et" in it.
    return max(alike, min(SAID, alike + BEGUN)) if missing == title_ranks.BEGINNING else alike


def suggest(*, q: str, limit: int = 8) -> Suggestions:
    """Return what the beginning `q` may become: at most `limit` films, people and genres each.

    Raises:
        EmptyQuery: `q` has no letter and no digit.
    """
    begun = fold(q)
    if not begun:
        raise EmptyQuery
    index = word_index.current()
    lines = index.films.with_prefix(begun, 2 * limit)
    if len(lines) < limit:  # "spiderm" begins "Spider-Man", and Japanese has no spaces
        lines += index.joined.beginning_with(begun.replace(" ", ""), limit)
    films = index.films.keys_of(lines)[:limit]
    return Suggestions(
        movies=list(cards(films).values()),
        people=index.people.keys_of(index.people.with_prefix(begun, limit)),
        genres=[name for folded, name in index.genres if f" {begun}" in f" {folded}"][:limit],
    )
