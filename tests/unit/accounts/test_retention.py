from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from moviverse.accounts import retention, tokens
from moviverse.accounts.models import PageSession, TokenFamily
from moviverse.core.models import Counter, IdempotencyKey
from tests.factories import accounts

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=90)


def quiet(fraction: float, message: str) -> None:
    """Hear nothing."""


def kept_answer(at: datetime) -> None:
    IdempotencyKey.objects.create(
        owner="user:ann", key=at.isoformat(), path="/", body_sha256="", status=201, created_at=at
    )


def test_what_nobody_can_use_any_more_goes_and_all_else_stays() -> None:
    ann = accounts.member(now=LONG_AGO)
    live = tokens.issue(user=ann, now=NOW)
    TokenFamily.objects.bulk_create(
        TokenFamily(user=ann, current=uuid4(), expires_at=LONG_AGO) for _ in range(3)
    )
    for key, at in (("old", LONG_AGO), ("new", NOW + timedelta(hours=1))):
        PageSession.objects.create(session_key=key, session_data="", expire_date=at)
        Counter.objects.create(key=key, count=1, expires_at=at)
    kept_answer(LONG_AGO)
    kept_answer(NOW - timedelta(hours=20))

    removed = retention.flush_expired(now=NOW, report=quiet)

    assert removed == {
        "logins": 3,
        "sessions of the pages": 1,
        "kept answers": 1,
        "counters of limits": 1,
    }
    assert tokens.rotate(refresh=live.refresh, now=NOW).access
    assert PageSession.objects.get().session_key == "new"
    assert Counter.objects.get().key == "new"
    assert IdempotencyKey.objects.count() == 1


def test_a_login_that_ended_a_moment_ago_by_our_clock_is_left_to_the_next_time() -> None:
    ann = accounts.member()
    TokenFamily.objects.filter(user=ann).delete()
    TokenFamily.objects.create(user=ann, current=uuid4(), expires_at=NOW - timedelta(minutes=5))
    assert retention.flush_expired(now=NOW, report=quiet)["logins"] == 0


def test_the_number_of_queries_does_not_depend_on_how_much_there_is() -> None:
    ann = accounts.member()

    def queries(count: int) -> int:
        TokenFamily.objects.bulk_create(
            TokenFamily(user=ann, current=uuid4(), expires_at=LONG_AGO) for _ in range(count)
        )
        with CaptureQueriesContext(connection) as asked:
            retention.flush_expired(now=NOW, report=quiet)
        return len(asked)

    assert queries(1) == queries(900)


def test_it_says_what_it_removed() -> None:
    told: list[str] = []
    retention.flush_expired(now=NOW, report=lambda _, message: told.append(message))
    assert told[-1].startswith("Removed: 0 logins, 0 sessions of the pages")


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("accounts_tokenfamily", "expires_at"),
        ("accounts_pagesession", "expire_date"),
        ("core_idempotencykey", "created_at"),
        ("core_counter", "expires_at"),
    ],
)
def test_what_is_over_is_found_by_an_index(table: str, column: str) -> None:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table)
    assert [column] in [each["columns"] for each in found.values() if each["index"]]
