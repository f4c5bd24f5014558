"""Settings that the neural models share."""

from __future__ import annotations

import math
from dataclasses import dataclass

from moviverse_engine.models.config import LikesConfig


@dataclass(frozen=True, kw_only=True)
class NeuralConfig(LikesConfig):
    """Hold what is common to the networks and their training.

    Attributes:
        factors: numbers in the vector that stands for an item or a history.
        hidden: units of the hidden layer; with 0 there is none.
        epochs: how often everybody is met, at most.
        hidden_from: the epoch from which the hidden layer takes part; before it the product alone
            is trained, as in the pretraining of He et al. 2017.
        patience: training stops after so many epochs without a better one.
        held_back: share of the training people on whom the best epoch is chosen.
        batch: people in one step.
        softmax_items: items among which the liked ones must be found in one step; of more items
            that many are drawn at random.
        learning_rate: of Adam.
        dropout: share of a pooled history's numbers that a step leaves out.
        averaging: decay of the running average of the weights, which is what is kept.
        least_known: a history keeps a random share of its ratings in a step, at least this one.
        most_known: and at most this one; the likes among the others are to be found.
    """

    factors: int = 200
    hidden: int = 16
    epochs: int = 50
    hidden_from: int = 40
    patience: int = 20
    held_back: float = 0.05
    batch: int = 256
    softmax_items: int = 4096
    learning_rate: float = 0.01
    dropout: float = 0.6
    averaging: float = 0.99
    least_known: float = 0.3
    most_known: float = 0.9

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("factors", "epochs", "patience", "batch", "softmax_items"):
            self.require(getattr(self, name) >= 1, f"{name} is at least 1")
        self.require(self.hidden >= 0, "hidden is at least 0")
        self.require(self.hidden_from >= 0, "hidden_from is at least 0")
        rate = self.learning_rate
        self.require(math.isfinite(rate) and rate > 0, "learning_rate is a positive number")
        for name in ("held_back", "dropout", "averaging"):
            self.require(0 <= getattr(self, name) < 1, f"{name} is at least 0 and below 1")
        known = 0 <= self.least_known <= self.most_known <= 1
        self.require(known, "least_known and most_known are within 0 and 1, in this order")
