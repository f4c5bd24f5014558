"""A deadline on the client's side for a database that neither answers nor hangs up.

`statement_timeout` is kept by the server, and the kernel notices a vanished peer only when nobody
in between claims that it is well. A frozen server, or a proxy that swallows everything, would hold
a request for ever. So somebody watches from outside and cuts the line; psycopg then raises what it
raises for any lost connection.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from django.db import connections
from psycopg.pq import TransactionStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT_SECONDS = 4.0  # how long a request may wait for the server without a pause
TICK_SECONDS = 0.25

log = structlog.get_logger(__name__)


@dataclass(eq=False)
class Line:
    """One thread's connection, and since when it was seen waiting at every look."""

    database: Any  # Django's connection, which holds psycopg's
    waiting_since: float | None = None


class Watch:
    """Looks at the lines of this process from a thread of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lines: set[Line] = set()
        self._thread: threading.Thread | None = None

    @contextmanager
    def over(self, database: Any) -> Iterator[None]:
        """Look at a thread's connection within the block."""
        line = Line(database)
        with self._lock:
            self._lines.add(line)
            # Started by the first line, and again in a forked worker, which has no threads.
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._look, name="deadlines", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                self._lines.discard(line)

    def _look(self) -> None:
        while True:
            time.sleep(TICK_SECONDS)
            # Held while cutting: a line that has left belongs to another request by now.
            with self._lock:
                for line in self._lines:
                    _cut_if_late(line, time.monotonic())


def _cut_if_late(line: Line, now: float) -> None:
    connection = line.database.connection
    if connection is None or connection.pgconn.transaction_status != TransactionStatus.ACTIVE:
        line.waiting_since = None
    elif line.waiting_since is None:
        line.waiting_since = now
    elif now - line.waiting_since >= LIMIT_SECONDS:
        log.warning("database_line_cut", seconds=round(now - line.waiting_since, 1))
        _cut(connection.pgconn.socket)
        line.waiting_since = None


def _cut(descriptor: int) -> None:
    # A copy of the descriptor: closing ours leaves libpq's alone, shutting down reaches both.
    with socket.socket(fileno=os.dup(descriptor)) as copy:
        copy.shutdown(socket.SHUT_RDWR)


watch = Watch()


@contextmanager
def kept() -> Iterator[None]:
    """Cut this thread's line to the database when it waits too long within the block."""
    with watch.over(connections["default"]):
        yield
