"""Which models there are, and how they stand here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from django.conf import settings

from moviverse.recommendations import shelf
from moviverse.recommendations.lineup import HYBRID, LINEUP
from moviverse_engine import EngineError, artifact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moviverse.recommendations.lineup import KnownModel


@dataclass(frozen=True, slots=True)
class Rejected:
    """A version that was found worse than the one that is served, and why."""

    version: str
    trained_at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class ModelState:
    """A model and how it stands here.

    Attributes:
        status: "ready", "not trained" or "damaged".
    """

    name: str
    type: Literal["neural", "non-neural"]
    description: str
    status: str
    version: str | None = None
    trained_at: datetime | None = None
    metrics: Mapping[str, Any] | None = None


def models() -> list[ModelState]:
    """Return every model that we know by name, with its active version."""
    return [_state(known) for known in LINEUP]


def rejected() -> dict[str, Rejected]:
    """Return what was kept aside of each model since its active version was published, by name."""
    found = {}
    for name in artifact.names(shelf.aside()):
        kept = _kept_aside(name)
        # Versions sort by time.
        if kept and kept.version > (artifact.active(settings.MODELS_DIR, name) or ""):
            found[name] = kept
    return found


def is_ready() -> bool:
    """Say whether the model that answers by default is trained."""
    return artifact.active(settings.MODELS_DIR, HYBRID.name) is not None


def is_learnt_from_synthetic_viewers() -> bool:
    """Say whether tastes and votes here come from the demo's viewers, whom nobody ever was."""
    try:
        found = artifact.open(settings.MODELS_DIR, HYBRID.name, verify=False)
    except EngineError:
        return False
    return bool(found.manifest.get("data", {}).get("synthetic"))


def _state(known: KnownModel) -> ModelState:
    kind: Literal["neural", "non-neural"] = "neural" if known.is_neural else "non-neural"
    try:
        found = artifact.open(settings.MODELS_DIR, known.name, verify=False)
    except artifact.ArtifactNotFound:
        return ModelState(known.name, kind, known.description, "not trained")
    except EngineError:
        return ModelState(known.name, kind, known.description, "damaged")
    return ModelState(
        known.name,
        kind,
        known.description,
        "ready",
        version=found.version,
        trained_at=datetime.fromisoformat(found.manifest["created_at"]),
        metrics=found.manifest.get("metrics"),
    )


def _kept_aside(name: str) -> Rejected | None:
    try:
        found = artifact.open(shelf.aside(), name, verify=False)
    except EngineError:
        return None
    why = str(found.manifest.get("gate", {}).get("why", ""))
    return Rejected(found.version, datetime.fromisoformat(found.manifest["created_at"]), why)
