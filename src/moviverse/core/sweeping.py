"""Removing rows whose time is over, some at a time, so that nobody waits for the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from django.db import transaction

if TYPE_CHECKING:
    from django.db.models import QuerySet

BLOCK = 1_000  # rows a transaction


class Report(Protocol):
    """Hears which part is done (0 to 1) and what goes on; may raise to stop."""

    def __call__(self, fraction: float, message: str) -> None: ...


def swept(rows: QuerySet[Any, Any], *, report: Report, message: str) -> int:
    """Remove rows in the order of their keys, and return how many that were.

    One that somebody holds is left for the next time. Stopped half-way it has removed some, and
    the next call removes the rest.

    Args:
        rows: All that is to go.
        report: Hears of each block.
        message: What goes on.
    """
    total, left = 0, rows
    while True:
        report(0.0, message)
        with transaction.atomic():
            held = left.order_by("pk").select_for_update(skip_locked=True)
            block = list(held.values_list("pk", flat=True)[:BLOCK])
            rows.filter(pk__in=block).delete()
        total += len(block)
        if len(block) < BLOCK:
            return total
        left = rows.filter(pk__gt=block[-1])
