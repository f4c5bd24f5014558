"""Files that commands write: whole or not at all, and refused before the work, not after."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pathlib import Path


def require_writable(path: Path | None, option: str) -> None:
    """Refuse a place where no file can be written.

    Raises:
        click.BadParameter: it is a folder, its folder does not exist or cannot be written to.
    """
    if path is None or _is_stream(path):
        return
    reason = "it is a folder" if path.is_dir() else None
    if reason is None:
        try:
            with tempfile.TemporaryFile(dir=path.resolve().parent):
                pass
        except OSError as error:
            reason = error.strerror or str(error)
    if reason is not None:
        raise click.BadParameter(f"{path} cannot be written: {reason}.", param_hint=option)


def write_text(path: Path, text: str) -> None:
    """Write a file beside its place and rename it, so that nobody ever sees half of it."""
    if _is_stream(path):
        path.write_text(text, encoding="utf-8")
        return
    target = path.resolve()
    half = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with half.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        half.replace(target)
    finally:
        half.unlink(missing_ok=True)


def _is_stream(path: Path) -> bool:
    """Say whether it is there and is no file, such as /dev/stdout: nothing may take its place."""
    return path.exists() and not path.is_file() and not path.is_dir()
