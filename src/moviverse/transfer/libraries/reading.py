"""An upload, whatever it is: which of its files tell of films, and what they say."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import orjson

from moviverse.core import errors
from moviverse.transfer.libraries import (
    imdb,
    letterboxd,
    movielens_ratings,
    moviverse_files,
    tables,
    trakt,
)
from moviverse.transfer.libraries.entries import Entry, Kind, Source
from moviverse.transfer.libraries.recognised import Items, Table
from moviverse.transfer.packed_files import packed_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from moviverse.transfer.libraries.tables import Text
    from moviverse.transfer.packed_files import PackedFile

MOST_ROWS = 100_000  # of an upload; the busiest diaries have a third
MOST_FILES = 200  # of a zip that are looked into
SUFFIXES = (".csv", ".json")
TABLES: Sequence[Callable[[frozenset[str], str], Table | None]] = (
    moviverse_files.recognised,
    letterboxd.recognised,
    imdb.recognised,
    movielens_ratings.recognised,
)
# Ratings first, so that a diary's adds to them; lists that only say "seen" after those with dates.
ORDER = (Kind.RATING, Kind.REVIEW, Kind.WATCHED, Kind.SEEN, Kind.WATCHLIST, Kind.FAVORITE)


class NotRecognised(errors.Invalid):
    """A file is none that we know how to read."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file of an upload that tells of films."""

    file: PackedFile
    label: str
    source: Source
    order: int


def parts(path: Path, *, source: Source | None = None) -> list[Part]:
    """Return the files of an upload that tell of films, in the order to read them.

    Args:
        path: A table, a JSON file, or a zip of such.
        source: Only what this service wrote.

    Raises:
        NotRecognised: there is none; the message says what was looked for.
        SeveralPeople: MovieLens' ratings of more than one person.
        FileTooLarge, NotText: as `tables.text_of`.
        FileUnreadable, FileDamaged, ArchiveUnsafe: as `packed_files`.
    """
    files = packed_files(path, suffix=SUFFIXES)
    if len(files) > MOST_FILES:
        raise NotRecognised(f"{path.name} holds more than {MOST_FILES} files.")
    found: list[Part] = []
    total = 0
    nameless = ""
    for file in files:
        label = file.member or path.name
        text = tables.text_of(file, label=label)
        total += len(text.data)
        if total > tables.MOST_BYTES:
            raise tables.FileTooLarge(
                f"{path.name} unpacks to more than {tables.MOST_BYTES:,} bytes."
            )
        reader = _reader(text)
        if reader is None:
            nameless = nameless or (label if _is_nameless(text) else "")
        elif source in (None, reader.source):
            if isinstance(reader, Table) and reader.check:
                reader.check(islice(tables.lines_of(text), MOST_ROWS))
            found.append(Part(file, label, reader.source, _order(reader)))
    if not found:
        raise NotRecognised(_unknown(path.name, nameless=nameless, source=source))
    first = found[0].source  # one upload is one service's
    return sorted((part for part in found if part.source == first), key=lambda part: part.order)


def entries(found: Sequence[Part], *, now: datetime, remarks: list[str]) -> Iterator[Entry]:
    """Read every line of `found`, up to `MOST_ROWS`; what was odd is added to `remarks`."""
    read = 0
    for part in found:
        text = tables.text_of(part.file, label=part.label)
        reader = _reader(text)
        if text.remark:
            remarks.append(text.remark)
        for entry in reader.entries(text, now=now) if reader else ():
            if read == MOST_ROWS:
                remarks.append(f"Only the first {MOST_ROWS:,} lines were read.")
                return
            read += 1
            yield entry


def _reader(text: Text) -> Table | Items | None:
    if text.begins_with(b"[", b"{"):
        with suppress(orjson.JSONDecodeError):  # too deep is an error of its kind too
            data = orjson.loads(text.data)
            return moviverse_files.recognised_json(data) or trakt.recognised(data, text.label)
        return None
    header = frozenset(tables.header_of(text))
    found = (recognised(header, text.label) for recognised in TABLES)
    return next((table for table in found if table is not None), None)


def _order(reader: Table | Items) -> int:
    if isinstance(reader, Table):
        return ORDER.index(reader.kind)
    return min((ORDER.index(kind) for kind, _ in reader.items), default=0)


def _is_nameless(text: Text) -> bool:
    return letterboxd.is_nameless(frozenset(tables.header_of(text)))


def _unknown(name: str, *, nameless: str, source: Source | None) -> str:
    if nameless and source in (None, Source.LETTERBOXD):
        return (
            f"{nameless} looks like Letterboxd's, but watched.csv, watchlist.csv and likes/films.csv"
            " are told apart by their names alone: give it the name that it had."
        )
    if source is not None:
        return (
            f"{name} holds nothing that {source.value} wrote. Leave `source` out to have it found."
        )
    return (
        f"{name} is none of: Letterboxd's zip or one of its tables, IMDb's ratings or watchlist,"
        " Trakt's JSON, a MovieLens ratings.csv, an export of ours."
    )
