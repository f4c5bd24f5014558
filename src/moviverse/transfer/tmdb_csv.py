"""CSV exports of TMDb brought into the catalogue: films, keywords, credits.

Every file is read through once before anything is written, so that a damaged one changes nothing.
Then films go in by transactions of 500; a run that was killed is simply run again, and finds what
it did already unchanged.

Where two files of one import tell of the same film, each of its fields is told by the first file
that has it: the result does not depend on how often they are imported. Films come before keywords
and credits, whatever the order they are named in.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from moviverse.catalog import services
from moviverse.catalog.rows import MovieRow, UpsertReport
from moviverse.core import errors
from moviverse.transfer import csv_files, packed_files, tmdb_tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from moviverse.transfer.packed_files import PackedFile
    from moviverse.transfer.progress import Progress
    from moviverse.transfer.tmdb_tables import Table

SHOWN = 10  # malformed rows of a file in the report
TOLD_EVERY = 200  # rows
NOTHING = MovieRow(tmdb_id=None)
TELLING = tuple(
    each.name for each in fields(MovieRow) if each.name not in {"tmdb_id", "source_ids"}
)


class HeaderUnknown(errors.Invalid):
    """The first line is that of no table that we know."""


@dataclass(frozen=True)
class Malformed:
    """A row that was left out, and why."""

    line: int
    reason: str


@dataclass(frozen=True)
class FileReport:
    """What became of the rows of one file."""

    name: str
    table: str  # what it holds
    rows: int
    films: UpsertReport
    duplicates: int  # rows about a film that an earlier row of the file is about; left out
    malformed: int  # left out
    examples: tuple[Malformed, ...]  # the first of them

    def __str__(self) -> str:
        """Return the report for a terminal."""
        films = self.films
        counts = [f"{films.updated:,} completed", f"{films.unchanged:,} as before"]
        if self.table == "films":  # the others make none
            counts.insert(0, f"{films.created:,} new")
        if films.unknown:
            counts.append(f"{films.unknown:,} about films that are not here")
        if self.duplicates:
            counts.append(f"{self.duplicates:,} about a film a second time (left out)")
        lines = [f"{self.name}: {self.rows:,} rows of {self.table}: {', '.join(counts)}."]
        if self.malformed:
            lines.append(f"  {self.malformed:,} malformed rows were left out:")
            lines.extend(f"  line {each.line:,}: {each.reason}" for each in self.examples)
            if self.malformed > len(self.examples):
                lines.append(f"  and {self.malformed - len(self.examples):,} more")
        return "\n".join(lines)


@dataclass(frozen=True)
class ImportReport:
    """What became of every file."""

    files: tuple[FileReport, ...]
    left_out: tuple[str, ...] = ()  # files in an archive that are none of ours

    @property
    def films(self) -> UpsertReport:
        """How many films were made, changed and so on, by all files together."""
        return sum((file.films for file in self.files), start=UpsertReport())

    @property
    def malformed(self) -> int:
        """How many rows were left out as malformed."""
        return sum(file.malformed for file in self.files)

    def __str__(self) -> str:
        """Return the report for a terminal."""
        lines = [str(file) for file in self.files]
        if self.left_out:
            lines.append(f"Left out, for their headers are of other tables: {_all(self.left_out)}.")
        return "\n".join(lines)


@dataclass
class _Tally:
    rows: int = 0
    duplicates: int = 0
    malformed: int = 0
    examples: list[Malformed] = field(default_factory=list)

    def leave_out(self, line: int, reason: str) -> None:
        self.malformed += 1
        if len(self.examples) < SHOWN:
            self.examples.append(Malformed(line, reason))


def import_tmdb_csv(*, paths: Iterable[Path], now: datetime, progress: Progress) -> ImportReport:
    """Bring TMDb's CSV exports into the catalogue; plain, or packed as .xz, .gz or .zip.

    Args:
        paths: The files, in any order; of a zip, every .csv in it that we know.
        now: When.
        progress: Told how far it is, by bytes.

    Raises:
        HeaderUnknown: a file is none that we know.
        FileUnreadable, FileDamaged, ArchiveUnsafe, NotText, TooManyLines: it cannot be read, or
            should not be. Nothing was written, unless the file changed while it was read.
    """
    found: list[tuple[Table, PackedFile]] = []
    left_out: list[str] = []
    for path in paths:
        files = packed_files.packed_files(path, suffix=".csv")
        tables = {file: _table(file, progress) for file in files}
        found.extend((table, file) for file, table in tables.items() if table is not None)
        if not any(tables.values()):
            raise HeaderUnknown(f"{path.name} is no table that we know. {_expected()}")
        left_out.extend(str(file) for file, table in tables.items() if table is None)
    found.sort(key=lambda each: tmdb_tables.TABLES.index(each[0]))
    told: dict[int, int] = {}
    return ImportReport(
        files=tuple(
            _import(file, table, told=told, now=now, progress=progress) for table, file in found
        ),
        left_out=tuple(left_out),
    )


def _expected() -> str:
    kinds = [f"{table.name} ({', '.join(sorted(table.columns))})" for table in tmdb_tables.TABLES]
    return f"Its first line should name the columns of one of: {'; '.join(kinds)}."


def _all(names: Sequence[str]) -> str:
    shown = ", ".join(names[:SHOWN])
    return shown if len(names) <= SHOWN else f"{shown} and {len(names) - SHOWN:,} more"


def _table(file: PackedFile, progress: Progress) -> Table | None:
    """Read `file` to its end, and return what it holds; None for nothing of ours."""
    with packed_files.opened(file) as opened:
        rows = csv_files.rows(opened.stream, label=str(file))
        header = _header(next(rows, None))
        table = tmdb_tables.recognised(header)
        if table is not None:
            twice = [name for name in dict.fromkeys(header) if name and header.count(name) > 1]
            if twice:
                raise HeaderUnknown(f"{file} names a column twice: {_all(twice)}.")
            for number, _ in enumerate(rows):
                if number % TOLD_EVERY == 0:
                    progress(opened.fraction(), f"Checking {file}")
            progress(1.0, f"Checking {file}")
    return table


def _header(row: csv_files.Row | None) -> list[str]:
    return [name.strip() for name in row.cells] if row else []


def _import(
    file: PackedFile,
    table: Table,
    *,
    told: dict[int, int],
    now: datetime,
    progress: Progress,
) -> FileReport:
    tally = _Tally()
    message = f"Importing {file}"

    def films() -> Iterator[MovieRow]:
        seen: set[int] = set()
        rows = csv_files.rows(opened.stream, label=str(file))
        header = _header(next(rows, None))
        for row in rows:
            if tally.rows % TOLD_EVERY == 0:
                progress(opened.fraction(), message)
            tally.rows += 1
            try:
                film = table.row(_cells(header, row))
            except errors.Invalid as error:
                tally.leave_out(row.line, error.message)
                continue
            if film.tmdb_id in seen:
                tally.duplicates += 1
                continue
            seen.add(film.tmdb_id or 0)
            yield _untold(film, told)

    with packed_files.opened(file) as opened:
        report = services.upsert_movies(films(), now=now, only_fill=table.only_fills)
    progress(1.0, message)
    return FileReport(
        name=str(file),
        table=table.name,
        rows=tally.rows,
        films=report,
        duplicates=tally.duplicates,
        malformed=tally.malformed,
        examples=tuple(tally.examples),
    )


class _RowMalformed(errors.Invalid):
    pass


def _cells(header: Sequence[str], row: csv_files.Row) -> Mapping[str, str]:
    if row.problem:
        raise _RowMalformed(row.problem)
    if len(row.cells) != len(header):
        raise _RowMalformed(f"{len(row.cells)} cells where the header has {len(header)}")
    return dict(zip(header, row.cells, strict=True))


def _untold(film: MovieRow, told: dict[int, int]) -> MovieRow:
    """Return what `film` tells that no earlier file of the import has told; note it in `told`.

    `told` maps a film to its told fields, one bit each.
    """
    before = told.get(film.tmdb_id or 0, 0)
    telling = 0
    again: dict[str, Any] = {}
    for place, name in enumerate(TELLING):
        empty = getattr(NOTHING, name)
        if getattr(film, name) != empty:
            telling |= 1 << place
            if before >> place & 1:
                again[name] = empty
    told[film.tmdb_id or 0] = before | telling
    return replace(film, **again) if again else film
