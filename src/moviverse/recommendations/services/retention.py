"""How long the record of what was shown is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from moviverse.recommendations.models import Receipt

if TYPE_CHECKING:
    from datetime import datetime

BLOCK = 1_000  # receipts a transaction: nobody waits for the whole


def prune_receipts(*, now: datetime) -> int:
    """Remove receipts that are older than RECEIPTS_KEPT_DAYS; return how many there were.

    Stopped half-way it has removed some, and the next call removes the rest.
    """
    old = Receipt.objects.filter(created_at__lt=now - timedelta(days=settings.RECEIPTS_KEPT_DAYS))
    removed = 0
    while ids := list(old.order_by("created_at").values_list("id", flat=True)[:BLOCK]):
        with transaction.atomic():
            _, rows = Receipt.objects.filter(id__in=ids).delete()
        removed += rows["recommendations.Receipt"]
    return removed
