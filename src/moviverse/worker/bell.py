"""How a worker hears of a new job at once, instead of asking for one all the time."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
from django.db import connection
from psycopg import sql

from moviverse.core import jobs

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Bell:
    """A connection of its own to PostgreSQL, which rings when a job was committed."""

    line: psycopg.Connection[Any]

    def rings(self, *, within_seconds: float) -> bool:
        """Wait for the next job, and say whether there was one.

        Raises:
            psycopg.Error: the line is dead; what was said meanwhile is lost.
        """
        return any(True for _ in self.line.notifies(timeout=within_seconds, stop_after=1))


@contextmanager
def listening() -> Iterator[Bell]:
    """Listen within the block.

    Raises:
        psycopg.Error: PostgreSQL does not answer.
    """
    parameters = connection.get_connection_params()
    with psycopg.connect(**parameters, autocommit=True) as line:
        line.execute(sql.SQL("listen {}").format(sql.Identifier(jobs.CHANNEL)))
        yield Bell(line)
