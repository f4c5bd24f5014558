"""Lists for everybody: those that the house makes of its whole catalogue, and TMDb's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import structlog
from django.db import OperationalError
from django.db.models import Q

from moviverse import tmdb
from moviverse.catalog import tmdb_lists
from moviverse.catalog.models import Movie
from moviverse.catalog.selectors.cards import CardList, MovieCard, cards
from moviverse.catalog.selectors.lists import SORTS, of_genres
from moviverse.core.long_lists import LongList

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from django.db.models import QuerySet

    from moviverse.catalog.tmdb_lists import ChartName, Named
    from moviverse.core.caching import Source
    from moviverse.tmdb.types import TrendWindow

# By the first index whose order this is; the whole year lies together in it.
SOONEST = SORTS["year_asc"]
LONGEST = tmdb_lists.LAST_PAGE * tmdb_lists.PAGE_SIZE  # films of a list of TMDb's

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Chart:
    """Films in an order, read when they are looked at; `source` says who made the order."""

    films: Sequence[MovieCard]
    source: Literal["local", "tmdb"] = "local"
    cached: Source | None = None  # where TMDb's order was found


def popular(*, genres: tuple[tuple[str, ...], ...] = ()) -> Chart:
    """Return the best known films, those of some genres (as of `MovieFilters`) alone if asked.

    Raises:
        UnknownFilterValue: there is no such genre.
    """
    return _chart(_decent().filter(of_genres(genres)).order_by(*SORTS["popularity_desc"]))


def top_rated() -> Chart:
    """Return the films with the best votes, those of few voters drawn towards the middle.

    The weighted vote is (v R + m C) / (v + m) for v votes of mean R, with m and C as in
    `catalog.models`: the estimate that the Internet Movie Database publishes for its top 250.
    """
    voted = _decent().filter(weighted_vote__isnull=False)
    return _chart(voted.order_by("-weighted_vote", "tmdb_id"))


def upcoming(*, today: date) -> Chart:
    """Return the films that are yet to be released, the soonest first.

    Of some only the year is known; they follow those of the year with a date.
    """
    later = Q(released_on__gt=today) | Q(released_on__isnull=True, release_year__gt=today.year)
    this_year_on = _decent().filter(later, release_year__gte=today.year)
    return _chart(this_year_on.order_by(*SOONEST))


def follows_tmdb() -> bool:
    """Tell whether lists should be TMDb's."""
    return tmdb.is_configured()


def of_tmdb(*, name: ChartName, start: int, stop: int) -> Chart | None:
    """Return TMDb's list, of which the films from `start` to `stop` were read.

    Those that only adults may see are left out, so that a page may be some films short.

    Returns:
        None where TMDb is not asked, or away before it ever told these films.
    """
    if not tmdb.is_configured():
        return None
    size = tmdb_lists.PAGE_SIZE
    first, last = max(start, 0) // size + 1, -(-min(stop, LONGEST) // size)
    try:
        # Of a page beyond the end, the first one says where that is.
        pages = [tmdb_lists.chart_page(name, n) for n in range(first, last + 1)] or [
            tmdb_lists.chart_page(name, 1)
        ]
    except (tmdb.TmdbError, OperationalError) as error:
        log.warning("chart_without_tmdb", chart=name, reason=type(error).__name__)
        return None
    length = min(pages[0][0].total, LONGEST)
    films = _in_places([page for page, _ in pages], start=start, stop=min(stop, length))
    sources = {source for _, source in pages}
    cached: Source = next((each for each in ("stale", "miss") if each in sources), "hit")
    return Chart(_part(films, start=start, length=length), "tmdb", cached)


def _part(films: Sequence[MovieCard], *, start: int, length: int) -> LongList[MovieCard]:
    """Return a long list of which no others are known than some, from a place on."""

    def read(limit: int, place: int) -> list[MovieCard]:
        first = place - start
        return list(films[first : first + limit])

    return LongList(count=lambda: length, read=read)


def _in_places(pages: Sequence[Named], *, start: int, stop: int) -> list[MovieCard]:
    """Return the films at some places of a list, whose pages begin with that of the first place."""
    size = tmdb_lists.PAGE_SIZE
    before = start // size * size
    ids = [
        tmdb_id
        for number, page in enumerate(pages)
        for place, tmdb_id in enumerate(page.ids, start=before + number * size)
        if start <= place < stop
    ]
    held, allowed = cards(ids), decent(ids)
    return [held[each] for each in ids if each in held and each in allowed]


def tmdb_trending(*, window: TrendWindow) -> Sequence[int]:
    """Return the films that people turn to at TMDb, the first of its list first.

    None where no key is set, or where TMDb is away and nothing is remembered: never an error.
    """
    return tmdb_lists.trending(window=window)


def tmdb_similar(*, tmdb_id: int) -> Sequence[int]:
    """Return those of our films that TMDb finds similar to one; none as of `tmdb_trending`."""
    named = tmdb_lists.similar(tmdb_id=tmdb_id)
    allowed = decent(named) if named else set()
    return [each for each in named if each in allowed and each != tmdb_id]


def decent(ids: Sequence[int], *, genres: tuple[tuple[str, ...], ...] = ()) -> set[int]:
    """Return those of `ids` that a list for everybody may show.

    Raises:
        UnknownFilterValue: there is no such genre.
    """
    return set(_decent().filter(of_genres(genres), pk__in=ids).values_list("pk", flat=True))


def _decent() -> QuerySet[Movie]:
    """Leave out what is made for adults alone: nobody asked for it."""
    return Movie.objects.filter(is_adult=False)


def _chart(movies: QuerySet[Movie]) -> Chart:
    return Chart(CardList(movies))
