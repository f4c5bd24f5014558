from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from moviverse.catalog import services
from moviverse.catalog.models import TmdbSync
from moviverse.core import jobs, sweeping
from tests.factories import catalog
from tests.factories.jobs import run_pending, unheard

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LONG_AGO, JUST_NOW = NOW - timedelta(hours=2), NOW - timedelta(minutes=30)


def noted(tmdb_id: int, **told: datetime) -> None:
    failure = {"attempts": 1, "last_error": "It rains."} if "failed_at" in told else {}
    TmdbSync.objects.create(tmdb_id=tmdb_id, **told, **failure)


def pruned() -> set[int]:
    before = set(TmdbSync.objects.values_list("pk", flat=True))
    assert services.prune_tmdb(now=NOW, report=unheard) == len(before) - TmdbSync.objects.count()
    return before - set(TmdbSync.objects.values_list("pk", flat=True))


def test_films_that_somebody_asked_for_and_nobody_has_are_forgotten() -> None:
    noted(1, gone_at=LONG_AGO)
    noted(2, failed_at=LONG_AGO)
    noted(3, gone_at=LONG_AGO, failed_at=LONG_AGO)
    assert pruned() == {1, 2, 3}


def test_what_was_asked_for_just_now_is_still_known() -> None:
    noted(1, gone_at=JUST_NOW)
    noted(2, failed_at=JUST_NOW)
    noted(3, gone_at=LONG_AGO, failed_at=JUST_NOW)
    assert pruned() == set()


def test_what_is_known_of_films_that_are_held_or_were_withdrawn_stays() -> None:
    for tmdb_id, told in {1: "gone_at", 2: "failed_at", 3: "last_synced_at"}.items():
        catalog.film(tmdb_id=tmdb_id)
        noted(tmdb_id, **{told: LONG_AGO})
    noted(4, withdrawn_at=LONG_AGO)
    noted(5, withdrawn_at=LONG_AGO, gone_at=LONG_AGO)
    assert pruned() == set()


def test_any_number_goes_block_by_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "BLOCK", 2)
    for tmdb_id in range(1, 6):
        noted(tmdb_id, gone_at=LONG_AGO)
    jobs.enqueue(name=jobs.PRUNE_TMDB, arguments={}, now=NOW)
    (done,) = run_pending()
    assert (done.state, done.message) == ("done", "Removed: 5 films that never came")
    assert not TmdbSync.objects.exists()
