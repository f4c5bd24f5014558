"""Text as people's programs save it: with or without a mark, in Unicode or in an old encoding."""

from __future__ import annotations

import codecs
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from moviverse.core import errors
from moviverse.transfer import csv_files
from moviverse.transfer.packed_files import opened
from moviverse.transfer.spreadsheet_cells import unquoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moviverse.transfer.packed_files import PackedFile

MOST_BYTES = 64 * 1024 * 1024  # of an upload, unpacked; a diary of 100,000 films has a fifth
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SAMPLE = 1_000  # bytes that tell UTF-16 without its mark
OLD = "cp1252"  # what Windows saved before Unicode, and IMDb exported
IN_THE_OLD_ENCODING = "was not Unicode and was read as Windows-1252: look at accented letters"


class FileTooLarge(errors.Invalid):
    """A file is more than anybody's library."""


class NotText(errors.Invalid):
    """A file holds something else than text."""


@dataclass(frozen=True, slots=True)
class Text:
    """A file's text as UTF-8; `remark` says what may have gone wrong in reading it."""

    label: str
    data: bytes
    remark: str = ""

    def begins_with(self, *characters: bytes) -> bool:
        """Tell which character comes first, after blanks."""
        return self.data[:SAMPLE].lstrip().startswith(characters)


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table by the names of its columns; `problem` says why it has none."""

    number: int
    cells: dict[str, str]
    problem: str = ""


def text_of(file: PackedFile, *, label: str) -> Text:
    """Read a file, whatever it was saved as.

    Raises:
        FileTooLarge: it unpacks to more than `MOST_BYTES`.
        NotText: it holds no text.
        FileUnreadable, FileDamaged, ArchiveUnsafe: as `packed_files.opened`.
    """
    with opened(file) as held:
        data = held.stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise FileTooLarge(f"{label} unpacks to more than {MOST_BYTES:,} bytes.")
    encoding = next((name for mark, name in MARKS if data.startswith(mark)), _unmarked(data))
    remark = ""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        if encoding != "utf-8":
            raise NotText(f"{label} is not the text that it begins as.") from None
        # Five bytes have no letter there; a file that holds one was never text.
        text, remark = _old_text(data, label), f"{label} {IN_THE_OLD_ENCODING}."
    return Text(label, text.encode(), remark)


def header_of(text: Text) -> tuple[str, ...]:
    """Return the names of the columns, in lower case; none when there is no table."""
    first = next(csv_files.rows(io.BytesIO(text.data), label=text.label), None)
    return () if first is None else _names(first.cells)


def lines_of(text: Text) -> Iterator[Line]:
    """Read the rows of a table below its header.

    Raises:
        TooManyLines: there is no end to it.
    """
    rows = csv_files.rows(io.BytesIO(text.data), label=text.label)
    names = _names(next(rows).cells)
    for row in rows:
        if row.problem:
            yield Line(row.line, {}, row.problem)
        elif len(row.cells) > len(names) and any(row.cells[len(names) :]):
            said = f"{len(row.cells)} cells below {len(names)} columns"
            yield Line(row.line, {}, said)
        else:
            cells = dict(zip(names, map(unquoted, row.cells), strict=False))
            if any(cells.values()):
                yield Line(row.line, cells)


def _names(cells: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(" ".join(cell.split()).lower() for cell in cells)


def _unmarked(data: bytes) -> str:
    """Return the encoding of a file without a mark: in UTF-16 every other byte of English is 0."""
    sample = data[: SAMPLE * 2]
    if len(sample) >= 2 and b"\0" in sample:  # noqa: PLR2004 - one character
        if sample[1::2].count(0) > len(sample) // 4 and not sample[::2].count(0):
            return "utf-16-le"
        if sample[::2].count(0) > len(sample) // 4 and not sample[1::2].count(0):
            return "utf-16-be"
    return "utf-8"


def _old_text(data: bytes, label: str) -> str:
    if b"\0" in data:
        raise NotText(f"{label} is not text.")
    try:
        return data.decode(OLD)
    except UnicodeDecodeError as error:
        raise NotText(
            f"{label} is not text in any usual encoding: byte {error.start:,}."
            " Save it as UTF-8 and try again."
        ) from error
