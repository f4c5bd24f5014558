"""A person's library as a file, written while it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moviverse.transfer.exports import json_file, letterboxd_zip, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from moviverse.accounts.models import User


@dataclass(frozen=True, slots=True)
class Format:
    """How a library can be written."""

    media_type: str
    suffix: str
    chunks: Callable[[User, datetime], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Export:
    """A file to download; its chunks are read from the database as they are asked for."""

    media_type: str
    file_name: str
    chunks: Iterator[bytes]


FORMATS: Mapping[str, Format] = {
    "json": Format("application/json", ".json", json_file.chunks),
    "csv": Format("text/csv; charset=utf-8", ".csv", table.chunks),
    "letterboxd": Format("application/zip", "-letterboxd.zip", letterboxd_zip.chunks),
}


def export(*, user: User, form: str = "json", now: datetime) -> Export:
    """Return a person's ratings, reviews, viewings, watchlist and favourites as one file.

    Args:
        user: Whose.
        form: One of `FORMATS`.
        now: When, for the name of the file.
    """
    chosen = FORMATS[form]
    return Export(
        media_type=chosen.media_type,
        file_name=f"moviverse-{now:%Y-%m-%d}{chosen.suffix}",
        chunks=chosen.chunks(user, now),
    )
