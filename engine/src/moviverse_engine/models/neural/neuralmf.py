"""NeuralMF: a product and a hidden layer over the history's vector and the item's."""

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
class NeuralMFConfig(NeuralConfig):
    """Set NeuralMF.

    Attributes:
        tower_factors: numbers in the vectors that meet in the hidden layer.
    """

    tower_factors: int = 32

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require(self.tower_factors >= 1, "tower_factors is at least 1")


class NeuralMF(NeuralModel[NeuralMFConfig]):
    """Fuse a generalised matrix factorisation with a multi-layer perceptron, without user ids.

    It is NeuMF (He et al., "Neural Collaborative Filtering", WWW 2017, eq. 12) with a person's two
    vectors pooled from their history instead of looked up, so it answers people it never met. Both
    sides of the product start from the singular vectors of the likes. Rendle et al. ("Neural
    Collaborative Filtering vs. Matrix Factorization Revisited", RecSys 2020) found that the
    perceptron hardly helps beside a well-trained product; `hidden=0` leaves it out.

    Items without a like in the training score as the least likely one of the others.
    """

    name = "NeuralMF"
    config_type: ClassVar = NeuralMFConfig

    def _design(self, table: Canonical, training: Training, rng: np.random.Generator) -> Design:
        from moviverse_engine.models.neural import designs  # noqa: PLC0415 - needs PyTorch

        del training
        return designs.NeuMF(table, self.config, self.config.tower_factors, rng)
