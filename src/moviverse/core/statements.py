"""The few statements that a request cannot do without, planned once a connection.

Django puts the values into the text of a statement, so that PostgreSQL parses and plans it anew
every time. For a short statement this takes longer than running it. Here the values travel apart,
and psycopg prepares a statement when a connection has seen it `prepare_threshold` times.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from django.db.backends.utils import CursorWrapper


def fetched(sql: str, values: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Run a statement and return its rows."""
    with _cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def executed(sql: str, values: Sequence[Any] | Mapping[str, Any]) -> None:
    """Run a statement that returns nothing."""
    with _cursor() as cursor:
        cursor.execute(sql, values)


@contextmanager
def _cursor() -> Iterator[CursorWrapper]:
    # Django's own wrapper around it: its errors are Django's, and its queries are counted.
    connection.ensure_connection()
    wrapped = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    bound: Any = ServerBindingCursor
    with wrapped(bound(connection.connection)) as cursor:
        yield cursor
