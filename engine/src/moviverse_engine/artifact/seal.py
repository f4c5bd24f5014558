"""A manifest that names every file of a folder with its size and checksum."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from moviverse_engine.artifact.errors import ArtifactDamaged

MANIFEST = "manifest.json"
# Whoever opens a version reads all of it. SHA-256 takes nearly twice as long as BLAKE2; versions
# that were published with it stay good.
DIGEST, DIGESTS = "blake2b", frozenset({"blake2b", "sha256"})


def describe_files(folder: Path, digest: str = DIGEST) -> dict[str, dict[str, object]]:
    """Return {path inside the folder: {digest: checksum, "size": bytes}} of all files.

    Raises:
        ArtifactDamaged: there is a link or something that is not a plain file.
    """
    files: dict[str, dict[str, object]] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise ArtifactDamaged(f"{path} is not a plain file.")
        if path.is_file() and path != folder / MANIFEST:
            with path.open("rb") as file:
                checksum = hashlib.file_digest(file, digest).hexdigest()
            name = path.relative_to(folder).as_posix()
            files[name] = {digest: checksum, "size": path.stat().st_size}
    return files


def fingerprint(files: dict[str, dict[str, object]]) -> str:
    """Return eight hexadecimal digits that stand for all files and their content."""
    text = json.dumps(files, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read a version's manifest.

    Raises:
        ArtifactDamaged: it is missing or no manifest.
    """
    path = Path(folder) / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ArtifactDamaged(f"{path} cannot be read.") from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("files"), dict):
        raise ArtifactDamaged(f"{path} is not an artifact's manifest.")
    return manifest


def verify(folder: Path) -> dict[str, Any]:
    """Compare every file with the manifest and return the manifest.

    Raises:
        ArtifactDamaged: a file is missing, added or changed; the first such file is named.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    expected = manifest["files"]
    found = describe_files(folder, _digest_of(expected))
    for name in sorted(found.keys() | expected.keys()):
        if name not in found:
            raise ArtifactDamaged(f"{folder / MANIFEST} names {name!r}, which is missing.")
        if name not in expected:
            raise ArtifactDamaged(f"{folder / name} is not in the manifest.")
        if found[name] != expected[name]:
            raise ArtifactDamaged(f"{folder / name} is not the file that was published.")
    return manifest


def _digest_of(files: dict[str, Any]) -> str:
    """Return the digest that a manifest was made with; files of another one agree with no file."""
    named = DIGESTS.intersection(*(set(each) for each in files.values() if isinstance(each, dict)))
    return min(named, default=DIGEST)


def sync(folder: Path) -> None:
    """Force a folder and all that is in it onto the disk."""
    for path in (*folder.rglob("*"), folder):
        sync_one(path)


def sync_one(path: Path) -> None:
    """Force one file or folder entry onto the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
