"""What a person asks for; the work itself is a job."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import transaction

from moviverse.core import errors, jobs
from moviverse.transfer import selectors, uploads
from moviverse.transfer.errors import NotADryRun, NothingToUndo, TooManyImports
from moviverse.transfer.libraries import reading
from moviverse.transfer.models import LibraryImport
from moviverse.transfer.services.records import at_rest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from moviverse.accounts.models import User
    from moviverse.transfer.libraries.entries import Source
    from moviverse.transfer.libraries.reading import Part

MOST_UNDER_WAY = 5  # of one person
MOST_KEPT = 30  # of one person; the oldest are forgotten, what they brought stays
Status = LibraryImport.Status


def start(
    *,
    user: User,
    chunks: Iterable[bytes],
    file_name: str,
    source: Source | None = None,
    is_dry_run: bool = False,
    now: datetime,
) -> LibraryImport:
    """Take an upload in and have it imported.

    What it is, and whether it can be opened safely, is found out at once; its lines are the job's.

    Args:
        user: Whose library it goes into.
        chunks: The bytes.
        file_name: What the client calls it; Letterboxd's tables are told apart by it.
        source: Who wrote it; found out unless told.
        is_dry_run: Change nothing, and report what would have become of each line.
        now: When.

    Raises:
        TooManyImports: as many as may wait do so.
        NotRecognised, SeveralPeople, FileTooLarge, NotText, FileDamaged, ArchiveUnsafe: as
            `reading.parts`.
    """
    _refuse_too_many(user)
    import_id = uuid.uuid4()
    try:
        path = uploads.keep(import_id=import_id, name=file_name, chunks=chunks)
        parts = _understood(path, source=source)
        with transaction.atomic():
            # One at a time for each person, or twenty uploads at once would all be few enough.
            type(user).objects.select_for_update().only("pk").get(pk=user.pk)
            _refuse_too_many(user)
            record = LibraryImport.objects.create(
                id=import_id,
                user=user,
                source=parts[0].source.value,
                file_name=path.name,
                is_dry_run=is_dry_run,
                created_at=now,
            )
            _enqueue(record, jobs.IMPORT_LIBRARY, now=now)
            _forget_the_oldest(user)
    except BaseException:
        uploads.remove(import_id=import_id)
        raise
    return record


def apply(*, user: User, import_id: uuid.UUID, now: datetime) -> LibraryImport:
    """Turn a dry run into a real import, with the films that were chosen meanwhile.

    Raises:
        ImportNotFound: there is none, or it is another's.
        ImportUnderWay: the dry run has not ended.
        NotADryRun: it was none, was applied already, or has failed.
    """
    with transaction.atomic():
        record = at_rest(user=user, import_id=import_id)
        if not record.is_dry_run or record.status != Status.DONE:
            raise NotADryRun
        record.apply_asked_at, record.finished_at, record.progress = now, None, 0.0
        _enqueue(record, jobs.IMPORT_LIBRARY, now=now)
    return record


def undo(*, user: User, import_id: uuid.UUID, now: datetime) -> LibraryImport:
    """Have everything taken back that an import changed and nobody has changed since.

    Raises:
        ImportNotFound: there is none, or it is another's.
        ImportUnderWay: it has not ended.
        NothingToUndo: it changed nothing, or was undone already.
    """
    with transaction.atomic():
        record = at_rest(user=user, import_id=import_id)
        if record.undone_at is not None:
            raise NothingToUndo("This import was undone already.")
        if not record.applied:
            raise NothingToUndo("This import changed nothing.")
        record.undo_asked_at, record.progress = now, 0.0
        _enqueue(record, jobs.UNDO_IMPORT, now=now)
    return record


def forget(*, user: User, import_id: uuid.UUID) -> None:
    """Remove the record of an import; what it brought stays, and cannot be undone any more.

    Raises:
        ImportNotFound: there is none, or it is another's.
        ImportUnderWay: it has not ended.
    """
    with transaction.atomic():
        record = at_rest(user=user, import_id=import_id)
        record.delete()
    uploads.remove(import_id=import_id)


def _understood(path: Path, *, source: Source | None) -> list[Part]:
    """Return the parts of an upload; of what is wrong with them, say that it is the file."""
    try:
        return reading.parts(path, source=source)
    except errors.Invalid as error:
        error.details = {"file": [error.message]}
        raise


def _enqueue(record: LibraryImport, name: str, *, now: datetime) -> None:
    record.status, record.error = Status.QUEUED, ""
    record.job_id = jobs.enqueue(
        name=name,
        arguments={"import_id": str(record.id)},
        now=now,
        unique_key=f"{name}:{record.id}",
    )
    record.save()


def _refuse_too_many(user: User) -> None:
    if selectors.under_way(user=user).count() >= MOST_UNDER_WAY:
        raise TooManyImports


def _forget_the_oldest(user: User) -> None:
    ended = LibraryImport.objects.filter(user=user, status__in=[Status.DONE, Status.FAILED])
    old = ended.order_by("-created_at", "id").values_list("id", flat=True)[MOST_KEPT:]
    LibraryImport.objects.filter(id__in=list(old)).delete()
