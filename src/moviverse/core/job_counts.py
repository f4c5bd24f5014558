"""How many jobs there are."""

from __future__ import annotations

from django.db.models import Count

from moviverse.core.models import Job


def by_name_and_state() -> dict[tuple[str, str], int]:
    """Return how many jobs are kept of each name and state."""
    rows = Job.objects.values_list("name", "state").annotate(Count("id")).order_by("name", "state")
    return {(name, state): count for name, state, count in rows}
