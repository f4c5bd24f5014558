"""The job that takes an import back: whatever it changed and nobody has changed since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models.functions import Now

from moviverse.transfer import effects, settling
from moviverse.transfer.counting import Tally
from moviverse.transfer.holdings import Holdings
from moviverse.transfer.models import ImportRow, LibraryImport
from moviverse.transfer.services import records

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from moviverse.accounts.models import User
    from moviverse.transfer.progress import Progress
    from moviverse.transfer.settling import Change

TAKEN_BACK_AT_ONCE = 500  # rows
CHANGED_SINCE = "You have changed it since, so it stays as it is."
Outcome = ImportRow.Outcome
Status = LibraryImport.Status


def run_undo(*, import_id: UUID, report: Progress) -> None:
    """Take an import back; again after a worker's death it continues.

    The last line goes first: of two that changed one rating, the first knows what was there before.
    """
    record = LibraryImport.objects.filter(id=import_id).first()
    if record is None or record.undone_at is not None:
        return
    record.status, record.error = Status.RUNNING, ""
    record.save(update_fields=["status", "error"])
    while True:
        with transaction.atomic():
            records.hold(record)
            changed = record.rows.exclude(changes=[]).order_by("-number")
            rows = list(changed[:TAKEN_BACK_AT_ONCE])
            if not rows:
                record.status, record.progress, record.undone_at = Status.DONE, 1.0, Now()
                record.save(update_fields=["status", "progress", "undone_at"])
                return
            tally = Tally()
            tally.take(rows)
            kept = take_back(user=record.user, rows=rows)
            for row in rows:
                row.outcome = Outcome.KEPT if row in kept else Outcome.UNDONE
                row.message = CHANGED_SINCE if row in kept else ""
                row.changes = []
            records.write(rows)
            tally.give(rows)
            record.progress = 1 - rows[-1].number / max(record.rows_read, 1)
            tally.write(record, "progress")
        report(record.progress, f"Taking line {rows[-1].number:,} back")


def take_back(*, user: User, rows: Sequence[ImportRow]) -> list[ImportRow]:
    """Take back what rows changed, in their order, and return those of which something stays.

    Within the caller's transaction; what becomes of the rows themselves is the caller's business.
    """
    holdings = Holdings()
    films = {row.movie_id for row in rows if row.movie_id is not None}
    holdings.load(user=user, movie_ids=films, is_locked=True)
    undone: list[tuple[ImportRow, Change]] = []
    kept = []
    for row in rows:
        if row.movie_id is None:  # the film has left the catalogue, and all of its facts with it
            continue
        of_row = [
            (row, change)
            for change in reversed(row.changes)
            if settling.taken_back(row, change, holdings)
        ]
        undone += of_row
        if len(of_row) < len(row.changes):
            kept.append(row)
    effects.take_back(user=user, made=undone, holdings=holdings)
    return kept
