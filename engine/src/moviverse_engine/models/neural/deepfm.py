"""DeepFM: a factorisation machine and a hidden layer over what is known of history and item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from moviverse_engine.models.neural.model import NeuralModel
from moviverse_engine.models.neural.settings import NeuralConfig

if TYPE_CHECKING:
    import numpy as np

    from moviverse_engine.models.base import Training
    from moviverse_engine.models.neural.order import Canonical
    from moviverse_engine.models.neural.training import Design


@dataclass(frozen=True, kw_only=True)
class DeepFMConfig(NeuralConfig):
    """Set DeepFM.

    Attributes:
        nameless: share of the items that a step knows by their features alone, so that these
            learn to speak for an item that nobody rated.
    """

    nameless: float = 0.1

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require(0 <= self.nameless < 1, "nameless is at least 0 and below 1")


class DeepFM(NeuralModel[DeepFMConfig]):
    """Score by all products of two fields' vectors and a hidden layer over the same vectors.

    It is DeepFM (Guo et al., IJCAI 2017) with the fields history, item, and each field of the item
    features. A field's vector is the sum of those of its features times their weights; the
    history's is pooled from its items, themselves sums of item and features. Whatever the item's
    fields alone decide is one number for each item once trained. As in DropoutNet (Volkovs et al.,
    NIPS 2017) items lose their own vectors now and then, so that an item with features alone gets a
    score that means something. Without features there are two fields, history and item.
    """

    name = "DeepFM"
    config_type: ClassVar = DeepFMConfig

    def _design(self, table: Canonical, training: Training, rng: np.random.Generator) -> Design:
        from moviverse_engine.models.neural import designs  # noqa: PLC0415 - needs PyTorch

        return designs.FactorisationMachine(
            table, training.features, self.config, self.config.nameless, rng
        )
