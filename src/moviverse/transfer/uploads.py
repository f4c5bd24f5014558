"""Uploaded files, kept in the home folder until a worker has read them."""

from __future__ import annotations

import re
import shutil
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

UNFIT = re.compile(r"[^A-Za-z0-9._-]+")
LONGEST_NAME = 80
KEPT = timedelta(days=7)  # of what nobody has read: an upload whose transaction failed


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


def sweep() -> None:
    """Remove uploads that were left behind long ago."""
    root = Path(settings.UPLOADS_DIR)
    oldest = time.time() - KEPT.total_seconds()
    for folder in root.iterdir() if root.is_dir() else ():
        try:
            is_old = folder.stat().st_mtime < oldest
        except FileNotFoundError:  # somebody else sweeps, or has just read it
            continue
        if is_old:
            shutil.rmtree(folder, ignore_errors=True)
