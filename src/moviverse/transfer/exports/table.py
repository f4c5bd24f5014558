"""A library as one table: a row a fact, in cells that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
from itertools import chain
from typing import TYPE_CHECKING

from moviverse.transfer.exports import facts
from moviverse.transfer.libraries.moviverse_files import COLUMNS
from moviverse.transfer.spreadsheet_cells import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from moviverse.accounts.models import User
    from moviverse.transfer.exports.facts import Fact

ROWS_IN_A_CHUNK = 500


def chunks(user: User, _now: datetime) -> Iterator[bytes]:
    """Write the table, some rows at a time."""
    every = chain(
        facts.ratings(user),
        facts.reviews(user),
        facts.viewings(user),
        facts.watchlist(user),
        facts.favorites(user),
    )
    return written(COLUMNS, map(_row, every))


def written(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """Write a table, some rows at a time; text cells are `quoted`."""
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\r\n")
    writer.writerow(header)
    for number, row in enumerate(rows, start=1):
        writer.writerow([quoted(cell) if isinstance(cell, str) else cell for cell in row])
        if number % ROWS_IN_A_CHUNK == 0:
            yield page.getvalue().encode()
            page.seek(0)
            page.truncate()
    yield page.getvalue().encode()


def _row(fact: Fact) -> list[object]:
    cells = {
        "kind": fact.kind.value,
        "tmdb_id": fact.tmdb_id,
        "imdb_id": fact.imdb_id,
        "title": fact.title,
        "year": fact.year,
        "rating": fact.rating,
        "date": fact.at.isoformat(),
        "finished": None if fact.is_finished else "false",
        "progress_seconds": fact.progress_seconds,
        "text": fact.text,
    }
    return [cells[name] for name in COLUMNS]
