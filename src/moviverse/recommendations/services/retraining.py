"""The training that runs by itself: when enough is new, and served only if it is not worse."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings

from moviverse.catalog.models import Movie
from moviverse.library.models import Rating
from moviverse.recommendations import lineup, shelf
from moviverse.recommendations.errors import ModelNotTrained
from moviverse.recommendations.services import gate, measuring, publishing
from moviverse.recommendations.services.fitting import fitted
from moviverse.recommendations.services.gate import Verdict
from moviverse.recommendations.services.material import gathered
from moviverse.recommendations.services.training import (
    TrainedModel,
    is_tried,
    learnt_from,
    only_training,
    under,
)
from moviverse_engine import artifact
from moviverse_engine.evaluation.errors import NothingToEvaluate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from moviverse.recommendations.services.fitting import Fit
    from moviverse.recommendations.services.material import Material
    from moviverse.recommendations.services.measuring import Figures, Holdout
    from moviverse.recommendations.shelf import Served
    from moviverse.transfer.progress import Progress
    from moviverse_engine.models import Model

log = structlog.get_logger(__name__)

ACTIVE = "Comparing with the active versions"


@dataclass(frozen=True)
class KeptAside:
    """A version that was found worse than the active one, which goes on being served."""

    name: str
    version: str
    why: str

    @property
    def command(self) -> str:
        """What an operator types who wants it served all the same."""
        return f"moviverse activate {self.name}"


@dataclass(frozen=True)
class Retrained:
    """What came of a training: what is served now, and what is not, with why."""

    published: Sequence[TrainedModel] = ()
    aside: Sequence[KeptAside] = ()

    def __str__(self) -> str:
        """Return what a job says of it."""
        if not self.published and not self.aside:
            return "Too little is new since the last training."
        names = ", ".join(each.name for each in self.published) or "no model"
        rejected = " ".join(
            f"Kept {each.name} aside (to serve it: {each.command}): {each.why}"
            for each in self.aside
        )
        return f"Published {names}. {rejected}".strip()


@dataclass(frozen=True)
class _Judged:
    """What was learnt from a part of the ratings, and what is thought of each model of it."""

    models: Mapping[str, Model[Any]]
    metrics: Mapping[str, dict[str, Any]]
    verdicts: Mapping[str, Verdict]


def retrain(
    *,
    now: datetime,
    rng: np.random.Generator,
    progress: Progress,
    names: Sequence[str] = lineup.USUAL,
    fit: Fit = fitted,
    even_without_news: bool = False,
) -> Retrained:
    """Train the usual models when enough is new, and serve those that are not worse.

    Each is first trained on what was there before a cut, and measured on what came after it, beside
    the version that is served: `gate` says what is not worse. Those that pass are trained on
    everything and published. Of one that does not, the version that was measured is kept aside, and
    a warning is logged. Whatever stops a training leaves the models as they were.

    Args:
        now: The time of the new versions.
        rng: The randomness of the models and of the intervals.
        progress: Is told what goes on.
        names: Which models.
        fit: Fits them.
        even_without_news: Train whether or not enough is new.

    Raises:
        TrainingRefused: a model cannot be trained here.
        Invalid: there are no films to learn about, or a corpus is damaged.
    """
    with only_training():
        if not even_without_news and not enough_is_new(names):
            return Retrained()
        progress(0.0, "Reading films and ratings")
        material = gathered()
        judged = _judged(names, material, rng=rng, progress=progress, fit=fit)
        aside = [
            _kept_aside(name, material, judged, now=now)
            for name in names
            if not judged.verdicts[name].accepted
        ]
        accepted = [name for name in names if judged.verdicts[name].accepted]
        published = _published(
            accepted, material, judged, now=now, rng=rng, progress=progress, fit=fit
        )
    progress(1.0, "Publishing the models")
    return Retrained(published, aside)


def enough_is_new(names: Sequence[str] = lineup.USUAL) -> bool:
    """Say whether a model is missing, a corpus was changed, or members have rated enough since.

    Enough is RETRAIN_AFTER_PERCENT of the ratings that the last Hybrid learnt from. What was kept
    aside counts as well: the same ratings and some more would be found worse again. Without any
    film there is nothing to learn.
    """
    if not Movie.objects.exists():
        return False
    if not is_tried([*names, lineup.HYBRID.name]):
        return True
    data = learnt_from(lineup.HYBRID.name)
    new = Rating.objects.count() - data.get("members_ratings", 0)
    return bool(new >= max(1, data.get("ratings", 0) * settings.RETRAIN_AFTER_PERCENT / 100))


def _judged(
    names: Sequence[str],
    material: Material,
    *,
    rng: np.random.Generator,
    progress: Progress,
    fit: Fit,
) -> _Judged:
    """Train on a part, and compare with what is served.

    What the active versions cannot have seen is what came after them. Where that is too little, as
    after an import of old ratings, people are held out instead, and the cards are compared.
    """
    active = _active(names)
    try:
        holdout = _holdout(material, active)
    except NothingToEvaluate:
        verdict = Verdict(accepted=True, why=gate.INCOMPARABLE if active else gate.UNOPPOSED)
        return _Judged({}, {}, dict.fromkeys(names, verdict))
    told = under(progress, "Measuring")
    models = measuring.learnt(names, holdout, material.features, rng=rng, progress=told, fit=fit)
    metrics, verdicts = {}, {}
    for place, (name, model) in enumerate(models.items()):
        progress(place / len(models), ACTIVE)
        found = measuring.figures(model, holdout)
        metrics[name] = {**found.metrics, "synthetic": material.is_synthetic}
        verdicts[name] = _verdict(found, active.get(name), holdout, rng=rng)
    return _Judged(models, metrics, verdicts)


def _holdout(material: Material, active: Mapping[str, Served]) -> Holdout:
    if active:
        try:
            return measuring.came_since(material.ratings, max(map(_made_at, active.values())))
        except NothingToEvaluate:
            pass
    return measuring.held_out_people(material.ratings)


def _verdict(
    found: Figures, active: Served | None, holdout: Holdout, *, rng: np.random.Generator
) -> Verdict:
    if active is None:
        return Verdict(accepted=True, why=gate.UNOPPOSED)
    if holdout.protocol == "temporal":
        return gate.compared(found, measuring.figures(active.model, holdout), rng=rng)
    recorded = _manifest(active).get("metrics") or {}
    return gate.compared_with_record(found, recorded, rng=rng)


def _kept_aside(name: str, material: Material, judged: _Judged, *, now: datetime) -> KeptAside:
    verdict = judged.verdicts[name]
    version = publishing.keep_aside(
        judged.models[name],
        name=name,
        material=material,
        metrics=judged.metrics[name],
        gate=verdict.recorded(),
        now=now,
    )
    kept = KeptAside(name, version, verdict.why)
    log.warning(
        "model_kept_aside", model=name, version=version, why=verdict.why, to_serve_it=kept.command
    )
    return kept


def _published(
    accepted: Sequence[str],
    material: Material,
    judged: _Judged,
    *,
    now: datetime,
    rng: np.random.Generator,
    progress: Progress,
    fit: Fit,
) -> list[TrainedModel]:
    """Train on everything those that are not worse, and serve them."""
    told = under(progress, "Training")
    models = fit(accepted, material.ratings, material.features, rng=rng, progress=told)
    published = []
    for place, (name, model) in enumerate(models.items()):
        progress(place / len(models), "Publishing the models")
        metrics, verdict = judged.metrics.get(name, {}), judged.verdicts[name]
        version = publishing.publish(
            model, name=name, material=material, metrics=metrics, gate=verdict.recorded(), now=now
        )
        log.info("model_published", model=name, version=version, why=verdict.why)
        published.append(TrainedModel(name, version, len(material.ratings), metrics))
    return published


def _active(names: Sequence[str]) -> dict[str, Served]:
    """Return what is served of each model, as far as there is something."""
    found = {}
    for name in names:
        try:
            found[name] = shelf.served(name)
        except ModelNotTrained:
            continue
    return found


def _manifest(served: Served) -> dict[str, Any]:
    root, version = settings.MODELS_DIR, served.version
    return artifact.open(root, served.name, version=version, verify=False).manifest


def _made_at(served: Served) -> datetime:
    return datetime.fromisoformat(_manifest(served)["created_at"]).astimezone(UTC)
