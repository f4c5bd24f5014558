from __future__ import annotations

import time

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, connection, connections
from psycopg import errors as sqlstates
from psycopg_pool import PoolTimeout

from moviverse.core import deadlines, health, outages


def test_an_error_of_the_connection_is_an_outage() -> None:
    assert isinstance(outages.of(OperationalError()), outages.DatabaseAway)
    assert isinstance(outages.of(InterfaceError()), outages.DatabaseAway)
    known = outages.DatabaseAway()
    assert outages.of(known) is known


@pytest.mark.parametrize("error", [None, ValueError(), RuntimeError("connection")])
def test_anything_else_is_not(error: Exception | None) -> None:
    assert outages.of(error) is None


class Pool:
    """Counts how often its idle connections are dropped."""

    closed = False

    def __init__(self) -> None:
        self.drained = 0

    def drain(self) -> None:
        self.drained += 1


@pytest.mark.parametrize(
    ("cause", "drained"),
    [
        (psycopg.OperationalError("server closed the connection unexpectedly"), 1),
        (sqlstates.AdminShutdown(), 1),
        (sqlstates.ConnectionFailure(), 1),
        (PoolTimeout(), 0),
        (sqlstates.QueryCanceled(), 0),
        (sqlstates.LockNotAvailable(), 0),
        (None, 0),
    ],
)
def test_idle_connections_are_dropped_only_when_the_server_has_gone(
    monkeypatch: pytest.MonkeyPatch, cause: Exception | None, drained: int
) -> None:
    pool = Pool()
    monkeypatch.setattr(type(connections["default"]), "pool", pool)
    error = OperationalError()
    error.__cause__ = cause
    outages.of(error)
    assert pool.drained == drained


@pytest.mark.django_db(transaction=True)
def test_a_database_that_stays_silent_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadlines, "LIMIT_SECONDS", 0.3)
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        (left_behind,) = cursor.fetchone()
        with deadlines.kept(), pytest.raises(OperationalError):
            cursor.execute("select pg_sleep(60)")
    connection.close()
    assert health.database() == "ok", "the next connection is a new one"
    with connection.cursor() as cursor:
        cursor.execute("select pg_terminate_backend(%s, 5000)", [left_behind])


@pytest.mark.django_db(transaction=True)
def test_a_database_that_answers_in_time_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadlines, "LIMIT_SECONDS", 0.4)
    monkeypatch.setattr(deadlines, "TICK_SECONDS", 0.05)
    with deadlines.kept(), connection.cursor() as cursor:
        cursor.execute("select pg_sleep(0.2)")
        time.sleep(0.5)  # idle within a request is not waiting for the server
        cursor.execute("select 1")
        assert cursor.fetchone() == (1,)
