"""What a reader met on its way through a file."""

from __future__ import annotations

from dataclasses import dataclass, field

from moviverse_engine.interactions.errors import MalformedRow

_SHOWN = 10


@dataclass(frozen=True)
class ReadReport:
    """Say what was read and what was not.

    Attributes:
        path: the file, or `archive:member`.
        rows: rows that were well formed.
        malformed: rows that were left out.
        first_malformed: line number (from 1) and reason of the first ten of them.
        duplicates: well-formed rows that a later row of the same key replaced.
        duplicate_links: TMDb ids that several films claim, with those films' ids.
        missing_links: films without a TMDb id.
    """

    path: str
    rows: int
    malformed: int = 0
    first_malformed: tuple[tuple[int, str], ...] = ()
    duplicates: int = 0
    duplicate_links: tuple[tuple[int, tuple[int, ...]], ...] = ()
    missing_links: int = 0


@dataclass
class Refusals:
    """Count malformed rows and keep the first few; when `strict`, stop at the first.

    `name` goes before the reason where a report speaks of more than one file.
    """

    path: str
    strict: bool
    count: int = 0
    first: list[tuple[int, str]] = field(default_factory=list)

    def add(self, line: int, reason: str, *, file: str | None = None) -> None:
        """Note one row.

        Raises:
            MalformedRow: no malformed row is wanted.
        """
        if self.strict:
            raise MalformedRow(f"{file or self.path}, line {line}: {reason}.")
        self.count += 1
        if len(self.first) < _SHOWN:
            self.first.append((line, f"{file}: {reason}" if file else reason))
