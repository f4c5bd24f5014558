"""Training: from corpora, members' ratings and the catalogue to published models."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from moviverse.recommendations import corpora, lineup, shelf
from moviverse.recommendations.errors import (
    ActivationRefused,
    RollbackRefused,
    engine_errors_as,
)
from moviverse.recommendations.services import fitting, measuring, publishing
from moviverse.recommendations.services.material import fingerprints, gathered
from moviverse_engine import EngineError, artifact

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    import numpy as np

    from moviverse.transfer.progress import Progress


@dataclass(frozen=True)
class TrainedModel:
    """A version that was published, and how good it was on people held out."""

    name: str
    version: str
    ratings: int
    metrics: Mapping[str, Any]

    def __str__(self) -> str:
        """Return one line for a terminal."""
        said = ", ".join(
            f"{name} {value:.3f}"
            for name, value in self.metrics.items()
            if isinstance(value, float)
        )
        return f"  {self.name} {self.version}: {said or f'{self.ratings:,} ratings'}"


def train(
    *,
    names: Sequence[str] | None = None,
    now: datetime,
    rng: np.random.Generator,
    progress: Progress,
) -> list[TrainedModel]:
    """Train models, measure them on people held out, and publish them to running servers.

    A training that finds another one under way waits for it. When that one has trained the same
    models on the same corpora, its result is taken. Whatever stops a training leaves the models
    as they were, each of them whole.

    Args:
        names: Which, in any case; the usual ones when None.
        now: The time of the new versions.
        rng: The randomness of the models.
        progress: Is told what goes on.

    Raises:
        UnknownModel: there is no model of a name.
        TrainingRefused: a model cannot be trained here, as a neural one without PyTorch.
        Invalid: there are no films to learn about, or a corpus is damaged.
    """
    wanted = _wanted(names)
    with only_training() as waited:
        if waited and is_current(wanted):
            return [_published(name) for name in wanted]
        return _train(wanted, now=now, rng=rng, progress=progress)


def is_current(names: Sequence[str] = lineup.USUAL) -> bool:
    """Say whether models are there that learnt from the corpora of now; it reads manifests alone.

    Raises:
        DataRefused: the manifest of a corpus cannot be read.
    """
    expected = fingerprints(corpora.for_training())
    for name in names:
        try:
            manifest = artifact.open(settings.MODELS_DIR, name, verify=False).manifest
        except EngineError:
            return False
        if manifest.get("data", {}).get("corpora") != expected:
            return False
    return True


def is_tried(names: Sequence[str] = lineup.USUAL) -> bool:
    """Say whether the last training of each model was on the corpora of now.

    It may have been kept aside, which is no reason to serve it at the next start.

    Raises:
        DataRefused: as of `is_current`.
    """
    expected = fingerprints(corpora.for_training())
    return all(learnt_from(name).get("corpora") == expected for name in names)


def learnt_from(name: str) -> Mapping[str, Any]:
    """Return what is recorded of the data of a model's last training; nothing if none is served."""
    try:
        last = artifact.open(settings.MODELS_DIR, name, verify=False)
    except EngineError:
        return {}
    with suppress(EngineError):
        kept = artifact.open(shelf.aside(), name, verify=False)
        last = max(last, kept, key=attrgetter("version"))  # they sort by time
    return last.manifest.get("data") or {}


def rollback(*, name: str) -> TrainedModel:
    """Serve the version of a model that was published before the active one.

    Raises:
        UnknownModel: there is no model of this name.
        RollbackRefused: there is no older version, or it is damaged.
    """
    known = lineup.find(name)
    with engine_errors_as(RollbackRefused):
        artifact.rollback(settings.MODELS_DIR, known.name)
    return _published(known.name)


def activate(*, name: str) -> TrainedModel:
    """Serve the version of a model that was kept aside, because a training found it worse.

    Raises:
        UnknownModel: there is no model of this name.
        ActivationRefused: nothing was kept aside since the active version was published, or it is
            damaged.
    """
    known = lineup.find(name)
    with engine_errors_as(ActivationRefused):
        publishing.serve_aside(known.name)
    return _published(known.name)


def _train(
    wanted: Sequence[str], *, now: datetime, rng: np.random.Generator, progress: Progress
) -> list[TrainedModel]:
    progress(0.0, "Reading films and ratings")
    material = gathered()
    metrics = measuring.measured(
        wanted, material.ratings, material.features, rng=rng, progress=under(progress, "Measuring")
    )
    for each in metrics.values():
        each["synthetic"] = material.is_synthetic
    models = fitting.fitted(
        wanted, material.ratings, material.features, rng=rng, progress=under(progress, "Training")
    )
    trained = []
    for place, (name, model) in enumerate(models.items()):
        progress(place / len(models), "Publishing the models")
        found = metrics.get(name, {})
        version = publishing.publish(model, name=name, material=material, metrics=found, now=now)
        trained.append(TrainedModel(name, version, len(material.ratings), found))
    progress(1.0, "Publishing the models")
    return trained


def _wanted(names: Sequence[str] | None) -> list[str]:
    if names is None:
        return list(lineup.USUAL)
    return list(dict.fromkeys(lineup.find(name).name for name in names))


def under(progress: Progress, message: str) -> Progress:
    """Tell of what goes on inside under one heading, instead of a bar for each step."""
    heading = message

    def tell(fraction: float, message: str) -> None:  # noqa: ARG001 - what a step inside does
        progress(fraction, heading)

    return tell


def _published(name: str) -> TrainedModel:
    found = artifact.open(settings.MODELS_DIR, name, verify=False)
    ratings = found.manifest.get("data", {}).get("ratings", 0)
    return TrainedModel(name, found.version, ratings, found.manifest.get("metrics", {}))


@contextmanager
def only_training() -> Iterator[bool]:
    """Let one training at a time run; give whether there was another to wait for.

    The lock is the kernel's: it goes with its process, however that ends.
    """
    root = Path(settings.MODELS_DIR)
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".training.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            waited = False
        except BlockingIOError:
            fcntl.flock(lock, fcntl.LOCK_EX)
            waited = True
        yield waited
