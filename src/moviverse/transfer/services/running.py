"""The job that imports: lines become rows with their films, then rows become a library.

A worker may be killed anywhere and the job runs again: each step is a transaction of its own that
writes what it did together with how far it came.
"""

from __future__ import annotations

from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models.functions import Now

from moviverse.core import errors, jobs
from moviverse.transfer import effects, settling, uploads
from moviverse.transfer.counting import Tally
from moviverse.transfer.errors import FileGone
from moviverse.transfer.holdings import Holdings
from moviverse.transfer.libraries import reading
from moviverse.transfer.libraries.entries import CUT, Source
from moviverse.transfer.matching import Matcher
from moviverse.transfer.models import ImportRow, LibraryImport
from moviverse.transfer.services import records

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from moviverse.transfer.libraries.entries import Entry
    from moviverse.transfer.matching import Match
    from moviverse.transfer.progress import Progress

READ_AT_ONCE = 1_000  # lines
SETTLED_AT_ONCE = 500  # rows
READING_IS = 0.5  # of the work
LONGEST_PLACE, LONGEST_MESSAGE, LONGEST_ERROR = 200, 300, 500  # characters
Outcome = ImportRow.Outcome
Status = LibraryImport.Status


def run(*, import_id: UUID, report: Progress) -> None:
    """Import what was uploaded; again after a worker's death it continues, and doubles nothing.

    An import that its owner has deleted meanwhile, with or without the account, needs no work.
    """
    record = LibraryImport.objects.filter(id=import_id).select_related("user").first()
    if record is None or record.status == Status.DONE or record.undo_asked_at:
        uploads.remove(import_id=import_id)
        return
    with failures_told(record):
        record.status, record.error = Status.RUNNING, ""
        record.save(update_fields=["status", "error"])
        if not record.is_read:
            _read(record, report)
        uploads.remove(import_id=import_id)
        _prepare(record)
        _settle(record, report)
        # By the clock of the end: a large file takes minutes.
        record.status, record.progress, record.finished_at = Status.DONE, 1.0, Now()
        record.save(update_fields=["status", "progress", "finished_at"])


@contextmanager
def failures_told(record: LibraryImport) -> Iterator[None]:
    """Write down what is wrong with the file; other failures are the job's, which tries again."""
    try:
        yield
    except errors.Invalid as error:
        LibraryImport.objects.filter(id=record.id).update(
            status=Status.FAILED, error=error.message[:LONGEST_ERROR]
        )
        uploads.remove(import_id=record.id)


def _prepare(record: LibraryImport) -> None:
    """Let a dry run begin anew: its settling is in the memory of whoever does it."""
    if not record.is_dry_run:
        return
    with transaction.atomic():
        records.hold(record)
        record.is_dry_run = record.apply_asked_at is None
        records.unsettle(record)
        record.save()


def _read(record: LibraryImport, report: Progress) -> None:
    path = uploads.path_of(import_id=record.id, name=record.file_name)
    if not path.is_file():
        raise FileGone
    parts = reading.parts(path, source=Source(record.source))
    remarks: list[str] = []
    # What a file says never depends on when it is read, or a second reading would be another.
    lines = reading.entries(parts, now=record.created_at, remarks=remarks)
    matcher = Matcher()
    for _ in islice(lines, record.rows_read):
        pass
    while batch := list(islice(lines, READ_AT_ONCE)):
        report(READING_IS * _share(record.rows_read), f"Reading line {record.rows_read:,}")
        _keep(record, batch, matcher.matches(batch))
    record.is_read, record.remarks = True, remarks
    record.save(update_fields=["is_read", "remarks"])


def _keep(record: LibraryImport, batch: Sequence[Entry], matches: Sequence[Match]) -> None:
    """Write lines as rows, unless another worker did: then this one has lost the job."""
    first = record.rows_read
    with transaction.atomic():
        records.hold(record)
        if record.rows_read != first:
            raise jobs.JobLost
        rows = [
            _row(record, first + place, entry, match)
            for place, (entry, match) in enumerate(zip(batch, matches, strict=True))
        ]
        ImportRow.objects.bulk_create(rows)
        tally = Tally()
        tally.give(rows)
        record.rows_read += len(rows)
        record.progress = READING_IS * _share(record.rows_read)
        tally.write(record, "rows_read", "progress")


def _row(record: LibraryImport, number: int, entry: Entry, match: Match) -> ImportRow:
    outcome, message = Outcome.UNMATCHED, entry.remark
    if entry.problem:
        outcome, message = Outcome.MALFORMED, entry.problem
    elif entry.skipped:
        outcome, message = Outcome.SKIPPED, entry.skipped
    elif match.movie_id is not None:
        outcome = Outcome.PENDING
    return ImportRow(
        library_import=record,
        number=number,
        place=entry.place[-LONGEST_PLACE:],
        line=entry.line,
        kind=entry.kind.value,
        title=entry.title,
        year=entry.year,
        tmdb_id=entry.tmdb_id,
        imdb_id=entry.imdb_id,
        movielens_id=entry.movielens_id,
        rating=entry.rating,
        at=entry.at,
        progress_seconds=entry.progress_seconds,
        is_finished=entry.is_finished,
        text=entry.text,
        outcome=outcome,
        message=message[:LONGEST_MESSAGE],
        movie_id=match.movie_id if outcome == Outcome.PENDING else None,
        confidence=match.confidence,
        candidates=[
            {
                "tmdb_id": each.tmdb_id,
                "title": each.title,
                "year": each.year,
                "confidence": each.confidence,
            }
            for each in match.candidates
        ],
    )


def _settle(record: LibraryImport, report: Progress) -> None:
    """Settle what is pending, chunk by chunk; a dry run in memory, from the first row on."""
    tried = Holdings() if record.is_dry_run else None
    while True:
        with transaction.atomic():
            records.hold(record)
            pending = record.rows.filter(outcome=Outcome.PENDING).order_by("number")
            rows = list(pending[:SETTLED_AT_ONCE])
            if not rows:
                return
            settle(record, rows, tried=tried)
            done = rows[-1].number / max(record.rows_read, 1)
            record.progress = READING_IS + (1 - READING_IS) * done
            record.save(update_fields=["progress"])
        report(record.progress, f"Settling line {rows[-1].number:,}")


def settle(
    record: LibraryImport, rows: Sequence[ImportRow], *, tried: Holdings | None = None
) -> None:
    """Decide what becomes of rows whose films are known, and write it.

    Args:
        record: Their import, locked by the caller's transaction.
        rows: Pending ones.
        tried: Of a dry run, what the person would have by now: nothing else is changed.
    """
    user = record.user
    holdings = Holdings() if tried is None else tried
    films = {row.movie_id for row in rows if row.movie_id is not None}
    holdings.load(user=user, movie_ids=films, is_locked=tried is None)
    tally = Tally()
    tally.take(rows)
    made = []
    for row in rows:
        verdict = settling.settled(row, holdings, default_at=record.created_at)
        row.outcome, row.changes = verdict.outcome, [] if tried is not None else verdict.changes
        row.message = " ".join(filter(None, (_remark(row), verdict.message)))[:LONGEST_MESSAGE]
        made += [(row, change) for change in verdict.changes]
    if tried is None:
        effects.write(user=user, made=made, holdings=holdings)
    records.write(rows)
    tally.give(rows)
    tally.write(record)


def _remark(row: ImportRow) -> str:
    """Return what was said of a line when it was read, which a second settling must not repeat."""
    return CUT if row.message.startswith(CUT) else ""


def _share(read: int) -> float:
    # How many lines there are is not known before the end: half, then three quarters of the way.
    return read / (read + 5 * READ_AT_ONCE)
