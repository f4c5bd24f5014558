"""Which settings the models of the service have, and how they are fitted together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from moviverse.recommendations.errors import TrainingRefused, engine_errors_as
from moviverse_engine.models import Hybrid, HybridConfig
from moviverse_engine.models.config import Config, LikesConfig
from moviverse_engine.models.registry import MODELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from moviverse.transfer.progress import Progress
    from moviverse_engine.features import ItemFeatures
    from moviverse_engine.interactions import Interactions
    from moviverse_engine.models import Model

LIKED = 3.5  # a rating from which on a film counts as liked


class Fit(Protocol):
    """What fits models: `fitted`, or what an experiment puts in its place."""

    def __call__(
        self,
        wanted: Sequence[str],
        ratings: Interactions,
        features: ItemFeatures,
        *,
        rng: np.random.Generator,
        progress: Progress,
        config: HybridConfig | None = None,
    ) -> dict[str, Model[Any]]: ...


def fitted(
    wanted: Sequence[str],
    ratings: Interactions,
    features: ItemFeatures,
    *,
    rng: np.random.Generator,
    progress: Progress,
    config: HybridConfig | None = None,
) -> dict[str, Model[Any]]:
    """Fit models; those that are members of Hybrid are fitted with it, once.

    Args:
        wanted: Names of models.
        ratings: What they learn from.
        features: Of the films.
        rng: The randomness of the models.
        progress: Is told how far each model is.
        config: Of Hybrid and its members, when it is not the service's own.

    Raises:
        TrainingRefused: a library is missing, or the data is not what a model needs.
    """
    config = config or HybridConfig(like_threshold=LIKED)
    found: dict[str, Model[Any]] = {}
    with engine_errors_as(TrainingRefused):
        if Hybrid.name in wanted:
            hybrid = Hybrid(config).fit(ratings, features, rng=rng, progress=progress)
            found = {member.name: member for member in hybrid.members.values()}
            found[Hybrid.name] = hybrid
        for name in wanted:
            if name not in found:
                model = MODELS[name](_settings(name, config))
                found[name] = model.fit(ratings, features, rng=rng, progress=progress)
    return {name: found[name] for name in wanted}


def _settings(name: str, hybrid: HybridConfig) -> Config:
    """Return what a model has as a member of Hybrid, or its own settings where it is none."""
    own = MODELS[name].config_type()
    if isinstance(own, LikesConfig):
        own = replace(own, like_threshold=hybrid.like_threshold)
    found: Config = getattr(hybrid, name.lower(), own)
    return found
