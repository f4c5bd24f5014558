"""The models that we know by name, and how somebody comes to ask for one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from moviverse.core import errors
from moviverse.recommendations.errors import ModelNotTrained, UnknownModel

Strategy = Literal["hybrid", "content", "collab", "popular"]


@dataclass(frozen=True)
class KnownModel:
    """A model as people read of it.

    Attributes:
        name: what people call it.
        strategy: what it goes by.
        is_neural: whether it has hidden layers.
        description: one sentence.
        is_usual: whether it is trained when no models are named.
        needs_support: it knows nothing of a film that nobody rated.
    """

    name: str
    strategy: Strategy
    description: str
    is_neural: bool = False
    is_usual: bool = True
    needs_support: bool = False


HYBRID = KnownModel(
    "Hybrid",
    "hybrid",
    "Fuses EASE, iALS and Content; ItemKNN and Popularity help while little is known.",
)
LINEUP = (
    HYBRID,
    KnownModel(
        "EASE",
        "collab",
        "Linear item-item weights in closed form, from what people like together.",
        needs_support=True,
    ),
    KnownModel(
        "ItemKNN",
        "collab",
        "The nearest neighbours of each film, by the people who like both.",
        needs_support=True,
    ),
    KnownModel(
        "Content", "content", "Films about what you like: genres, themes, people, period, words."
    ),
    KnownModel("Popularity", "popular", "What most people like, recent likes counting more."),
    KnownModel(
        "SVD",
        "collab",
        "Biased matrix factorisation of ratings; predicts half stars.",
        needs_support=True,
    ),
    KnownModel(
        "iALS",
        "collab",
        "Matrix factorisation of likes by alternating least squares.",
        needs_support=True,
    ),
    KnownModel(
        "Sequence",
        "collab",
        "What comes next, by the order in which films were seen; the latest count most.",
        is_usual=False,
        needs_support=True,
    ),
    KnownModel(
        "NeuralMF",
        "collab",
        "Matrix factorisation and a multilayer perceptron over the films of a history.",
        is_neural=True,
        is_usual=False,
        needs_support=True,
    ),
    KnownModel(
        "DeepFM",
        "hybrid",
        "Factorisation machine with a deep part over films, genres, people and keywords.",
        is_neural=True,
        is_usual=False,
    ),
)
USUAL = tuple(known.name for known in LINEUP if known.is_usual)
BY_STRATEGY = {"hybrid": "Hybrid", "content": "Content", "collab": "EASE"}
_BY_NAME = {known.name.lower(): known for known in LINEUP}


def find(name: str) -> KnownModel:
    """Return the model of a name, in any case.

    Raises:
        UnknownModel: there is none; the message and the details list those there are.
    """
    known = _BY_NAME.get(name.strip().lower())
    if known is None:
        names = ", ".join(each.name for each in LINEUP)
        message = f"There is no model of this name. Choose one of: {names}."
        raise UnknownModel(message, fields={"model": [message]})
    return known


def chosen(*, model: str | None, strategy: str | None) -> KnownModel:
    """Return the model that somebody asked for by name, by strategy, or by neither.

    Raises:
        UnknownModel: there is no such model.
        Invalid: the two contradict each other.
    """
    if model is None:
        return find(BY_STRATEGY[strategy or "hybrid"])
    known = find(model)
    if strategy is not None and strategy != known.strategy:
        message = f"{known.name} goes by the strategy {known.strategy}; give one of the two."
        raise errors.Invalid(fields={"model": [message], "strategy": [message]})
    return known


def not_trained(known: KnownModel) -> ModelNotTrained:
    """Return the error for a model that cannot answer, which says what would help."""
    extra = ' (after `pip install "moviverse[neural]"`)' if known.is_neural else ""
    command = "moviverse train" if known.is_usual else f"moviverse train {known.name}"
    message = (
        f"{known.name} is not trained yet. Load ratings with `moviverse import movielens PATH` "
        f"and run `{command}`{extra}."
    )
    return ModelNotTrained(message, retry_after_seconds=60)
