from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core.cache import cache
from rest_framework.test import APIClient

from moviverse.library import daily_views
from moviverse.library import services as library
from moviverse.recommendations import services as recommendations
from tests.factories import accounts, catalog
from tests.factories.jobs import unheard

if TYPE_CHECKING:
    from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

    from moviverse.catalog.models import Movie

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 18, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def shared_cache(settings: Settings) -> None:
    settings.REDIS_URL = settings.REDIS_URL or "redis://the-cache-of-the-tests-stands-in"


def look(movie: Movie, *, times: int = 1) -> None:
    for place in range(times):
        address = f"203.0.113.{place}"
        library.view_anonymously(address=address, movie_id=movie.pk, now=NOW)


def test_a_view_is_counted_on_at_once_and_set_right_by_the_job(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    film, member = catalog.film(), accounts.member()
    with django_capture_on_commit_callbacks(execute=True):
        look(film, times=3)
    assert cache.get(f"movie:{film.pk}:views:daily") is None  # the first are the job's
    recommendations.flush_views(now=NOW, report=unheard)
    assert cache.get(f"movie:{film.pk}:views:daily") == 3
    with django_capture_on_commit_callbacks(execute=True):
        look(film, times=2)
        for _ in range(5):  # one view of theirs
            library.view(user=member, movie_id=film.pk, now=NOW)
    assert daily_views.today([film.pk, 1]) == {film.pk: 6}
    cache.set(daily_views.key(film.pk), 2)  # another Redis, or an old copy of it
    recommendations.flush_views(now=NOW + MINUTE, report=unheard)
    assert daily_views.today([film.pk]) == {film.pk: 6}
    cache.clear()
    recommendations.flush_views(now=NOW + 2 * MINUTE, report=unheard)
    assert daily_views.today([film.pk]) == {film.pk: 6}


def test_a_view_that_is_not_committed_is_not_counted(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    film = catalog.film()
    daily_views.publish({film.pk: 7}, now=NOW)
    with django_capture_on_commit_callbacks(execute=False):
        look(film)
    assert daily_views.today([film.pk]) == {film.pk: 7}


def test_the_number_of_a_day_is_gone_with_the_day(settings: Settings) -> None:
    midnight = datetime(2026, 11, 22, tzinfo=UTC)
    if settings.CACHES["default"]["BACKEND"].endswith("OptionalRedisCache"):
        pytest.skip("Redis goes by its own clock.")
    with time_machine.travel(midnight - MINUTE, tick=False) as clock:
        daily_views.publish({1: 7}, now=midnight - MINUTE)
        clock.shift(59)
        assert daily_views.today([1]) == {1: 7}
        clock.shift(2)
        assert daily_views.today([1]) == {}


def test_without_redis_nothing_is_kept_and_every_view_is(
    settings: Settings, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    settings.REDIS_URL = ""
    film = catalog.film()
    with django_capture_on_commit_callbacks(execute=True):
        answer = APIClient().post(f"/api/movies/{film.pk}/track-view/")
    assert answer.status_code == 200
    recommendations.flush_views(now=datetime.now(UTC), report=unheard)
    assert daily_views.today([film.pk]) == {}
    assert cache.get(daily_views.key(film.pk)) is None
