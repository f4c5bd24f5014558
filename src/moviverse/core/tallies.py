"""What happens so often that nobody writes it down each time: counted here, added up every moment.

A process counts in memory, and adds its counts to the table now and then from a thread of its own:
no request waits for it. A process that is killed takes the last seconds' counts with it.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict

import structlog
from django.db import Error, connection

from moviverse.core import deadlines, outages, statements
from moviverse.core.models import Tally

FLUSH_SECONDS = 10.0
SEPARATOR = "|"

ADD = """
    insert into core_tally (name, labels, value)
    select * from unnest(%(names)s::text[], %(labels)s::text[], %(values)s::float8[])
    on conflict (name, labels) do update set value = core_tally.value + excluded.value
"""

log = structlog.get_logger(__name__)

_lock = threading.Lock()
_pending: defaultdict[tuple[str, str], float] = defaultdict(float)


def add(name: str, *labels: str, amount: float = 1.0) -> None:
    """Count something; `labels` come from a small set of ours, never from a client."""
    key = (name, SEPARATOR.join(labels))
    with _lock:
        _pending[key] += amount


def flush() -> None:
    """Add what this process has counted to the table.

    Raises:
        django.db.Error: it cannot be written; the counts are kept for the next time.
    """
    with _lock:
        counted = dict(_pending)
        _pending.clear()
    if not counted:
        return
    keys = sorted(counted)  # in one order, so that no two processes wait for each other
    try:
        statements.executed(
            ADD,
            {
                "names": [name for name, _ in keys],
                "labels": [labels for _, labels in keys],
                "values": [counted[key] for key in keys],
            },
        )
    except Error:
        with _lock:
            for key, amount in counted.items():
                _pending[key] += amount
        raise


def totals(name: str) -> dict[tuple[str, ...], float]:
    """Return what all processes have counted under `name`, by its labels."""
    flush()
    rows = Tally.objects.filter(name=name).order_by("labels").values_list("labels", "value")
    return {tuple(labels.split(SEPARATOR)): value for labels, value in rows}


def forget() -> None:
    """Drop what this process has counted and not written yet."""
    with _lock:
        _pending.clear()


def keep_flushing() -> None:
    """Write this process's counts every few seconds, as long as it lives."""
    threading.Thread(target=_flush_forever, name="tallies", daemon=True).start()


def _flush_forever() -> None:
    while True:
        time.sleep(FLUSH_SECONDS)
        try:
            with deadlines.kept():
                flush()
        except Error as error:
            if outages.of(error) is None:
                log.exception("tallies_not_written")
        finally:
            connection.close()
