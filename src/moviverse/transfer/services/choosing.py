"""What a person says of a line that was not understood, or was understood wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from moviverse.catalog import selectors as catalog
from moviverse.catalog.errors import MovieNotFound
from moviverse.transfer.counting import Tally
from moviverse.transfer.errors import NothingToMatch, RowNotFound
from moviverse.transfer.holdings import Holdings
from moviverse.transfer.libraries.entries import Kind
from moviverse.transfer.models import ImportRow, LibraryImport
from moviverse.transfer.services import records
from moviverse.transfer.services.running import settle
from moviverse.transfer.services.undoing import take_back

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from moviverse.accounts.models import User

LEFT_OUT = "You left it out."
WHAT_NAMES_A_FILM = ("title", "year", "tmdb_id", "imdb_id", "movielens_id")
CHANGED_SINCE = "You have changed what this line brought, so it stays as it is."
MOST_ALIKE = 500  # rows of one film
Outcome = ImportRow.Outcome


def choose(*, user: User, import_id: UUID, row_id: UUID, tmdb_id: int | None) -> ImportRow:
    """Say which film a line means, and settle it at once; of a dry run, what would become of it.

    The other lines that name the film in the same words follow. What a line brought to another
    film before is taken back.

    Args:
        user: Whose import it is.
        import_id: Which.
        row_id: The line.
        tmdb_id: The film's public id; None to leave the line out.

    Raises:
        ImportNotFound, RowNotFound: there is none, or it is another's.
        ImportUnderWay: the import has not ended.
        MovieNotFound: the catalogue does not hold the film.
        NothingToMatch: the line says nothing that could be applied, or was taken back.
    """
    with transaction.atomic():
        record = records.at_rest(user=user, import_id=import_id)
        row = ImportRow.objects.filter(library_import=record, id=row_id).first()
        if row is None:
            raise RowNotFound
        if tmdb_id is not None and not catalog.exists(tmdb_id=tmdb_id):
            raise MovieNotFound
        _refuse_unusable(record, row)
        rows = _alike(record, row)
        tally = Tally()
        tally.take(rows)
        if take_back(user=user, rows=rows[::-1]):
            raise NothingToMatch(CHANGED_SINCE)
        for each in rows:
            each.movie_id, each.changes = tmdb_id, []
            each.message = LEFT_OUT if tmdb_id is None else ""
            each.confidence = None if tmdb_id is None else 1.0
            each.outcome = Outcome.SKIPPED if tmdb_id is None else Outcome.PENDING
        tally.give(rows)
        tally.write(record)
        if tmdb_id is None:
            records.write(rows)
        else:
            settle(record, rows, tried=Holdings() if record.is_dry_run else None)
    return ImportRow.objects.get(id=row_id)


def _refuse_unusable(record: LibraryImport, row: ImportRow) -> None:
    if record.undo_asked_at is not None:
        raise NothingToMatch("This import was undone. Upload the file again.")
    is_empty = (row.kind == Kind.RATING and row.rating is None) or (
        row.kind == Kind.REVIEW and not row.text
    )
    if row.outcome == Outcome.MALFORMED or is_empty:
        raise NothingToMatch("This line says nothing that could be applied.")


def _alike(record: LibraryImport, row: ImportRow) -> Sequence[ImportRow]:
    """Return the lines that name a film in the same words and were taken for the same one."""
    same = {name: getattr(row, name) for name in (*WHAT_NAMES_A_FILM, "movie_id")}
    found = ImportRow.objects.filter(library_import=record, **same)
    usable = found.exclude(outcome=Outcome.MALFORMED).order_by("number")
    return list(usable[:MOST_ALIKE])
