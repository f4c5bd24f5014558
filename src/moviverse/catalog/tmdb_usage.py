"""How often TMDb is asked, by hour and endpoint, and how it answers.

Calls are counted in memory and written about once a second by a thread with a connection of its
own. Written in the caller's transaction, the row of a busy hour would be locked by whoever asks
until they are done, for every other process, and be forgotten when they roll back. A process that
is killed loses the counts of its last second.
"""

from __future__ import annotations

import atexit
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from django.db import connection
from django.db.models import Max, Sum
from django.utils import timezone

from moviverse.catalog.models import TmdbUsage
from moviverse.tmdb.recorder import ERRORS

if TYPE_CHECKING:
    from moviverse.tmdb.recorder import Outcome

FLUSH_SECONDS = 1.0
KEPT = timedelta(days=90)

# Rows in one order in every process, so that two of them never wait for each other.
ADD = """
    insert into catalog_tmdbusage as held
        (hour, endpoint, calls, errors, total_milliseconds, longest_milliseconds, saved)
    select * from unnest(%s::timestamptz[], %s::text[], %s::int[], %s::int[], %s::float8[],
                         %s::float8[], %s::int[])
    on conflict (hour, endpoint) do update set
        calls = held.calls + excluded.calls,
        errors = held.errors + excluded.errors,
        total_milliseconds = held.total_milliseconds + excluded.total_milliseconds,
        longest_milliseconds = greatest(held.longest_milliseconds, excluded.longest_milliseconds),
        saved = held.saved + excluded.saved
"""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Usage:
    """The calls of one endpoint.

    Attributes:
        endpoint: Such as `film`.
        calls: Requests that were sent; one that is tried again is two.
        errors: Those that failed.
        total_milliseconds: How long they took, together.
        longest_milliseconds: The longest of them.
        saved: Requests that need not be sent, since their answer was still known.
    """

    endpoint: str
    calls: int
    errors: int
    total_milliseconds: float
    longest_milliseconds: float
    saved: int

    @property
    def mean_milliseconds(self) -> float | None:
        """How long one took; None where there were none."""
        return self.total_milliseconds / self.calls if self.calls else None


@dataclass(slots=True)
class _Count:
    calls: int = 0
    errors: int = 0
    total: float = 0.0
    longest: float = 0.0
    saved: int = 0

    def add(self, other: _Count) -> None:
        self.calls += other.calls
        self.errors += other.errors
        self.total += other.total
        self.longest = max(self.longest, other.longest)
        self.saved += other.saved


@dataclass
class Recorder:
    """Counts the calls of this process; named in the settings as `TMDB_RECORDER`.

    Attributes:
        flush_seconds: How long after a call the counts are written.
    """

    flush_seconds: float = FLUSH_SECONDS
    _counts: defaultdict[tuple[datetime, str], _Count] = field(
        default_factory=lambda: defaultdict(_Count), init=False
    )
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _timer: threading.Timer | None = field(default=None, init=False)
    _swept: datetime | None = field(default=None, init=False)

    def called(self, endpoint: str, milliseconds: float, outcome: Outcome) -> None:
        """Count one request."""
        failed = int(outcome in ERRORS)
        count = _Count(calls=1, errors=failed, total=milliseconds, longest=milliseconds)
        self._add({(_hour(timezone.now()), endpoint): count})

    def saved(self, endpoint: str) -> None:
        """Count one that need not be sent."""
        self._add({(_hour(timezone.now()), endpoint): _Count(saved=1)})

    def flush(self) -> None:
        """Write down what was counted; what cannot be written now is kept for the next time."""
        with self._lock:
            counts, self._counts = self._counts, defaultdict(_Count)
        if not counts:
            return
        try:
            self._sweep(max(hour for hour, _ in counts))
            _write(counts)
        except Exception as error:  # noqa: BLE001 - a record is never worth what it records
            log.warning("tmdb_usage_not_written", error=type(error).__name__)
            with self._lock:
                for key, count in counts.items():
                    self._counts[key].add(count)

    def forget(self) -> None:
        """Forget what was not written."""
        with self._lock:
            self._counts.clear()
            if self._timer is not None:
                self._timer.cancel()

    def _add(self, counts: dict[tuple[datetime, str], _Count]) -> None:
        with self._lock:
            for key, count in counts.items():
                self._counts[key].add(count)
            # In a forked child the timer of the parent is dead.
            if self._timer is None or not self._timer.is_alive():
                self._timer = threading.Timer(self.flush_seconds, self._flush_alone)
                self._timer.daemon = True
                self._timer.start()

    def _flush_alone(self) -> None:
        with self._lock:
            self._timer = None  # what is counted from here on is for the next one
        try:
            self.flush()
        finally:
            connection.close()  # this thread's; nobody else will

    def _sweep(self, hour: datetime) -> None:
        """Remove what is old, once an hour."""
        if self._swept != hour:
            TmdbUsage.objects.filter(hour__lt=hour - KEPT).delete()
            self._swept = hour


recorder = Recorder()
atexit.register(recorder.flush)


def usage(*, hours: int, now: datetime) -> list[Usage]:
    """Return the calls of each endpoint in the current hour and those before it.

    Args:
        hours: How many hours, with the one that has just begun.
        now: The time.
    """
    first = _hour(now) - timedelta(hours=hours - 1)
    rows = (
        TmdbUsage.objects.filter(hour__gte=first, hour__lte=now)
        .values("endpoint")
        .annotate(
            all_calls=Sum("calls"),
            all_errors=Sum("errors"),
            total=Sum("total_milliseconds"),
            longest=Max("longest_milliseconds"),
            all_saved=Sum("saved"),
        )
        .order_by("-all_calls", "endpoint")
    )
    return [
        Usage(
            endpoint=row["endpoint"],
            calls=row["all_calls"],
            errors=row["all_errors"],
            total_milliseconds=row["total"],
            longest_milliseconds=row["longest"],
            saved=row["all_saved"],
        )
        for row in rows
    ]


def usage_today(*, now: datetime) -> list[Usage]:
    """Return the calls of each endpoint since midnight (UTC)."""
    return usage(hours=now.hour + 1, now=now)


def _write(counts: dict[tuple[datetime, str], _Count]) -> None:
    rows = [
        (hour, endpoint, each.calls, each.errors, each.total, each.longest, each.saved)
        for (hour, endpoint), each in sorted(counts.items(), key=lambda item: item[0])
    ]
    with connection.cursor() as cursor:
        cursor.execute(ADD, [list(column) for column in zip(*rows, strict=True)])


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
