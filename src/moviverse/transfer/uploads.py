"""Uploaded files, kept in the home folder until a worker has read them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

UNFIT = re.compile(r"[^A-Za-z0-9._-]+")
LONGEST_NAME = 80


def safe_name(name: str) -> str:
    """Return a file's name as it can be kept and shown, whatever a client called it."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return UNFIT.sub("_", last).lstrip(".")[-LONGEST_NAME:].lstrip(".") or "upload"


def path_of(*, import_id: UUID, name: str) -> Path:
    """Return where an upload is kept: in a folder of its own, whose name nobody can guess."""
    return Path(settings.UPLOADS_DIR) / str(import_id) / safe_name(name)


def keep(*, import_id: UUID, name: str, chunks: Iterable[bytes]) -> Path:
    """Write an upload to the disk and return where."""
    path = path_of(import_id=import_id, name=name)
    path.parent.mkdir(parents=True, mode=0o700)
    with path.open("wb") as file:
        for chunk in chunks:
            file.write(chunk)
    return path


def remove(*, import_id: UUID) -> None:
    """Remove an upload, if it is there."""
    shutil.rmtree(Path(settings.UPLOADS_DIR) / str(import_id), ignore_errors=True)


def left(*, before: datetime) -> Iterator[UUID]:
    """Yield the imports whose uploads lie here, untouched since a time.

    What is no upload of ours, a link above all, is passed by.
    """
    root = Path(settings.UPLOADS_DIR)
    for folder in root.iterdir() if root.is_dir() else ():
        try:
            import_id = UUID(folder.name)
            touched = max(each.lstat().st_mtime for each in (folder, *_within(folder)))
        except (ValueError, OSError):  # another's, or somebody has just removed it
            continue
        if touched < before.timestamp():
            yield import_id


def discard(*, import_id: UUID) -> bool:
    """Remove an upload file by file; what somebody else put beside it stays. Say whether it is gone."""
    folder = Path(settings.UPLOADS_DIR) / str(import_id)
    try:
        for path in _within(folder):
            if not path.is_symlink() and path.is_file():
                path.unlink(missing_ok=True)
        folder.rmdir()
    except OSError:
        return not folder.exists()
    return True


def _within(folder: Path) -> list[Path]:
    if folder.is_symlink() or not folder.is_dir():
        raise NotADirectoryError(folder)
    return list(folder.iterdir())
