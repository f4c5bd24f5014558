from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from moviverse.core import jobs
from moviverse.core.models import Job, Period
from moviverse.recommendations.models import Receipt
from moviverse.worker import loop, tasks
from moviverse.worker.schedule import SCHEDULE
from tests.factories import accounts
from tests.factories.jobs import run_pending

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_worker_enqueues_what_the_schedule_says() -> None:
    loop.look_at_the_clock()
    Period.objects.update(enqueued_at=timezone.now() - timedelta(days=2))
    loop.look_at_the_clock()
    assert set(Job.objects.values_list("name", flat=True)) == {each.name for each in SCHEDULE}


def test_what_is_kept_for_some_days_only_is_removed() -> None:
    now = timezone.now()
    user = accounts.member(now=now)
    for age in (timedelta(), timedelta(days=4_000)):
        jobs.enqueue(name="mend", arguments={}, now=now - age)
        running = jobs.claim(worker="ada", now=now - age)
        assert running is not None
        jobs.finish(running, now=now - age)
        Receipt.objects.create(
            user=user,
            model="EASE",
            model_version="1",
            strategy="hybrid",
            parameters={},
            history=[],
            results=[],
            created_at=now - age,
        )
    for name in (jobs.PRUNE_JOBS, jobs.PRUNE_RECEIPTS):
        assert name in tasks.TASKS
        jobs.enqueue(name=name, arguments={}, now=now)
    assert [job.error for job in run_pending()] == ["", ""]
    assert list(Job.objects.filter(name="mend").values_list("created_at", flat=True)) == [now]
    assert list(Receipt.objects.values_list("created_at", flat=True)) == [now]
