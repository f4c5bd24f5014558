"""The counts of an import, kept with its lines in one transaction."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from moviverse.transfer.models import ImportRow, LibraryImport

if TYPE_CHECKING:
    from collections.abc import Iterable

Outcome = ImportRow.Outcome
COLUMNS = {
    Outcome.MATCHED: "matched",
    Outcome.UNMATCHED: "unmatched",
    Outcome.DUPLICATE: "duplicates",
    Outcome.MALFORMED: "malformed",
    Outcome.SKIPPED: "skipped",
    Outcome.UNDONE: "undone",
    Outcome.KEPT: "kept",
}
COUNTS = ("rows_read", "applied", *COLUMNS.values())


class Tally:
    """How often each outcome was given out, or taken away, since the counts were written."""

    def __init__(self) -> None:
        self._outcomes: Counter[str] = Counter()
        self._applied = 0

    def take(self, rows: Iterable[ImportRow]) -> None:
        """Count lines out, as they are before they change."""
        for row in rows:
            self._outcomes[row.outcome] -= 1
            self._applied -= bool(row.changes)

    def give(self, rows: Iterable[ImportRow]) -> None:
        """Count lines in, as they have become."""
        for row in rows:
            self._outcomes[row.outcome] += 1
            self._applied += bool(row.changes)

    def write(self, record: LibraryImport, *more: str) -> None:
        """Write the counts of an import whose row is locked, and the columns named besides."""
        for outcome, name in COLUMNS.items():
            setattr(record, name, getattr(record, name) + self._outcomes[outcome])
        record.applied += self._applied
        record.save(update_fields=["applied", *COLUMNS.values(), *more])
