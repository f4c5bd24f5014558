"""CSV from outside, row by row: what cannot be a row says why, and the rows after it still count.

The standard library's reader does the reading. By itself it would take a quote that never closes
for the rest of the file, and a row of a gigabyte for a row.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from moviverse.core import errors

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_CELL = 500_000  # characters; the longest real credits have a quarter of it
LONGEST_ROW = 4_000_000  # bytes
MOST_LINES = 2_000_000  # TMDb knows about one million films
CELL_TOO_LONG = f"a cell of more than {LONGEST_CELL:,} characters, or a quote that never closes"


class NotText(errors.Invalid):
    """The file is in another encoding than UTF-8, or holds no text at all."""


class TooManyLines(errors.Invalid):
    """The file has more lines than there are films."""


class _RowTooLong(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Row:
    """A row's cells and the line that it begins in; `problem` says why it has none."""

    line: int
    cells: tuple[str, ...] = ()
    problem: str = ""


def rows(stream: IO[bytes], *, label: str) -> Iterator[Row]:
    """Read the rows of a CSV file, blank lines left out, the header among them.

    Raises:
        NotText: a byte is not UTF-8.
        TooManyLines: there is no end to it.
    """
    # The limit is the process's. Raised, and never lowered: whoever reads beside us keeps theirs.
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_CELL))
    lines = _Lines(stream, label)
    reader = csv.reader(lines, strict=True)
    while True:
        line = lines.number + 1
        lines.row_bytes = 0
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, _RowTooLong) as error:
            yield Row(line, problem=_sentence(error))
            continue
        if any("\0" in cell for cell in cells):
            yield Row(line, problem="a NUL byte")
        elif any(len(cell) > LONGEST_CELL for cell in cells):  # somebody raised the limit further
            yield Row(line, problem=CELL_TOO_LONG)
        elif cells:
            yield Row(line, tuple(cells))


def _sentence(error: Exception) -> str:
    if isinstance(error, _RowTooLong):
        return f"a row of more than {LONGEST_ROW:,} bytes"
    if "field limit" in str(error):
        return CELL_TOO_LONG
    if "unexpected end of data" in str(error):
        return "a quote that never closes"
    return f"not CSV: {error}"


class _Lines:
    """The lines of a file; after a row that is too long the next line can be asked for.

    A generator would be finished by its first error.
    """

    def __init__(self, stream: IO[bytes], label: str) -> None:
        self.number = 0
        self.row_bytes = 0  # of the row that is being read; its reader sets it back
        self._stream = stream
        self._label = label

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        data = self._stream.readline(LONGEST_ROW)
        if not data:
            raise StopIteration
        self.number += 1
        if self.number > MOST_LINES:
            raise TooManyLines(f"{self._label} has more than {MOST_LINES:,} lines.")
        self.row_bytes += len(data)
        if self.row_bytes >= LONGEST_ROW:
            while data and not data.endswith(b"\n"):
                data = self._stream.readline(LONGEST_ROW)
            raise _RowTooLong
        try:
            return data.decode("utf-8-sig" if self.number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise NotText(
                f"{self._label} is not UTF-8 text: line {self.number:,} holds the byte"
                f" 0x{data[error.start]:02x}. Save it as UTF-8 and try again."
            ) from error
