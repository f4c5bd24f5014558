"""An import as it is held while something is done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moviverse.transfer import counting, selectors
from moviverse.transfer.errors import ImportNotFound, ImportUnderWay
from moviverse.transfer.models import ImportRow, LibraryImport

if TYPE_CHECKING:
    from uuid import UUID

    from moviverse.accounts.models import User

Outcome = ImportRow.Outcome


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
