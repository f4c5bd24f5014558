"""The jobs that count views and keep the trends of each day."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.db import connection
from rest_framework.test import APIClient

from moviverse.core import jobs
from moviverse.library.models import AnonymousView, Interaction
from moviverse.recommendations import rollup, trending
from moviverse.recommendations import services as recommendations
from moviverse.recommendations.models import Attention, CountedDay, TrendingSnapshot
from tests.factories import accounts, catalog
from tests.factories.jobs import run_pending, unheard

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet
    from pytest_django import DjangoAssertNumQueries, Settings

    from moviverse.accounts.models import User
    from moviverse.catalog.models import Movie

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 18, tzinfo=UTC)
TODAY = NOW.date()
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def look(movie: Movie, *, at: datetime, visitor: int = 1, times: int = 1) -> None:
    AnonymousView.objects.create(
        movie=movie, visitor=f"{visitor:016}{at:%Y%m%d%H%M}"[:32], viewed_at=at, count=times
    )


def view(user: User, movie: Movie, at: datetime) -> None:
    Interaction.objects.create(user=user, movie=movie, type="view", happened_at=at)


def counted() -> QuerySet[Attention]:
    return Attention.objects.filter(is_day=True)


def places(day: date, *, time_range: str = "day", genre: str = "") -> list[tuple[int, int]]:
    kept = TrendingSnapshot.objects.filter(day=day, time_range=time_range, genre=genre)
    return list(kept.order_by("rank").values_list("rank", "movie_id"))


def test_views_are_flushed_once_however_often_the_job_runs() -> None:
    film = catalog.film()
    look(film, at=NOW, times=3)
    look(film, at=NOW - 2 * DAY)
    assert recommendations.flush_views(now=NOW, report=unheard) == rollup.DAYS
    assert recommendations.flush_views(now=NOW, report=unheard) == 0
    assert recommendations.flush_views(now=NOW + timedelta(minutes=1), report=unheard) == 1
    assert sorted(counted().values_list("views", flat=True)) == [1, 3]


def test_visits_are_removed_when_they_were_counted_and_no_window_needs_them() -> None:
    film = catalog.film()
    for days in range(14):
        look(film, at=NOW - days * DAY)
    recommendations.flush_views(now=NOW, report=unheard)
    first = AnonymousView.objects.order_by("viewed_at").values_list("viewed_at", flat=True)[0]
    assert rollup.of(first) == TODAY - 10 * DAY
    assert counted().count() == 14 - 3  # three days are kept, and not due any more
    recommendations.flush_views(now=NOW + 20 * DAY, report=unheard)
    assert not AnonymousView.objects.exists()
    assert counted().count() == 14


def test_visits_from_before_anything_is_kept_go_without_being_counted(settings: Settings) -> None:
    settings.TRENDS_KEPT_DAYS = 12
    film = catalog.film()
    for days in (2_000, 800, 90, 11):
        look(film, at=NOW - days * DAY)
    recommendations.flush_views(now=NOW, report=unheard)
    assert not AnonymousView.objects.exists()
    assert counted().count() == 1


def test_visits_that_somebody_else_is_counting_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    look(catalog.film(), at=NOW - 20 * DAY)
    monkeypatch.setattr(rollup, "count", lambda *_, **__: False)
    recommendations.flush_views(now=NOW, report=unheard)
    assert AnonymousView.objects.count() == 1


def test_a_days_trends_are_kept_as_they_were_when_it_ended() -> None:
    anna, ben = (accounts.member(username=name) for name in ("anna", "ben"))
    war = catalog.film(title="Paths", genres=("War",))
    drama = catalog.film(title="Marty", genres=("Drama",))
    adult = catalog.film(is_adult=True)
    yesterday = TODAY - DAY
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    for user in (anna, ben):
        view(user, war, noon)
        view(user, adult, noon)
        view(user, drama, NOW)  # today: not yet
    view(anna, drama, noon)
    view(anna, drama, noon - 4 * DAY)
    view(ben, drama, noon - 4 * DAY + HOUR)
    assert recommendations.generate_daily_trending(now=NOW, report=unheard) == 2
    assert places(yesterday) == [(1, war.pk), (2, drama.pk)]
    assert places(yesterday, genre="Drama") == [(1, drama.pk)]
    assert places(yesterday, genre="War") == [(1, war.pk)]
    assert places(yesterday, time_range="week") == [(1, war.pk), (2, drama.pk)]
    assert places(TODAY - 2 * DAY) == []
    assert places(TODAY - 2 * DAY, time_range="week") == [(1, drama.pk)]
    first = TrendingSnapshot.objects.get(day=yesterday, time_range="day", genre="", rank=1)
    assert (first.views, first.viewers) == (2, 2)
    assert first.score == pytest.approx(2 * 2 ** (-12 / 6), rel=1e-4)  # 12 hours at midnight
    of_a_week = TrendingSnapshot.objects.get(
        day=yesterday, time_range="week", genre="", movie=drama
    )
    assert (of_a_week.views, of_a_week.viewers) == (3, 3)


def test_a_day_has_one_snapshot_however_often_the_job_runs() -> None:
    anna, (first, second) = accounts.member(), catalog.films(2)
    view(anna, first, NOW - DAY)
    assert recommendations.generate_daily_trending(now=NOW, report=unheard) == 2
    kept = list(TrendingSnapshot.objects.order_by("pk").values())
    view(anna, second, NOW - DAY)  # too late for the snapshot
    assert recommendations.generate_daily_trending(now=NOW + 2 * HOUR, report=unheard) == 0
    assert list(TrendingSnapshot.objects.order_by("pk").values()) == kept


def test_a_day_is_kept_when_its_last_views_are_committed_and_old_ones_go(
    settings: Settings,
) -> None:
    settings.TRENDS_KEPT_DAYS = 10
    anna, film = accounts.member(), catalog.film()
    view(anna, film, NOW)
    midnight = datetime(2026, 11, 22, tzinfo=UTC)
    recommendations.generate_daily_trending(now=midnight + timedelta(minutes=9), report=unheard)
    assert places(TODAY) == []
    recommendations.generate_daily_trending(now=midnight + timedelta(minutes=10), report=unheard)
    assert places(TODAY) == [(1, film.pk)]
    recommendations.generate_daily_trending(now=NOW + 10 * DAY, report=unheard)
    assert places(TODAY) == [(1, film.pk)]
    assert Attention.objects.exists()
    recommendations.generate_daily_trending(now=NOW + 11 * DAY, report=unheard)
    assert places(TODAY) == []
    assert not Attention.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_snapshot_that_is_stopped_half_way_leaves_nothing_and_the_next_one_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    anna, film = accounts.member(), catalog.film(genres=("War",))
    view(anna, film, NOW - DAY)
    plain, asked = trending.shown, []

    def stopped(*told: Any) -> list[trending.Trend]:
        asked.append(told)
        if len(asked) == 6:
            raise KeyboardInterrupt
        return plain(*told)

    with monkeypatch.context() as patched:
        patched.setattr(trending, "shown", stopped)
        with pytest.raises(KeyboardInterrupt):
            recommendations.generate_daily_trending(now=NOW, report=unheard)
    assert places(TODAY - DAY) == []
    assert not CountedDay.objects.filter(day=TODAY - DAY, snapshot_at__isnull=False).exists()
    recommendations.generate_daily_trending(now=NOW, report=unheard)
    assert places(TODAY - DAY) == [(1, film.pk)]
    assert places(TODAY - DAY, genre="War") == [(1, film.pk)]


@pytest.mark.django_db(transaction=True)
def test_two_snapshots_at_once_keep_one() -> None:
    anna, film = accounts.member(), catalog.film()
    view(anna, film, NOW - DAY)

    def work(_: int) -> int:
        try:
            return recommendations.generate_daily_trending(now=NOW, report=unheard)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 2
    assert places(TODAY - DAY) == [(1, film.pk)]


def test_a_day_of_a_hundred_films_is_kept_with_few_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    anna = accounts.member()
    for film in catalog.films(3, genres=("War",)):
        view(anna, film, NOW - DAY)
    recommendations.flush_views(now=NOW, report=unheard)
    # Of two days and two ranges each: what was counted, the genres, two lists and their rows. The
    # first of these days has no trends.
    with django_assert_num_queries(42):
        recommendations.generate_daily_trending(now=NOW, report=unheard)


@pytest.mark.django_db(transaction=True)
def test_a_view_moves_the_trends_and_one_viewers_thousand_reloads_do_not_beat_ten_viewers() -> None:
    """Through HTTP and the worker's own way of running a job."""
    crowd, loud, quiet = (catalog.film(title=name) for name in ("Crowd", "Loud", "Quiet"))

    def track(film: Movie, client: APIClient) -> None:
        assert client.post(f"/api/movies/{film.pk}/track-view/").status_code == 200

    def flush() -> list[tuple[str, int, int]]:
        jobs.enqueue(name=jobs.FLUSH_VIEWS, arguments={}, now=NOW)
        (job,) = run_pending()[-1:]
        assert (job.state, job.error) == ("done", "")
        body = APIClient().get("/api/movies/trending/").json()
        shown = [film for film in body["results"] if film["score"] is not None]
        return [(film["title"], film["views"], film["viewers"]) for film in shown]

    with time_machine.travel(NOW, tick=False) as clock:
        for place in range(10):
            track(crowd, APIClient(REMOTE_ADDR=f"203.0.113.{place}"))
        hammer = APIClient(REMOTE_ADDR="198.51.100.1")
        for _ in range(20):
            track(loud, hammer)
        AnonymousView.objects.filter(movie=loud, count=20).update(count=1_000)  # and so on
        member = accounts.client_of(accounts.member())
        for _ in range(5):
            track(quiet, member)
        assert flush() == [("Crowd", 10, 10), ("Quiet", 1, 1), ("Loud", 1_000, 1)]
        for place in range(6):
            track(quiet, APIClient(REMOTE_ADDR=f"203.0.113.{place}"))
        for place in range(10):
            track(quiet, accounts.client_of(accounts.member(username=f"member{place}")))
        clock.shift(timedelta(minutes=15))  # past what is remembered
        assert flush()[0] == ("Quiet", 17, 17)
