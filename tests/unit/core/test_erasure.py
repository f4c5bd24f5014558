from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest

from moviverse.core import erasure, jobs
from moviverse.core.models import IdempotencyKey, Job

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANN, BOB = uuid.uuid4(), uuid.uuid4()


def kept(owner: uuid.UUID) -> None:
    IdempotencyKey.objects.create(
        owner=f"user:{owner}", key="k", path="/", body_sha256="", status=201, created_at=NOW
    )


def test_jobs_go_that_name_the_person_anywhere() -> None:
    mine: list[dict[str, jobs.JSON]] = [
        {"user_id": str(ANN)},
        {"to": ["bob@example.com", "ann@example.com"]},
        {"mail": {"context": {"user": str(ANN)}}},
    ]
    others: list[dict[str, jobs.JSON]] = [
        {},
        {"user_id": str(BOB), "count": 3, "is_new": True, "nothing": None},
        {"to": "joann@example.com"},
        {"text": f"about {ANN}"},
    ]
    for arguments in [*mine, *others]:
        jobs.enqueue(name=jobs.SEND_EMAIL, arguments=arguments, now=NOW)
    jobs.enqueue(name=jobs.SEND_EMAIL, arguments={}, now=NOW, unique_key=f"welcome:{ANN}")
    kept(ANN)
    kept(BOB)

    erasure.forget(user_id=ANN, email="ann@example.com")

    left = list(Job.objects.values_list("arguments", flat=True))
    assert [told for told in others if told not in left] == []
    assert len(left) == len(others)
    assert IdempotencyKey.objects.get().owner == f"user:{BOB}"
