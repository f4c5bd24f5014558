"""Read ratings from anybody's table with named columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moviverse_engine.interactions import archives, delimited
from moviverse_engine.interactions.errors import MissingColumn

if TYPE_CHECKING:
    from pathlib import Path

    from moviverse_engine.interactions.progress import Progress
    from moviverse_engine.interactions.reports import ReadReport
    from moviverse_engine.interactions.table import Interactions


def read_ratings(
    path: Path,
    *,
    user: str,
    item: str,
    rating: str | None = None,
    timestamp: str | None = None,
    separator: str = ",",
    strict: bool = False,
    progress: Progress | None = None,
    limits: archives.Limits | None = None,
) -> tuple[Interactions, ReadReport]:
    """Read a table whose first line names its columns; the others are ignored.

    Ids are whole numbers of at most 64 bits, ratings any number from 0.5 to 5, times whole seconds
    since 1970. Without a rating column every row counts as 5.0, without a time column as second 0.
    The file may be packed as zip, xz or gz.

    Raises:
        MissingColumn: the first line does not name one of the columns.
        DataNotFound, UnsafeArchive, TruncatedFile: as `archives.opened`.
        MalformedRow: `strict` is set and a row cannot be read, or a line is longer than 1 MiB.
    """

    def layout_of(head: str) -> delimited.Layout:
        names = delimited.header(head, separator)

        def place(name: str) -> int:
            if name not in names:
                raise MissingColumn(
                    f"{path} has no column {name!r}; it has {delimited.listed(names)}."
                )
            return names.index(name)

        return delimited.Layout(
            separator=separator,
            width=len(names),
            user=place(user),
            item=place(item),
            rating=None if rating is None else place(rating),
            timestamp=None if timestamp is None else place(timestamp),
            header=True,
            half_steps=False,
        )

    with archives.opened(path, ("*.csv",), limits=limits) as source:
        return delimited.read(source, layout_of, strict=strict, progress=progress)
