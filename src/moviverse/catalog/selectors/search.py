"""Finding films by words: in titles, people, keywords and overviews, misspelt or half typed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

from django.contrib.postgres.search import SearchQuery
from django.db.models import Case, IntegerField, Q, Value, When
from rapidfuzz import fuzz

from moviverse.catalog.errors import EmptyQuery
from moviverse.catalog.folding import fold, words
from moviverse.catalog.models import Genre, Movie, Person, SearchEntry
from moviverse.catalog.selectors import word_index
from moviverse.catalog.selectors.cards import MovieCard, cards
from moviverse.catalog.selectors.lists import of_genres

if TYPE_CHECKING:
    from uuid import UUID

MOST_WORDS = 12  # of a query that are looked at
MOST_FOUND = 10_000  # films; nobody turns 500 pages
FEW = 3  # fewer than this, and the words may have been misspelt
ALIKE = 80.0  # per cent: titles this like the query are found whatever their words
HOLDING = 90.0  # per cent: a title that holds the whole query is at least this like it
CANDIDATES = 50
YEAR = re.compile(r"\((\d{4})\)\s*$", re.ASCII)


class Found(Sequence[MovieCard]):
    """The films that a search found, best first; a slice reads its cards with one query.

    `meant` is what the words were taken for, when they were corrected.
    """

    def __init__(self, ids: Sequence[int], *, meant: str = "") -> None:
        self.ids = ids
        self.meant = meant

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.ids)

    @overload
    def __getitem__(self, place: int) -> MovieCard: ...
    @overload
    def __getitem__(self, place: slice) -> list[MovieCard]: ...
    def __getitem__(self, place: int | slice) -> MovieCard | list[MovieCard]:
        """Return one card, or those of a slice."""
        if isinstance(place, int):
            return cards([self.ids[place]])[self.ids[place]]
        return list(cards(self.ids[place]).values())


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What the beginning of a word may become."""

    movies: list[MovieCard]
    people: list[tuple[UUID, str]]
    genres: list[str]


def search(*, q: str, genres: tuple[tuple[str, ...], ...] = (), year: int | None = None) -> Found:
    """Return the films that `q` finds, by relevance and then popularity.

    Relevance: the title itself; all words in the title; all in title and people; anywhere. Where
    that finds `FEW`, words that begin or nearly read like those of `q` follow.

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
    ids = _matching([[term] for term in terms], fold(q), allowed)
    if len(ids) >= FEW:
        return Found(ids)
    index = word_index.current()
    corrections = [index.corrected(term) for term in terms]
    nearly = [[f"{term}:*", term, *near] for term, near in zip(terms, corrections, strict=True)]
    alike = index.films.keys_of(index.like(fold(q), at_least=ALIKE, limit=CANDIDATES))
    every = dict.fromkeys([*ids, *_matching(nearly, fold(q), allowed), *_among(alike, allowed)])
    meant = " ".join(
        near[0] if near else term for term, near in zip(terms, corrections, strict=True)
    )
    return Found(list(every), meant=meant if any(corrections) and every else "")


def _matching(terms: Sequence[Sequence[str]], q: str, allowed: Q) -> list[int]:
    """Return the films that hold one spelling of every term, in their order."""
    query = " & ".join(f"({' | '.join(spellings)})" for spellings in terms)
    found = SearchEntry.objects.filter(words=SearchQuery(query, config="simple", search_type="raw"))
    if allowed:
        found = found.filter(movie__in=Movie.objects.filter(allowed))
    in_title, in_people = Q(), Q()
    for spellings in terms:
        title, people = Q(), Q()
        for spelling in spellings:
            start = " " + spelling.removesuffix(":*")
            title |= Q(folded_title__contains=start) | Q(folded_original_title__contains=start)
            people |= Q(folded_people__contains=start)
        in_title &= title
        in_people &= title | people
    relevance = Case(
        When(Q(folded_title=f" {q}") | Q(folded_original_title=f" {q}"), then=Value(3)),
        When(in_title, then=Value(2)),
        When(in_people, then=Value(1)),
        default=Value(0),
        output_field=IntegerField(),
    )
    ordered = found.order_by(relevance.desc(), "-popularity", "movie_id")
    return list(ordered.values_list("movie_id", flat=True)[:MOST_FOUND])


def _among(ids: Sequence[int], allowed: Q) -> list[int]:
    if not ids or not allowed:
        return list(ids)
    kept = set(Movie.objects.filter(allowed, pk__in=ids).values_list("pk", flat=True))
    return [id_ for id_ in ids if id_ in kept]


def title_matches(title: str, limit: int) -> list[MovieCard]:
    """Return the films that `title` may mean, the likeliest first; a year "(1995)" decides.

    The very title comes first, then titles that hold it, then those that read like it, each by
    likeness and popularity.
    """
    dated = YEAR.search(title)
    wanted = fold(title[: dated.start()] if dated else title)
    if not wanted:
        return []
    index = word_index.current()
    likeness: dict[int, float] = {}
    for line in (
        *index.films.equal_to(wanted, CANDIDATES),
        *index.films.with_prefix(wanted, CANDIDATES),
        *index.like(wanted, at_least=ALIKE, limit=CANDIDATES),
    ):
        film = index.films.keys[line]
        likeness[film] = max(likeness.get(film, 0.0), _likeness(wanted, index.films.texts[line]))
    found = cards(list(likeness))
    year = int(dated[1]) if dated else None
    best = sorted(
        found.values(),
        key=lambda card: (year is not None and card.release_year == year, likeness[card.tmdb_id]),
        reverse=True,  # and stable: among equals the better known stays first
    )
    return best[:limit]


def _likeness(wanted: str, title: str) -> float:
    """Return how much a title reads like what is wanted, 0 to 100; more when it holds it whole."""
    ratio = fuzz.ratio(wanted.replace(" ", ""), title.replace(" ", ""))
    return max(ratio, HOLDING + ratio / 10) if f" {wanted} " in f" {title} " else ratio


def suggest(*, q: str, limit: int = 8) -> Suggestions:
    """Return what the beginning `q` may become: at most `limit` films, people and genres each.

    Raises:
        EmptyQuery: `q` has no letter and no digit.
    """
    begun = fold(q)
    if not begun:
        raise EmptyQuery
    index = word_index.current()
    films = index.films.keys_of(index.films.with_prefix(begun, 2 * limit))[:limit]
    people = index.people.keys_of(index.people.with_prefix(begun, limit))
    names = dict(Person.objects.filter(pk__in=people).values_list("pk", "name")) if people else {}
    return Suggestions(
        movies=list(cards(films).values()),
        people=[(id_, names[id_]) for id_ in people if id_ in names],
        genres=[
            name
            for name in Genre.objects.order_by("name").values_list("name", flat=True)
            if f" {begun}" in f" {fold(name)}"
        ][:limit],
    )
