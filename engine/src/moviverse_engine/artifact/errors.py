"""What can go wrong with stored versions of models."""

from __future__ import annotations

from moviverse_engine import EngineError


class InvalidName(EngineError):
    """A name or version that could reach outside its folder."""


class ArtifactNotFound(EngineError):
    """No such version, or none is active."""


class ArtifactNotWritten(EngineError):
    """The system refused to take a version; those there were are as they were."""


class NothingToRollBack(EngineError):
    """The active version is the oldest one."""


class ArtifactDamaged(EngineError):
    """A file is missing, added or changed; the message names it."""
