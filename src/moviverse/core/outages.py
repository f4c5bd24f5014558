"""Telling a database that is away from a mistake of ours."""

from __future__ import annotations

from django.db import InterfaceError, OperationalError, connections

from moviverse.core import errors


class DatabaseAway(errors.Unavailable):
    """PostgreSQL does not answer, or not in time."""

    message = "The database is not available. Try again shortly."


def of(error: BaseException | None) -> DatabaseAway | None:
    """Return the outage that `error` stands for, or None when it is something else.

    A full pool, a refused connection, a server that is shutting down and a statement past its
    deadline all arrive as `OperationalError`; a connection that died under us as `InterfaceError`.
    """
    if isinstance(error, DatabaseAway):
        return error
    return DatabaseAway() if isinstance(error, OperationalError | InterfaceError) else None


def forget_connections() -> None:
    """Drop the idle connections of this process, so that it is well as soon as the server is.

    After a restart of PostgreSQL every idle connection of the pool is dead, and each of them
    would fail one more request.
    """
    for connection in connections.all(initialized_only=True):
        pool = getattr(connection, "pool", None)
        if pool is not None and not pool.closed:
            pool.drain()
