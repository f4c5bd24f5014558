"""How a file that was recognised is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from moviverse.transfer.libraries import tables
from moviverse.transfer.libraries.cells import CellWrong, text
from moviverse.transfer.libraries.entries import (
    CUT,
    LONGEST_TEXT,
    LONGEST_TITLE,
    Entry,
    Kind,
    Source,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moviverse.transfer.libraries.tables import Line, Text

Fields = Callable[[Mapping[str, str], datetime], dict[str, Any]]
TITLES = ("title", "name")  # how the tables call it


@dataclass(frozen=True, slots=True)
class Table:
    """A table: whose, what its lines are about, and the fields of an `Entry` that a line has."""

    source: Source
    kind: Kind
    fields: Fields
    check: Callable[[Iterable[Line]], None] | None = None

    def entries(self, held: Text, *, now: datetime) -> Iterator[Entry]:
        """Read the lines below the header, one by one."""
        for line in tables.lines_of(held):
            if line.problem:
                yield Entry(held.label, line.number, self.kind, problem=line.problem)
            else:
                yield entry(
                    held.label, line.number, self.kind, line.cells, fields=self.fields, now=now
                )


@dataclass(frozen=True, slots=True)
class Items:
    """A list of JSON: each item with the kind that it is of."""

    source: Source
    items: Iterable[tuple[Kind, Mapping[str, str]]]
    fields: Fields

    def entries(self, held: Text, *, now: datetime) -> Iterator[Entry]:
        """Read the items, one by one."""
        for number, (kind, cells) in enumerate(self.items, start=1):
            yield entry(held.label, number, kind, cells, fields=self.fields, now=now)


def entry(
    place: str,
    line: int,
    kind: Kind,
    cells: Mapping[str, str],
    *,
    fields: Fields,
    now: datetime,
) -> Entry:
    """Return the entry of a line; one that cannot be understood says why and keeps its title."""
    try:
        said = fields(cells, now)
    except CellWrong as error:
        shown = next(
            (text(cells, name, limit=LONGEST_TITLE) for name in TITLES if name in cells), ""
        )
        return Entry(place, line, kind, title=shown, problem=error.message)
    if len(said.get("text", "")) > LONGEST_TEXT:
        said |= {"text": said["text"][:LONGEST_TEXT], "remark": CUT}
    found = Entry(place, line, said.pop("kind", kind), **said)
    problem = _missing(found)
    if not problem or found.skipped:
        return found
    return Entry(place, line, found.kind, title=found.title, year=found.year, problem=problem)


def _missing(found: Entry) -> str:
    if not (found.title or found.tmdb_id or found.imdb_id or found.movielens_id):
        return "It names no film."
    if found.kind == Kind.RATING and found.rating is None:
        return "It has no rating."
    if found.kind == Kind.REVIEW and not found.text:
        return "It has no text."
    return ""
