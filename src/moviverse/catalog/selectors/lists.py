"""The catalogue, filtered and in an order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q

from moviverse.catalog.errors import UnknownFilterValue
from moviverse.catalog.linking import folded_name, genre_name, keyword_name
from moviverse.catalog.models import (
    FIRST_LOCAL_ID,
    Genre,
    Keyword,
    Movie,
    MovieCast,
    MovieCrew,
    Person,
    SourceId,
)
from moviverse.catalog.selectors.cards import CardList, Cards
from moviverse.catalog.selectors.word_index import version
from moviverse.core import statements
from moviverse.core.caching import get_or_compute, key_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet
    from django.db.models.expressions import OrderBy

    from moviverse.catalog.selectors.cards import MovieCard

EXISTS = "select exists(select from catalog_movie where tmdb_id = %s)"
GENRE_IDS = "select name, id from catalog_genre where name = any(%s)"
LONGEST_TMDB_ID = 18  # digits; more may not fit a column
# Each reads one index from its end on; the id makes the order whole, so that no page repeats one.
SORTS: dict[str, tuple[str | OrderBy, ...]] = {
    "popularity_desc": ("-popularity", "tmdb_id"),
    "popularity_asc": ("popularity", "-tmdb_id"),
    "title_asc": ("folded_title", "tmdb_id"),
    "title_desc": ("-folded_title", "-tmdb_id"),
    "year_asc": ("release_year", "released_on", "tmdb_id"),
    "year_desc": (
        F("release_year").desc(nulls_last=True),
        F("released_on").desc(nulls_last=True),
        "tmdb_id",
    ),
    "rating_asc": ("vote_average", "vote_count", "tmdb_id"),
    "rating_desc": (F("vote_average").desc(nulls_last=True), "-vote_count", "tmdb_id"),
    "added_desc": ("-added_at", "tmdb_id"),
}


@dataclass(frozen=True)
class MovieFilters:
    """What a list is narrowed to; an empty field narrows nothing.

    `genres`: any of the groups, all of a group: (("Action",), ("Drama", "War")) is action films
    and war dramas. `person` is an id, one of TMDb's, or a name. `min_rating` is on TMDb's scale of 10.
    """

    genres: tuple[tuple[str, ...], ...] = ()
    year: int | None = None
    year_from: int | None = None
    year_to: int | None = None
    language: str = ""
    min_rating: float | None = None
    person: str = ""
    keyword: str = ""
    sort: str = "popularity_desc"


@dataclass(frozen=True, slots=True)
class CountedGenre:
    """A genre and how many films of the catalogue are of it."""

    id: UUID
    tmdb_id: int | None
    name: str
    movie_count: int


def movies(filters: MovieFilters | None = None) -> QuerySet[Movie]:
    """Return the films that `filters` let through, in their order.

    Raises:
        UnknownFilterValue: the catalogue knows no such genre, person, keyword or order.
    """
    filters = filters or MovieFilters()
    return _in_order(filters, _whatever_year(filters))


def listed(filters: MovieFilters) -> Sequence[MovieCard]:
    """Return the films that `filters` let through as their cards, in their order.

    Raises:
        UnknownFilterValue: as of `movies`.
    """
    condition = _whatever_year(filters)
    found = _in_order(filters, condition)
    if filters.person:  # nobody has made so many that reading them all takes longer than counting
        return Cards(list(found.values_list("pk", flat=True)))
    return CardList(found, count=partial(_counted, filters, condition))


def _in_order(filters: MovieFilters, condition: Q) -> QuerySet[Movie]:
    if filters.sort not in SORTS:
        raise UnknownFilterValue("sort", f"Choose one of {', '.join(SORTS)}.")
    years = _of_years(filters.year, filters.year_from, filters.year_to)
    return Movie.objects.filter(condition & years).order_by(*SORTS[filters.sort])


def _whatever_year(filters: MovieFilters) -> Q:
    """Return the condition that `filters` make but for the years."""
    condition = of_genres(filters.genres)
    if filters.language:
        condition &= Q(language=filters.language.lower())
    if filters.min_rating is not None:
        condition &= Q(vote_average__gte=filters.min_rating)
    if filters.person:
        condition &= _with_person(filters.person)
    if filters.keyword:
        condition &= _with_keyword(filters.keyword)
    return condition


def _counted(filters: MovieFilters, condition: Q) -> int:
    """Return how many films `filters` let through, which are those of a `condition` and of years.

    Counted are those of each year, once for a version of the catalogue: that answers for every
    range of years and every order.
    """
    of_all = replace(filters, year=None, year_from=None, year_to=None, sort=MovieFilters.sort)
    by_year, _ = get_or_compute(
        key_of("counts", of_all, version("lists")),
        settings.CACHE_TTL_LISTS,
        partial(_by_year, condition),
    )
    first = [each for each in (filters.year, filters.year_from) if each is not None]
    last = [each for each in (filters.year, filters.year_to) if each is not None]
    if not first and not last:
        return sum(by_year.values())
    return sum(
        count
        for year, count in by_year.items()
        if year is not None
        and all(year >= each for each in first)
        and all(year <= each for each in last)
    )


def _by_year(condition: Q) -> dict[int | None, int]:
    """Return how many films of a condition are of each year; of some films none is known."""
    years = Movie.objects.filter(condition).order_by().values_list("release_year")
    return dict(years.annotate(count=Count("*")))


def of_genres(groups: tuple[tuple[str, ...], ...]) -> Q:
    """Return the condition that a film is of any of `groups`, as `MovieFilters` has them.

    Raises:
        UnknownFilterValue: there is no such genre.
    """
    names = {genre_name(name) for group in groups for name in group}
    if not names:
        return Q()
    ids: dict[str, UUID] = dict(statements.fetched(GENRE_IDS, [list(names)]))
    unknown = sorted(names - ids.keys())
    if unknown:
        raise UnknownFilterValue("genre", f"There is no genre {', '.join(unknown)}.")
    through = Movie.genres.through.objects
    any_of = Q()
    alone = [ids[genre_name(group[0])] for group in groups if len(group) == 1]
    if alone:
        any_of |= Q(Exists(through.filter(movie_id=OuterRef("pk"), genre_id__in=alone)))
    for group in groups:
        if len(group) > 1:
            all_of = Q()
            for name in group:
                genre_id = ids[genre_name(name)]
                all_of &= Q(Exists(through.filter(movie_id=OuterRef("pk"), genre_id=genre_id)))
            any_of |= all_of
    return any_of


def _of_years(year: int | None, year_from: int | None, year_to: int | None) -> Q:
    condition = Q() if year is None else Q(release_year=year)
    if year_from is not None:
        condition &= Q(release_year__gte=year_from)
    if year_to is not None:
        condition &= Q(release_year__lte=year_to)
    return condition


def _with_person(wanted: str) -> Q:
    people = Person.objects.filter(_is_person(wanted)).values_list("id", flat=True)
    ids = list(people[:20])  # namesakes
    if not ids:
        raise UnknownFilterValue("person", "Nobody in the catalogue has this id or name.")
    acted = MovieCast.objects.filter(person_id__in=ids).values("movie_id")
    worked = MovieCrew.objects.filter(person_id__in=ids).values("movie_id")
    return Q(pk__in=acted.union(worked))


def _is_person(wanted: str) -> Q:
    if wanted.isascii() and wanted.isdecimal() and len(wanted) <= LONGEST_TMDB_ID:
        return Q(tmdb_id=int(wanted))
    try:
        return Q(id=UUID(wanted))
    except ValueError:
        return Q(folded_name=folded_name(wanted))


def _with_keyword(wanted: str) -> Q:
    name = keyword_name(wanted)
    keyword = Keyword.objects.filter(name=name).first()
    if keyword is None:
        raise UnknownFilterValue("keyword", "No film in the catalogue has this keyword.")
    through = Movie.keywords.through.objects
    return Q(Exists(through.filter(movie_id=OuterRef("pk"), keyword_id=keyword.pk)))


def genres() -> QuerySet[Genre]:
    """Return every genre of the catalogue by name."""
    return Genre.objects.order_by("name")


def counted_genres() -> list[CountedGenre]:
    """Return every genre by name, with how many films are of it: one query."""
    counted = Genre.objects.annotate(movie_count=Count("movies")).order_by("name")
    return [
        CountedGenre(*row) for row in counted.values_list("id", "tmdb_id", "name", "movie_count")
    ]


def languages() -> list[str]:
    """Return the languages that films of the catalogue were made in, as ISO 639-1 codes."""
    found = Movie.objects.exclude(language="").values_list("language", flat=True)
    return list(found.distinct().order_by("language"))


def exists(*, tmdb_id: int) -> bool:
    """Tell whether the catalogue holds a film."""
    ((is_there,),) = statements.fetched(EXISTS, [tmdb_id])
    return bool(is_there)


def known(ids: Iterable[int]) -> set[int]:
    """Return those of `ids` that the catalogue holds, with one query."""
    return set(Movie.objects.filter(pk__in=list(ids)).values_list("pk", flat=True))


def ids_of_source(source: str) -> dict[str, int]:
    """Return which film each id of a source names."""
    return dict(SourceId.objects.filter(source=source).values_list("value", "movie_id"))


def is_local(tmdb_id: int) -> bool:
    """Tell whether a public id is one that we gave, for want of TMDb's."""
    return tmdb_id >= FIRST_LOCAL_ID
