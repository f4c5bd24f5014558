from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from moviverse.core import idempotency
from moviverse.core.idempotency import Answer
from moviverse.core.models import IdempotencyKey

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ANSWER = Answer(status=201, body={"id": 1})

pytestmark = pytest.mark.django_db


def once(
    *, owner: str = "user:1", body: str = "0" * 64, now: datetime = NOW
) -> tuple[Answer | None, bool]:
    """Return what a second caller is told, and whether the work was done."""
    done = []

    def act() -> Answer:
        done.append(True)
        return ANSWER

    told = idempotency.once(
        owner=owner, key="key", path="/api/x/", body_sha256=body, now=now, act=act
    )
    return told, bool(done)


def test_the_work_is_done_once_and_its_answer_given_again() -> None:
    assert once() == (None, True)
    assert once() == (ANSWER, False)


def test_another_body_is_refused() -> None:
    once()
    with pytest.raises(idempotency.KeyUsedOtherwise):
        once(body="1" * 64)


def test_two_owners_may_choose_the_same_key() -> None:
    once()
    assert once(owner="user:2") == (None, True)


def test_a_failed_work_leaves_no_key() -> None:
    def fail() -> Answer:
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        idempotency.once(
            owner="user:1", key="key", path="/api/x/", body_sha256="0", now=NOW, act=fail
        )
    assert not IdempotencyKey.objects.exists()


def test_a_key_may_be_used_again_after_a_day_and_old_ones_are_swept_away() -> None:
    once()
    once(owner="user:2")
    later = NOW + timedelta(hours=25)
    assert once(now=later) == (None, True)
    assert [row.owner for row in IdempotencyKey.objects.all()] == ["user:1"]
