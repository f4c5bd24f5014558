"""Everything that somebody has here, written to a file as it is read: never all of it in memory."""

from __future__ import annotations

import zipfile
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any

import orjson
from django.db import transaction
from django.db.models import QuerySet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

ROWS_AT_ONCE = 50  # a list that was recommended is tens of kilobytes: together a few megabytes


def write_json(sections: Mapping[str, Any], out: IO[bytes]) -> None:
    """Write one JSON object with a key for each section.

    Args:
        sections: By name: a plain value, or a queryset of dicts, which becomes a list.
        out: Where to.
    """
    with transaction.atomic():  # the cursors of the querysets are read piece by piece within
        for place, (name, section) in enumerate(sections.items()):
            out.write(b"{\n" if place == 0 else b",\n")
            out.write(orjson.dumps(name) + b": ")
            out.writelines(_pieces(section))
        out.write(b"\n}\n")


def write_zip(sections: Mapping[str, Any], files: Mapping[str, bytes], out: IO[bytes]) -> None:
    """Write an archive with a JSON file for each section, and `files` as they are."""
    with transaction.atomic(), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, section in sections.items():
            with archive.open(f"{name}.json", "w", force_zip64=True) as file:
                file.writelines(_pieces(section))
        for name, content in files.items():
            archive.writestr(name, content, zipfile.ZIP_STORED)


def _pieces(section: Any) -> Iterator[bytes]:
    if not isinstance(section, QuerySet):
        yield _json(section)
        return
    rows: Iterable[Any] = section.iterator(ROWS_AT_ONCE)
    begin = b"["
    for row in rows:
        yield begin + b"\n  " + _json(row)
        begin = b","
    yield b"[]" if begin == b"[" else b"\n]"


def _json(value: Any) -> bytes:
    return orjson.dumps(value, default=_number, option=orjson.OPT_UTC_Z)


def _number(value: object) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError
