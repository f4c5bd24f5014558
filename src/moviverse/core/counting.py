"""Counting per window of time, exactly, for limits that protect an account.

The cache's counters are for fairness; these are for security: kept in PostgreSQL, they are shared
by all workers, survive a restart, and one statement counts without a race.
"""

from __future__ import annotations

from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING

from django.db import connection, transaction

from moviverse.core.models import Counter

if TYPE_CHECKING:
    from datetime import datetime

MANY = 2_000_000_000  # where counting stops, below the column's limit
SWEEP = 100  # expired rows removed at each new key: more than one, so that the table shrinks

COUNT = """
    insert into core_counter as counter (key, count, expires_at)
    values (%(key)s, 1, %(expires_at)s)
    on conflict (key) do update set
        count = case when counter.expires_at <= %(now)s then 1
                     else least(counter.count + 1, %(many)s) end,
        expires_at = case when counter.expires_at <= %(now)s then excluded.expires_at
                          else counter.expires_at end
    returning count, expires_at
"""


def count(key: str, *, window_seconds: int, now: datetime) -> tuple[int, int]:
    """Count one more event of `key` and return the count with the seconds until it starts anew.

    A window opens at the first event and lasts `window_seconds`. The count is committed at once,
    whatever becomes of the request: it must not be called within a transaction, whose rollback
    would forget the attempt.

    Raises:
        RuntimeError: it is called within a transaction.
    """
    parameters: dict[str, str | int | datetime] = {
        "key": key,
        "now": now,
        "expires_at": now + timedelta(seconds=window_seconds),
        "many": MANY,
    }
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(COUNT, parameters)
        counted, expires_at = cursor.fetchone()
        if counted == 1:
            _sweep(now=now)
    return counted, max(1, ceil((expires_at - now).total_seconds()))


def clear(key: str) -> None:
    """Forget what was counted for `key`."""
    Counter.objects.filter(key=key).delete()


def _sweep(*, now: datetime) -> None:
    expired = (
        Counter.objects.select_for_update(skip_locked=True)
        .filter(expires_at__lt=now)
        .order_by("expires_at")
        .values("key")[:SWEEP]
    )
    Counter.objects.filter(key__in=list(expired.values_list("key", flat=True))).delete()
