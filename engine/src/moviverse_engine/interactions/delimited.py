"""Read columns of ratings out of delimited text, a block at a time."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from moviverse_engine.interactions import digits
from moviverse_engine.interactions.errors import MalformedRow
from moviverse_engine.interactions.growing import GrowingColumn
from moviverse_engine.interactions.progress import silent
from moviverse_engine.interactions.reports import ReadReport, Refusals
from moviverse_engine.interactions.table import (
    HIGHEST_RATING,
    IMPLICIT_RATING,
    LOWEST_RATING,
    Interactions,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from moviverse_engine.interactions.archives import Source
    from moviverse_engine.interactions.progress import Progress

    Columns = tuple[NDArray[Any], NDArray[Any], NDArray[np.float32], NDArray[Any]]

BLOCK = 1 << 20
_LONGEST_LINE = 1 << 20
_SHOWN = 200  # characters of a first line that names other columns than were asked for
_BOM = b"\xef\xbb\xbf"
_INTEGER = re.compile(r"[+-]?[0-9]{1,20}")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{1,20})?")
_INT64 = np.iinfo(np.int64)


@dataclass(frozen=True)
class Layout:
    """Say where the columns of a table are, from 0.

    Attributes:
        separator: what stands between two fields.
        width: how many fields a row has.
        user, item: the columns of ids.
        rating: the column of ratings; None gives every row 5.0.
        timestamp: the column of seconds since 1970; None gives every row 0.
        header: whether the first line names the columns.
        half_steps: whether ratings are halves only, as MovieLens's are.
    """

    separator: str
    width: int
    user: int
    item: int
    rating: int | None
    timestamp: int | None
    header: bool
    half_steps: bool


def blocks(source: Source) -> Iterator[tuple[int, bytes]]:
    """Give the file as blocks of whole lines, with the number of each one's first line.

    Raises:
        MalformedRow: a line is longer than 1 MiB, so this is no table.
    """
    line, rest = 1, b""
    chunk = source.read(BLOCK).removeprefix(_BOM)
    while chunk:
        end = chunk.rfind(b"\n") + 1
        if end:
            block = rest + chunk[:end]
            yield line, block
            line, rest = line + block.count(b"\n"), chunk[end:]
        else:
            rest += chunk
        if len(rest) > _LONGEST_LINE:
            raise MalformedRow(f"{source.label}, line {line}: longer than 1 MiB.")
        chunk = source.read(BLOCK)
    if rest:
        yield line, rest + b"\n"


def fields(line: str, separator: str) -> list[str]:
    """Split one line, which a separator of one character lets quote its fields.

    Raises:
        ValueError: a quote is not closed or stands where none may.
    """
    if len(separator) > 1 or '"' not in line:
        return line.split(separator)
    try:
        return next(csv.reader([line], delimiter=separator, strict=True))
    except csv.Error as error:
        raise ValueError(f"broken quotes ({error})") from error


def header(line: str, separator: str) -> list[str]:
    """Split a line of column names."""
    return [name.strip() for name in next(csv.reader([line], delimiter=separator))]


def listed(names: Sequence[str]) -> str:
    """Write the names of columns in one line; what cannot be printed is no text in UTF-8."""
    line = ", ".join(names)[:_SHOWN]
    return "".join(mark if mark.isprintable() else "\N{REPLACEMENT CHARACTER}" for mark in line)


def read(
    source: Source,
    layout_of: Callable[[str], Layout],
    *,
    strict: bool,
    progress: Progress | None,
) -> tuple[Interactions, ReadReport]:
    """Read every row of ratings.

    Args:
        source: what to read.
        layout_of: tells the layout from the first line that is not blank.
        strict: whether a malformed row stops it.
        progress: hears how far it is, once a block.

    Raises:
        MalformedRow: a row cannot be read and `strict` is set, or a line has no end.
    """
    tell = progress or silent
    refusals = Refusals(source.label, strict)
    columns = [GrowingColumn(narrow) for narrow in (np.int32, np.int32, np.float16, np.int32)]
    layout: Layout | None = None
    for first_line, block in blocks(source):
        line, data = first_line, block
        if layout is None:
            blank = len(data) - len(data.lstrip())
            line, data = line + data[:blank].count(b"\n"), data[blank:]
            if not data:
                continue
            head, _, below = data.partition(b"\n")
            layout = layout_of(head.decode("utf-8", errors="replace").rstrip("\r"))
            if layout.header:
                line, data = line + 1, below
        found = _fast(data, layout) or _slow(data, line, layout, refusals)
        for column, values in zip(columns, found, strict=True):
            column.append(values)
        tell(source.fraction(), f"reading {source.label}")
    rows = len(columns[0])
    interactions = Interactions.consuming([column.taken() for column in columns])
    return interactions, ReadReport(
        path=source.label,
        rows=rows,
        malformed=refusals.count,
        first_malformed=tuple(refusals.first),
        duplicates=interactions.duplicates,
    )


def _fast(block: bytes, layout: Layout) -> Columns | None:
    found = digits.split(block, layout.separator.encode(), layout.width)
    if found is None:
        return None
    text, starts, ends = found
    rows = len(starts[0])
    users = digits.integers(text, starts[layout.user], ends[layout.user])
    items = digits.integers(text, starts[layout.item], ends[layout.item])
    ratings: NDArray[np.int32 | np.int64] | None = np.full(rows, int(IMPLICIT_RATING * 10))
    times: NDArray[np.int32 | np.int64] | None = np.zeros(rows, dtype=np.int64)
    if layout.rating is not None:
        ratings = digits.tenths(text, starts[layout.rating], ends[layout.rating])
    if layout.timestamp is not None:
        times = digits.integers(text, starts[layout.timestamp], ends[layout.timestamp])
    if users is None or items is None or ratings is None or times is None:
        return None
    if ratings.min() < LOWEST_RATING * 10 or ratings.max() > HIGHEST_RATING * 10:
        return None
    if layout.half_steps and (ratings % 5).any():
        return None
    return users, items, (ratings / 10).astype(np.float32), times


def _slow(block: bytes, first_line: int, layout: Layout, refusals: Refusals) -> Columns:
    rows = []
    for number, line in enumerate(block.split(b"\n"), start=first_line):
        if line.strip():
            try:
                rows.append(_row(line, layout))
            except ValueError as error:
                refusals.add(number, str(error))
    users, items, ratings, times = zip(*rows, strict=True) if rows else ((), (), (), ())
    return (
        np.array(users, dtype=np.int64),
        np.array(items, dtype=np.int64),
        np.array(ratings, dtype=np.float32),
        np.array(times, dtype=np.int64),
    )


def _row(line: bytes, layout: Layout) -> tuple[int, int, float, int]:
    try:
        text = line.decode("utf-8").rstrip("\r")
    except UnicodeDecodeError as error:
        raise ValueError("bytes that are not UTF-8") from error
    values = fields(text, layout.separator)
    if len(values) != layout.width:
        raise ValueError(f"{len(values)} columns instead of {layout.width}")
    rating, time = IMPLICIT_RATING, 0
    if layout.rating is not None:
        rating = _rating(values[layout.rating], half_steps=layout.half_steps)
    if layout.timestamp is not None:
        time = integer(values[layout.timestamp], "time")
        if time < 0:
            raise ValueError(f"the time {time} is negative")
    return integer(values[layout.user], "user"), integer(values[layout.item], "film"), rating, time


def integer(text: str, what: str) -> int:
    """Read a whole number of at most 64 bits.

    Raises:
        ValueError: it is none; `what` names it.
    """
    text = text.strip()
    if not _INTEGER.fullmatch(text):
        raise ValueError(f"the {what} {text[:40]!r} is not a whole number")
    value = int(text)
    if not _INT64.min <= value <= _INT64.max:
        raise ValueError(f"the {what} {text} is outside 64 bits")
    return value


def _rating(text: str, *, half_steps: bool) -> float:
    text = text.strip()
    if not _DECIMAL.fullmatch(text):
        raise ValueError(f"the rating {text[:40]!r} is not a number")
    value = float(text)
    if not LOWEST_RATING <= value <= HIGHEST_RATING:
        raise ValueError(f"the rating {text} is outside 0.5-5")
    if half_steps and value * 2 % 1:
        raise ValueError(f"the rating {text} is not a half step")
    return value
