"""How long it is remembered that a film could not be had."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from moviverse.catalog.models import Movie, TmdbSync
from moviverse.core.sweeping import swept

if TYPE_CHECKING:
    from datetime import datetime

    from moviverse.core.sweeping import Report

# Longer than anything asks for it (`fetching.GONE_FOR`), so that an operator can still look it up.
FORGOTTEN_AFTER = timedelta(hours=1)


def prune_tmdb(*, now: datetime, report: Report) -> int:
    """Remove what was noted of films that somebody asked for and nobody has; return how many.

    Anybody can ask for any number. What was withdrawn here stays noted, or it would come back.

    Args:
        now: The time.
        report: Hears of each thousand rows, and in the end of all.
    """
    before = now - FORGOTTEN_AFTER
    held = Movie.objects.filter(pk=OuterRef("pk"))
    nobodys = TmdbSync.objects.filter(last_synced_at__isnull=True, withdrawn_at__isnull=True)
    over = nobodys.exclude(Exists(held)).exclude(failed_at__gte=before).exclude(gone_at__gte=before)
    removed = swept(over, report=report, message="Removing films that never came")
    report(1.0, f"Removed: {removed:,} films that never came")
    return removed
