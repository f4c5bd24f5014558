"""A training corpus on disk: memory-mapped columns beside a manifest, complete or absent."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from moviverse_engine.interactions.errors import CorpusDamaged, CorpusNotFound, CorpusNotWritten

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from numpy.typing import NDArray

MANIFEST = "manifest.json"
FORMAT = 1


def write(
    folder: Path, columns: Mapping[str, NDArray[Any]], manifest: Mapping[str, object]
) -> None:
    """Write columns and manifest into a temporary sibling and rename it into place.

    A reader that has the old corpus mapped keeps it. When the process is killed between the two
    renames that replace an old corpus, `read` finds the old one beside the folder.

    Raises:
        CorpusNotWritten: the disk is full or takes no more; the old corpus stays.
    """
    folder = Path(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    _restore(folder)
    working = Path(tempfile.mkdtemp(prefix=f".{folder.name}.writing-", dir=folder.parent))
    try:
        for name, column in columns.items():
            np.save(working / f"{name}.npy", column)
        files = {path.name: _digest(path) for path in sorted(working.iterdir())}
        text = json.dumps({"format": FORMAT, **manifest, "files": files}, indent=2, sort_keys=True)
        (working / MANIFEST).write_text(text, encoding="utf-8")
        for path in [*working.iterdir(), working]:
            _sync(path)
        working.chmod(0o755)  # mkdtemp makes it private; the web workers may be another user
        if folder.exists():
            folder.rename(_previous(folder))
        working.rename(folder)
        _sync(folder.parent)
    except BaseException as error:
        shutil.rmtree(working, ignore_errors=True)
        _restore(folder)
        if isinstance(error, OSError):
            reason = error.strerror or f"the disk is full or takes no more ({error})"
            raise CorpusNotWritten(f"{folder} cannot be written: {reason}.") from error
        raise
    shutil.rmtree(_previous(folder), ignore_errors=True)


def manifest(folder: Path) -> dict[str, Any]:
    """Read a corpus's manifest.

    Raises:
        CorpusNotFound: nothing is there.
        CorpusDamaged: the manifest cannot be read.
    """
    folder = Path(folder)
    _restore(folder)
    if not folder.is_dir():
        raise CorpusNotFound(f"There is no corpus in {folder}.")
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CorpusDamaged(f"{folder / MANIFEST} cannot be read.") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise CorpusDamaged(f"{folder / MANIFEST} is not a corpus manifest of format {FORMAT}.")
    return content


def read(folder: Path, names: tuple[str, ...], *, mmap: bool) -> dict[str, NDArray[Any]]:
    """Check and open the named columns.

    Raises:
        CorpusNotFound: nothing is there.
        CorpusDamaged: a file is missing, changed or not a plain array; its name is said.
    """
    folder = Path(folder)
    files = manifest(folder).get("files")
    columns = {}
    for name in names:
        path = folder / f"{name}.npy"
        expected = files.get(path.name) if isinstance(files, dict) else None
        try:
            if expected is None or _digest(path) != expected:
                raise CorpusDamaged(f"{path} is not the file that the manifest describes.")
            columns[name] = np.load(path, mmap_mode="r" if mmap else None, allow_pickle=False)
        except (OSError, ValueError) as error:
            raise CorpusDamaged(f"{path} cannot be read.") from error
    return columns


def _previous(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.previous")


def _restore(folder: Path) -> None:
    """Finish a replacement that a killed process left between its two renames."""
    previous = _previous(folder)
    if previous.exists():
        if folder.exists():
            shutil.rmtree(previous, ignore_errors=True)
        else:
            previous.rename(folder)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
