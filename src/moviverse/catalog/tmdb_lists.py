"""Lists of TMDb's, remembered: which films they name, in which order.

A film that we do not hold arrives with the list, as what the list says of it, and a job fetches the
rest. When TMDb is away, a list that is remembered still serves; one that never was is not asked for
again for some seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import OperationalError, transaction
from django.db.models import Q
from django.utils import timezone
from psycopg.errors import LockNotAvailable

from moviverse import tmdb
from moviverse.catalog import fetching, syncing, tmdb_rows, upserting
from moviverse.catalog.models import FIRST_LOCAL_ID, Movie, TmdbSync
from moviverse.core.caching import get_or_compute

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from moviverse.core.caching import Source
    from moviverse.tmdb.types import Card, Page, TrendWindow

ChartName = Literal["popular", "top_rated", "upcoming"]

PAGE_SIZE = 20  # films on a page of TMDb's
LAST_PAGE = 50  # so far we follow a list: nobody reads the thousandth popular film
DEADLINE_SECONDS = 2.0  # somebody waits, and there is something else to show
AWAY_SECONDS = 15
WRITE_SECONDS = 0.5  # that a list waits for an importer

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Named:
    """The films of one page, and how many the whole list has."""

    ids: tuple[int, ...]
    total: int = 0


def chart_page(name: ChartName, number: int) -> tuple[Named, Source]:
    """Return one page of a list of TMDb's.

    Raises:
        TmdbError: TMDb does not tell, and nothing is remembered.
    """
    client = tmdb.client().within(DEADLINE_SECONDS)
    ask = {"popular": client.popular, "top_rated": client.top_rated, "upcoming": client.upcoming}
    return _remembered(
        name,
        f"tmdb:{name}:{number}",
        settings.CACHE_TTL_LISTS,
        lambda: ask[name](number),
    )


def trending(*, window: TrendWindow) -> Sequence[int]:
    """Return the films that people turn to at TMDb; none where TMDb is away or not asked at all."""
    return _ids(
        "trending",
        f"tmdb:trending:{window}",
        settings.CACHE_TTL_TRENDING,
        lambda client: client.trending(window, 1),
    )


def similar(*, tmdb_id: int) -> Sequence[int]:
    """Return the films that TMDb finds similar to one; none as of `trending`."""
    if tmdb_id >= FIRST_LOCAL_ID:
        return ()
    return _ids(
        "similar",
        f"tmdb:movie:{tmdb_id}:similar",
        settings.CACHE_TTL_DETAIL,
        lambda client: client.similar(tmdb_id, 1),
        brings_films=False,
    )


def _ids(
    endpoint: str,
    key: str,
    seconds: int,
    ask: Callable[[tmdb.Client], Page[Card]],
    *,
    brings_films: bool = True,
) -> Sequence[int]:
    """Return what a list names, and nothing rather than an error."""
    if not tmdb.is_configured():
        return ()
    try:
        named, _ = _remembered(
            endpoint,
            key,
            seconds,
            lambda: ask(tmdb.client().within(DEADLINE_SECONDS)),
            brings_films=brings_films,
        )
    except (tmdb.TmdbError, OperationalError) as error:
        log.warning("tmdb_list_left_out", list=key, reason=type(error).__name__)
        return ()
    return named.ids


def _remembered(
    endpoint: str,
    key: str,
    seconds: int,
    ask: Callable[[], Page[Card]],
    *,
    brings_films: bool = True,
) -> tuple[Named, Source]:
    def compute() -> Named:
        away = f"{key}:away"
        if cache.get(away):
            raise tmdb.Unavailable(retry_after_seconds=AWAY_SECONDS)
        try:
            page = ask()
        except tmdb.NotFound:
            return Named(())
        except tmdb.TmdbError:
            cache.set(away, 1, AWAY_SECONDS)
            raise
        if brings_films:
            _bring(page.results)
        return Named(tuple(card.tmdb_id for card in page.results), page.total_results)

    named, source = get_or_compute(key, seconds, compute)
    if source != "miss":
        tmdb.saved(endpoint)
    return named, source


def _bring(cards: Collection[Card]) -> None:
    """Hold the films of a list, and have those completed that were never synced."""
    now = timezone.now()
    ids = [card.tmdb_id for card in cards if card.tmdb_id < FIRST_LOCAL_ID]
    held = set(Movie.objects.filter(pk__in=ids).values_list("pk", flat=True))
    known = TmdbSync.objects.filter(pk__in=ids)
    withdrawn = set(known.filter(withdrawn_at__isnull=False).values_list("pk", flat=True)) - held
    new = [card for card in cards if card.tmdb_id in set(ids) - held - withdrawn]
    if new:
        _hold(new, now=now)
    settled = known.filter(
        Q(last_synced_at__isnull=False)
        | Q(gone_at__isnull=False)
        | Q(attempts__gte=syncing.HOPELESS_AFTER)
    )
    for tmdb_id in sorted(set(ids) - withdrawn - set(settled.values_list("pk", flat=True))):
        syncing.ask_for(tmdb_id=tmdb_id, now=now)


def _hold(cards: Collection[Card], *, now: datetime) -> None:
    """Write cards, unless an importer is at work: then they come with their jobs."""
    try:
        with transaction.atomic():
            fetching.wait_at_most(WRITE_SECONDS)
            upserting.upsert_movies(map(tmdb_rows.card, cards), now=now, only_fill=True)
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        log.info("cards_wait_for_an_import", films=len(cards))
