"""What has run out by itself and is only in the way: of every table that grows with time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from moviverse.accounts.models import PageSession, TokenFamily
from moviverse.core import idempotency
from moviverse.core.models import Counter, IdempotencyKey
from moviverse.core.sweeping import swept

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from moviverse.core.sweeping import Report

SPARED = timedelta(hours=1)  # behind the end: another machine's clock may be slow


def flush_expired(*, now: datetime, report: Report) -> Mapping[str, int]:
    """Remove what nobody can use any more, and return how much of each kind that was.

    Tokens that set a new password need no row, and so leave none behind. The rows of limiters and
    of `Idempotency-Key` are removed by their own traffic as well; this is for what came in a burst
    and was followed by none.

    Args:
        now: The time.
        report: Hears of each thousand rows, and in the end of all.
    """
    before = now - SPARED
    over = {
        "logins": TokenFamily.objects.filter(expires_at__lt=before),
        "sessions of the pages": PageSession.objects.filter(expire_date__lt=before),
        "kept answers": IdempotencyKey.objects.filter(created_at__lt=before - idempotency.LIFETIME),
        "counters of limits": Counter.objects.filter(expires_at__lt=before),
    }
    removed = {
        what: swept(rows, report=report, message=f"Removing {what}") for what, rows in over.items()
    }
    report(1.0, "Removed: " + ", ".join(f"{count:,} {what}" for what, count in removed.items()))
    return removed
