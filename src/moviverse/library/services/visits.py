"""Views of people who are not signed in, once nobody needs them one by one any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from moviverse.library.models import AnonymousView

if TYPE_CHECKING:
    from datetime import datetime

BLOCK = 10_000  # rows a transaction: nobody waits for the whole


def forget_visits(*, before: datetime) -> int:
    """Remove the visits that began before a moment; return how many there were.

    Stopped half-way it has removed some, and the next call removes the rest.
    """
    old = AnonymousView.objects.filter(viewed_at__lt=before).order_by("viewed_at")
    removed = 0
    while ids := list(old.values_list("pk", flat=True)[:BLOCK]):
        with transaction.atomic():
            rows, _ = AnonymousView.objects.filter(pk__in=ids).delete()
        removed += rows
    return removed
