"""Statements that are planned once a connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import ProgrammingError, connection

from moviverse.core import statements

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
SQL = "select n, n = any(%(wanted)s::bigint[]) from generate_series(1, %(last)s::int) as n"
VALUES = {"last": 3, "wanted": [2]}


def prepared() -> int:
    ((count,),) = statements.fetched(
        "select count(*) from pg_prepared_statements where statement like %s", ["select n, n%"]
    )
    return int(count)


def test_rows_come_back_with_their_types() -> None:
    assert statements.fetched(SQL, VALUES) == [(1, False), (2, True), (3, False)]
    assert statements.fetched("select %s::jsonb", ['{"a": 1}']) == [('{"a": 1}',)]


def test_a_statement_that_is_run_often_is_prepared() -> None:
    before = prepared()
    for _ in range(10):
        statements.fetched(SQL, VALUES)
    assert prepared() == max(before, 1)


def test_its_queries_are_counted(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(2):
        statements.executed("select 1", [])
        statements.fetched(SQL, VALUES)


def test_its_errors_are_those_of_the_framework() -> None:
    with pytest.raises(ProgrammingError):
        statements.executed("select * from nowhere", [])


def test_it_is_part_of_the_transaction_around_it() -> None:
    statements.executed("create temporary table of_a_test (n int) on commit drop", [])
    statements.executed("insert into of_a_test values (%s)", [7])
    with connection.cursor() as cursor:
        cursor.execute("select n from of_a_test")
        assert cursor.fetchall() == [(7,)]
