"""Stored models: versions in folders, published whole, checksummed, activated by name."""

from __future__ import annotations

from moviverse_engine.artifact.card import card
from moviverse_engine.artifact.errors import (
    ArtifactDamaged,
    ArtifactNotFound,
    ArtifactNotWritten,
    InvalidName,
    NothingToRollBack,
)
from moviverse_engine.artifact.seal import verify
from moviverse_engine.artifact.versions import (
    Artifact,
    activate,
    active,
    names,
    open,  # noqa: A004 - called as artifact.open
    publish,
    rollback,
    versions,
)

__all__ = [
    "Artifact",
    "ArtifactDamaged",
    "ArtifactNotFound",
    "ArtifactNotWritten",
    "InvalidName",
    "NothingToRollBack",
    "activate",
    "active",
    "card",
    "names",
    "open",
    "publish",
    "rollback",
    "verify",
    "versions",
]
