"""Telling a database that is away from a mistake of ours."""

from __future__ import annotations

import psycopg
from django.db import InterfaceError, OperationalError, connections
from psycopg_pool import PoolTimeout

from moviverse.core import errors

SERVER_LEAVES = (
    "08",
    "57P",
)  # SQLSTATE: connection exceptions, and shutdown or start of the server


class DatabaseAway(errors.Unavailable):
    """PostgreSQL does not answer, or not in time."""

    message = "The database is not available. Try again shortly."


def of(error: BaseException | None) -> DatabaseAway | None:
    """Return the outage that `error` stands for, or None when it is something else.

    A full pool, a refused connection, a server that is shutting down and a statement past its
    deadline all arrive as `OperationalError`; a connection that died under us as `InterfaceError`.

    When the server itself has gone, the idle connections of this process are dropped: after a
    restart each of them would fail one more request.
    """
    if isinstance(error, DatabaseAway):
        return error
    if not isinstance(error, OperationalError | InterfaceError):
        return None
    if _server_has_gone(error.__cause__):
        _drop_idle_connections()
    return DatabaseAway()


def _server_has_gone(cause: BaseException | None) -> bool:
    if not isinstance(cause, psycopg.Error) or isinstance(cause, PoolTimeout):
        return False
    return cause.sqlstate is None or cause.sqlstate.startswith(SERVER_LEAVES)


def _drop_idle_connections() -> None:
    for connection in connections.all(initialized_only=True):
        pool = getattr(connection, "pool", None)
        if pool is not None and not pool.closed:
            pool.drain()
