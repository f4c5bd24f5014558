"""Rows into a table as fast as PostgreSQL takes them, from columns of NumPy.

`COPY ... (FORMAT BINARY)` takes rows laid out as they are in memory; a million of them are written
in about a second, where an `INSERT` of Python objects takes a minute. Indexes and foreign keys are
taken away meanwhile and made again, which also proves every reference.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db import connection, transaction

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    Columns = Mapping[str, NDArray[Any]]

HEADER, TRAILER = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
BLOCK = 200_000  # rows in memory at once, in their binary form
EPOCH = np.datetime64("2000-01-01", "us")  # PostgreSQL's
HALVES = np.dtype(
    [("digits", ">i2"), ("weight", ">i2"), ("sign", ">i2"), ("scale", ">i2"), ("d", ">i2", 2)]
)
MEMORY = "set local maintenance_work_mem = '256MB'"
CONSTRAINTS = """
    select conname, pg_get_constraintdef(oid) from pg_constraint as ours
    where conrelid = %s::regclass and contype in ('f', 'u', 'p')
        and not exists (select from pg_constraint as theirs
            where theirs.contype = 'f' and theirs.confrelid = ours.conrelid
                and theirs.conindid = ours.conindid)
    order by contype desc
"""
INDEXES = """
    select indexrelid::regclass::text, pg_get_indexdef(indexrelid) from pg_index
    where indrelid = %s::regclass
        and not exists (select from pg_constraint where conindid = indexrelid)
"""


def uuids(count: int, rng: np.random.Generator) -> NDArray[Any]:
    """Draw random ids, as version 4 has them."""
    drawn = np.frombuffer(rng.bytes(16 * count), np.uint8).reshape(count, 16).copy()
    drawn[:, 6] = drawn[:, 6] & 0x0F | 0x40
    drawn[:, 8] = drawn[:, 8] & 0x3F | 0x80
    return drawn.view("V16").ravel()


def halves(twice: NDArray[np.int64]) -> NDArray[Any]:
    """Return numbers in half steps, given as twice what they are, as PostgreSQL's `numeric`."""
    told = np.zeros(len(twice), HALVES)
    told["digits"], told["scale"] = 2, 1
    told["d"] = np.stack([twice // 2, twice % 2 * 5_000], axis=1)
    return told


def moments(at: NDArray[np.datetime64]) -> NDArray[Any]:
    """Return moments as PostgreSQL's `timestamptz`."""
    told: NDArray[Any] = ((at.astype("M8[us]") - EPOCH).astype(np.int64)).astype(">i8")
    return told


def texts(text: str, count: int) -> NDArray[Any]:
    """Return the same text `count` times."""
    encoded = text.encode()
    return np.full(count, np.void(encoded), dtype=f"V{len(encoded)}")


def write(table: str, columns: Columns) -> None:
    """Copy columns of one length into a table; the caller holds the transaction."""
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        copying = cursor.copy(f"copy {table} ({names}) from stdin (format binary)")
        with copying as stream:
            stream.write(HEADER)
            for block in _blocks(list(columns.values())):
                stream.write(block)
            stream.write(TRAILER)


def _blocks(columns: Sequence[NDArray[Any]]) -> Iterator[bytes]:
    layout: list[tuple[str, Any]] = [("fields", ">i2")]
    for place, column in enumerate(columns):
        layout += [(f"length{place}", ">i4"), (f"value{place}", column.dtype)]
    for first in range(0, len(columns[0]), BLOCK):
        rows = np.zeros(min(BLOCK, len(columns[0]) - first), dtype=np.dtype(layout))
        rows["fields"] = len(columns)
        for place, column in enumerate(columns):
            rows[f"length{place}"] = column.dtype.itemsize
            rows[f"value{place}"] = column[first : first + BLOCK]
        yield rows.tobytes()


@contextmanager
def bare(*tables: str) -> Iterator[None]:
    """Take indexes and keys of tables away within the block: all of it is one transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local statement_timeout = 0")
        cursor.execute(MEMORY)
        again = [statement for table in tables for statement in _taken_away(cursor, table)]
        yield
        for statement in again:
            cursor.execute(statement)


def _taken_away(cursor: Any, table: str) -> list[str]:
    cursor.execute(CONSTRAINTS, [table])
    constraints = cursor.fetchall()
    cursor.execute(INDEXES, [table])
    indexes = cursor.fetchall()
    for name, _ in constraints:
        cursor.execute(f'alter table {table} drop constraint "{name}"')
    for name, _ in indexes:
        cursor.execute(f"drop index {name}")
    return [
        *(definition for _, definition in indexes),
        *(
            f'alter table {table} add constraint "{name}" {definition}'
            for name, definition in constraints
        ),
    ]


def settle() -> None:
    """Do at once what autovacuum does in its time: statistics, and which pages all may see."""
    with connection.cursor() as cursor:
        cursor.execute("set statement_timeout = 0")
        try:
            cursor.execute("vacuum (analyze)")
        finally:
            cursor.execute("reset statement_timeout")
