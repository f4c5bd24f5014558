"""An import as it is held while something is done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from moviverse.core import statements
from moviverse.transfer import counting, selectors
from moviverse.transfer.errors import ImportNotFound, ImportUnderWay
from moviverse.transfer.models import ImportRow, LibraryImport

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from moviverse.accounts.models import User

Outcome = ImportRow.Outcome
# Of `bulk_update` each column is a `case` with a branch a row: an import took six times as long.
SETTLED = """
    update transfer_importrow as row
    set outcome = told.outcome, message = told.message, changes = told.changes,
        movie_id = told.movie_id, confidence = told.confidence
    from unnest(%s::uuid[], %s::text[], %s::text[], %s::jsonb[], %s::bigint[], %s::float8[])
        as told (id, outcome, message, changes, movie_id, confidence)
    where row.id = told.id
"""


def at_rest(*, user: User, import_id: UUID) -> LibraryImport:
    """Return an import that no worker has, and that nobody changes until the transaction ends.

    Raises:
        ImportNotFound: there is none, or it is another's.
        ImportUnderWay: a worker has it, or will have.
    """
    found = LibraryImport.objects.select_for_update().filter(user=user, id=import_id).first()
    if found is None:
        raise ImportNotFound
    if selectors.as_its_job_is(found).status in selectors.UNDER_WAY:
        raise ImportUnderWay
    return found


def hold(record: LibraryImport) -> None:
    """Read an import again, so that nobody else changes it until the transaction ends."""
    record.refresh_from_db(from_queryset=LibraryImport.objects.select_for_update())


def unsettle(record: LibraryImport) -> None:
    """Forget what a dry run made of the rows whose films are known, so that they are settled anew."""
    for outcome in (Outcome.MATCHED, Outcome.DUPLICATE, Outcome.SKIPPED):
        rows = record.rows.filter(outcome=outcome, movie__isnull=False)
        count = rows.update(outcome=Outcome.PENDING)
        name = counting.COLUMNS[outcome]
        setattr(record, name, getattr(record, name) - count)


def write(rows: Sequence[ImportRow]) -> None:
    """Write what has become of rows: their outcomes, their films and what they changed."""
    columns = [
        [row.id for row in rows],
        [str(row.outcome) for row in rows],
        [row.message for row in rows],
        [orjson.dumps(row.changes).decode() for row in rows],
        [row.movie_id for row in rows],
        [row.confidence for row in rows],
    ]
    statements.executed(SETTLED, columns)
