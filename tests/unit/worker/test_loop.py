from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from moviverse.core import jobs
from moviverse.core.models import Job
from moviverse.recommendations.models import Receipt
from moviverse.worker import loop
from tests.factories import accounts

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_worker_removes_what_is_kept_for_some_days_only() -> None:
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
    loop.tidy()
    assert list(Job.objects.values_list("created_at", flat=True)) == [now]
    assert list(Receipt.objects.values_list("created_at", flat=True)) == [now]
