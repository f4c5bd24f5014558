"""A person's imports. Everything starts from the person: nobody reads another's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moviverse.core import job_records
from moviverse.core.models import OPEN, Job
from moviverse.transfer.errors import ImportNotFound
from moviverse.transfer.models import ImportRow, LibraryImport

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

    from moviverse.accounts.models import User

OUTCOMES = tuple(ImportRow.Outcome.values)
UNDER_WAY = (LibraryImport.Status.QUEUED, LibraryImport.Status.RUNNING)
GIVEN_UP = "It was tried several times and did not succeed. What was imported stays; try again."
SHOWN = 20  # rows of a kind in the report of an import; all of them have a list of their own


@dataclass(frozen=True, slots=True)
class ImportReport:
    """An import, with the first of the lines that its owner should look at."""

    record: LibraryImport
    unmatched: list[ImportRow]
    malformed: list[ImportRow]


def library_imports(*, user: User) -> QuerySet[LibraryImport]:
    """Return what a person brought, the newest first."""
    return LibraryImport.objects.filter(user=user).order_by("-created_at", "id")


def library_import(*, user: User, import_id: UUID) -> LibraryImport:
    """Return one import.

    Raises:
        ImportNotFound: there is none, or it is another's.
    """
    found = LibraryImport.objects.filter(user=user, id=import_id).first()
    if found is None:
        raise ImportNotFound
    return as_its_job_is(found)


def under_way(*, user: User) -> QuerySet[LibraryImport]:
    """Return the imports of a person that a worker has or will have."""
    waiting = Job.objects.filter(state__in=OPEN).values("id")
    return LibraryImport.objects.filter(user=user, status__in=UNDER_WAY, job_id__in=waiting)


def as_its_job_is(record: LibraryImport) -> LibraryImport:
    """Return `record`, failed if its job was given up: then nobody was left to write that down."""
    if record.status in UNDER_WAY and not _is_open(record.job_id):
        record.status, record.error = LibraryImport.Status.FAILED, GIVEN_UP
    return record


def _is_open(job_id: UUID | None) -> bool:
    try:
        return job_id is not None and job_records.job(job_id=job_id).state in OPEN
    except job_records.JobNotFound:
        return False


def report(*, user: User, import_id: UUID) -> ImportReport:
    """Return one import with the first of those lines that need a look.

    Raises:
        ImportNotFound: there is none, or it is another's.
    """
    record = library_import(user=user, import_id=import_id)
    return ImportReport(
        record=record,
        unmatched=list(_rows(record, ImportRow.Outcome.UNMATCHED)[:SHOWN]),
        malformed=list(_rows(record, ImportRow.Outcome.MALFORMED)[:SHOWN]),
    )


def rows(*, user: User, import_id: UUID, outcome: str | None = None) -> QuerySet[ImportRow]:
    """Return the lines of an import in their order, all or those with one outcome.

    Raises:
        ImportNotFound: there is none, or it is another's.
    """
    return _rows(library_import(user=user, import_id=import_id), outcome)


def _rows(record: LibraryImport, outcome: str | None) -> QuerySet[ImportRow]:
    found = ImportRow.objects.filter(library_import=record)
    return (found.filter(outcome=outcome) if outcome else found).order_by("number")
