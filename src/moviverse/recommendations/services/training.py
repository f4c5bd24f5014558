"""Training: from corpora, members' ratings and the catalogue to published models."""

from __future__ import annotations

import fcntl
import json
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from django.conf import settings

from moviverse.core import errors
from moviverse.recommendations import corpora, films, lineup, shelf
from moviverse.recommendations.errors import RollbackRefused, engine_errors_as
from moviverse.recommendations.facts import Facts
from moviverse.recommendations.services import fitting, measuring
from moviverse_engine import EngineError, artifact
from moviverse_engine.evaluation.splits import select
from moviverse_engine.features import ItemFeatures
from moviverse_engine.interactions import IdMap
from moviverse_engine.models import limits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from moviverse.recommendations.corpora import Corpus
    from moviverse.recommendations.films import Film
    from moviverse.transfer.progress import Progress
    from moviverse_engine.interactions import Interactions
    from moviverse_engine.models import Model

    Models = Mapping[str, Model[Any]]

KEPT_VERSIONS = 3  # of each model, on disk
REMOVING = ".removing-"


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


@dataclass(frozen=True)
class _Material:
    """All that a training learns from."""

    chosen: Sequence[Corpus]
    ratings: Interactions
    films: Mapping[int, Film]
    features: ItemFeatures

    def described(self) -> dict[str, object]:
        """Return what a manifest says of it."""
        return {
            "fingerprint": self.ratings.fingerprint,
            "corpora": _fingerprints(self.chosen),
            "synthetic": any(each.synthetic for each in self.chosen),
            "ratings": len(self.ratings),
            "people": len(self.ratings.users),
            "films": len(self.films),
        }


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
    with _only_training() as waited:
        if waited and is_current(wanted):
            return [_published(name) for name in wanted]
        return _train(wanted, now=now, rng=rng, progress=progress)


def is_current(names: Sequence[str] = lineup.USUAL) -> bool:
    """Say whether models are there that learnt from the corpora of now; it reads manifests alone.

    Raises:
        DataRefused: the manifest of a corpus cannot be read.
    """
    expected = _fingerprints(corpora.for_training())
    for name in names:
        try:
            manifest = artifact.open(settings.MODELS_DIR, name, verify=False).manifest
        except EngineError:
            return False
        if manifest.get("data", {}).get("corpora") != expected:
            return False
    return True


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


def _train(
    wanted: Sequence[str], *, now: datetime, rng: np.random.Generator, progress: Progress
) -> list[TrainedModel]:
    progress(0.0, "Reading films and ratings")
    material = _material()
    metrics = measuring.measured(
        wanted, material.ratings, material.features, rng=rng, progress=_as(progress, "Measuring")
    )
    for each in metrics.values():
        each["synthetic"] = any(corpus.synthetic for corpus in material.chosen)
    models = fitting.fitted(
        wanted, material.ratings, material.features, rng=rng, progress=_as(progress, "Training")
    )
    trained = []
    for place, (name, model) in enumerate(models.items()):
        progress(place / len(models), "Publishing the models")
        facts = _facts(model, material)

        def write(folder: Path, model: Model[Any] = model, facts: Facts = facts) -> None:
            model.save(folder / shelf.MODEL)
            facts.save(folder / shelf.FACTS)
            titles = facts.titles(model.items)
            (folder / shelf.TITLES).write_text(json.dumps(titles), encoding="utf-8")

        version = artifact.publish(
            settings.MODELS_DIR,
            name,
            write=write,
            manifest={
                "config": model.config.to_mapping(),
                "data": material.described(),
                "metrics": metrics.get(name, {}),
                "limits": limits.of(name),
            },
            now=now,
        )
        _forget_old_versions(name)
        trained.append(TrainedModel(name, version, len(material.ratings), metrics.get(name, {})))
    progress(1.0, "Publishing the models")
    return trained


def _wanted(names: Sequence[str] | None) -> list[str]:
    if names is None:
        return list(lineup.USUAL)
    return list(dict.fromkeys(lineup.find(name).name for name in names))


def _material() -> _Material:
    chosen = corpora.for_training()
    held = films.films()
    if not held:
        message = "There are no films to learn about. Import some first, or start with the demo."
        raise errors.Invalid(message)
    ratings = corpora.load(chosen)
    known = np.isin(ratings.items.ids, np.fromiter(held, np.int64, len(held)))
    if not known.all():  # films that have left the catalogue since
        ratings = select(ratings, known[ratings.item_index])
    items = IdMap(np.array(sorted(held), dtype=np.int64))
    records = {movie_id: film.record() for movie_id, film in held.items()}
    return _Material(chosen, ratings, held, ItemFeatures.build(items, records))


def _facts(model: Model[Any], material: _Material) -> Facts:
    items = model.items
    support = np.zeros(len(items), dtype=np.int32)
    ratings = material.ratings
    support[items.rows(ratings.items.ids)] = np.bincount(
        ratings.item_index, minlength=len(ratings.items)
    )
    return Facts.build(
        [material.films.get(movie_id) for movie_id in items.ids.tolist()],
        support=support,
        features=material.features.aligned(items),
    )


def _as(progress: Progress, message: str) -> Progress:
    """Tell of a model's progress under one heading, instead of a bar for each step inside."""
    heading = message

    def tell(fraction: float, message: str) -> None:  # noqa: ARG001 - what a step inside does
        progress(fraction, heading)

    return tell


def _fingerprints(chosen: Sequence[Corpus]) -> dict[str, str]:
    return {each.name: each.fingerprint for each in chosen}


def _published(name: str) -> TrainedModel:
    found = artifact.open(settings.MODELS_DIR, name, verify=False)
    ratings = found.manifest.get("data", {}).get("ratings", 0)
    return TrainedModel(name, found.version, ratings, found.manifest.get("metrics", {}))


def _forget_old_versions(name: str) -> None:
    """Remove versions that nobody will go back to; who has one mapped keeps it until the end."""
    home = Path(settings.MODELS_DIR) / name
    for leftover in home.glob(f"{REMOVING}*"):  # of a process that was killed
        shutil.rmtree(leftover, ignore_errors=True)
    active = artifact.active(settings.MODELS_DIR, name)
    for version in artifact.versions(settings.MODELS_DIR, name)[:-KEPT_VERSIONS]:
        if version != active:
            doomed = home / f"{REMOVING}{version}"  # a half-removed one must not look like one
            (home / version).rename(doomed)
            shutil.rmtree(doomed, ignore_errors=True)


@contextmanager
def _only_training() -> Iterator[bool]:
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
