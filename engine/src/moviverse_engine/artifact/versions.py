"""Versions of models on disk: published whole, activated by name, never changed."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import sys
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moviverse_engine import __version__
from moviverse_engine.artifact import seal
from moviverse_engine.artifact.card import CARD, card
from moviverse_engine.artifact.errors import (
    ArtifactNotFound,
    ArtifactNotWritten,
    InvalidName,
    NothingToRollBack,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

ACTIVE = "ACTIVE"
FORMAT = 1
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}")
_WORKING = ".publishing-"


@dataclass(frozen=True)
class Artifact:
    """Point to one published version."""

    folder: Path
    version: str
    manifest: dict[str, Any]


def publish(
    root: Path,
    name: str,
    *,
    write: Callable[[Path], object],
    manifest: Mapping[str, object],
    now: datetime,
) -> str:
    """Write a new version, make it the active one and return its name.

    `write` fills an empty folder. Whatever stops it (an error, Ctrl-C, a kill) leaves the versions
    as they were; the next publish removes what a killed one left. Of two at once both succeed.
    Beside the model's files lies `card.md`, its card.

    Args:
        root: the folder of all models.
        name: the model.
        write: writes the model's files, subfolders included.
        manifest: what to record: config, data fingerprint, metrics, limits.
        now: an aware time; versions sort by it.

    Raises:
        InvalidName: the name could reach outside the root.
        ArtifactNotWritten: the disk is full or takes no more.
    """
    home = _home(root, name)
    home.mkdir(parents=True, exist_ok=True)
    recorded = {
        **manifest,
        "format": FORMAT,
        "name": name,
        "created_at": now.astimezone(UTC).isoformat(),
        "libraries": _libraries(),
    }
    with _failures_named(name, home), _working_folder(home) as working:
        write(working)
        (working / CARD).write_text(card(name, recorded), encoding="utf-8")
        files = seal.describe_files(working)
        seal.sync(working)
        with _locked(home):  # two publishers of one moment must not choose one version
            published = _free_version(home, now, seal.fingerprint(files))
            content = {**recorded, "version": published, "files": files}
            text = json.dumps(content, indent=2, sort_keys=True) + "\n"
            (working / seal.MANIFEST).write_text(text, encoding="utf-8")
            seal.sync_one(working / seal.MANIFEST)
            seal.sync_one(working)
            working.chmod(0o755)  # mkdtemp makes it private; web workers may be another user
            try:
                working.rename(home / published)
                _set_active(home, published)
            except BaseException:
                if active(root, name) != published:
                    shutil.rmtree(home / published, ignore_errors=True)
                raise
    return published


def names(root: Path) -> list[str]:
    """Return the names of the models that have a version, in the order of the alphabet."""
    root = Path(root)
    if not root.is_dir():
        return []
    plain = sorted(p.name for p in root.iterdir() if _PLAIN.fullmatch(p.name))
    return [name for name in plain if versions(root, name)]


def versions(root: Path, name: str) -> list[str]:
    """Return a model's versions, oldest first."""
    home = _home(root, name)
    if not home.is_dir():
        return []
    return sorted(p.name for p in home.iterdir() if p.is_dir() and _PLAIN.fullmatch(p.name))


def active(root: Path, name: str) -> str | None:
    """Return a model's active version, or None."""
    try:
        text = (_home(root, name) / ACTIVE).read_text(encoding="utf-8").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    return text if text in versions(root, name) else None


def activate(root: Path, name: str, version: str) -> None:
    """Make a version the active one, once it is found sound.

    Raises:
        ArtifactNotFound: there is no such version.
        ArtifactDamaged: it is not what was published; the active one stays.
    """
    seal.verify(_folder(root, name, version))
    _set_active(_home(root, name), version)


def rollback(root: Path, name: str) -> str:
    """Activate the version before the active one and return its name.

    Raises:
        NothingToRollBack: nothing is active or nothing is older.
        ArtifactDamaged: the older one is not what was published; the active one stays.
    """
    current = active(root, name)
    older = [each for each in versions(root, name) if current is not None and each < current]
    if not older:
        raise NothingToRollBack(f"{name} has no version older than {current}.")
    activate(root, name, older[-1])
    return older[-1]


def open(  # noqa: A001 - called as artifact.open
    root: Path, name: str, *, version: str | None = None, verify: bool = True
) -> Artifact:
    """Open the active version, or a given one.

    Raises:
        ArtifactNotFound: there is none.
        ArtifactDamaged: a file is missing, added or changed (unless `verify` is False).
    """
    wanted = version or active(root, name)
    if wanted is None:
        raise ArtifactNotFound(f"{name} has no active version in {root}.")
    folder = _folder(root, name, wanted)
    manifest = seal.verify(folder) if verify else seal.read_manifest(folder)
    return Artifact(folder, wanted, manifest)


def _home(root: Path, name: str) -> Path:
    if not _PLAIN.fullmatch(name):
        raise InvalidName(f"{name!r} is no name of a model.")
    return Path(root) / name


def _folder(root: Path, name: str, version: str) -> Path:
    home = _home(root, name)
    if not _PLAIN.fullmatch(version):
        raise InvalidName(f"{version!r} is no name of a version.")
    if not (home / version).is_dir():
        raise ArtifactNotFound(f"{name} has no version {version}.")
    return home / version


def _free_version(home: Path, now: datetime, fingerprint: str) -> str:
    """Return a version that sorts by time and that nobody has, a microsecond later if need be."""
    moment = now.astimezone(UTC)
    while True:
        published = f"{moment:%Y%m%dT%H%M%S.%fZ}-{fingerprint}"
        if not (home / published).exists():
            return published
        moment += timedelta(microseconds=1)


@contextmanager
def _working_folder(home: Path) -> Iterator[Path]:
    """Give a locked temporary folder beside the versions; remove it unless it was renamed.

    The lock dies with its process, so that a leftover is told from a publish that still runs.
    """
    with _locked(home):
        for leftover in home.glob(f"{_WORKING}*"):
            with suppress(BlockingIOError, FileNotFoundError), _locked(leftover, wait=False):
                shutil.rmtree(leftover, ignore_errors=True)
        working = Path(tempfile.mkdtemp(prefix=_WORKING, dir=home))
        lock = _locked(working)
        lock.__enter__()
    try:
        yield working
    finally:
        shutil.rmtree(working, ignore_errors=True)
        lock.__exit__(*sys.exc_info())


@contextmanager
def _locked(folder: Path, *, wait: bool = True) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(handle)


@contextmanager
def _failures_named(name: str, home: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or f"the disk is full or takes no more ({error})"  # as NumPy says
        raise ArtifactNotWritten(f"{name} cannot be published in {home}: {reason}.") from error


def _set_active(home: Path, version: str) -> None:
    handle, path = tempfile.mkstemp(dir=home, prefix=f".{ACTIVE}-")
    written = Path(path)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(version + "\n")
            file.flush()
            os.fsync(file.fileno())
        written.chmod(0o644)
        written.replace(home / ACTIVE)
    finally:
        written.unlink(missing_ok=True)
    seal.sync_one(home)


def _libraries() -> dict[str, str]:
    found = {"moviverse-engine": __version__, "python": sys.version.split()[0]}
    for library in ("numpy", "scipy"):
        with suppress(PackageNotFoundError):
            found[library] = version(library)
    return found
