"""The settings of EASE."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from moviverse_engine.models.config import LikesConfig


@dataclass(frozen=True, kw_only=True)
class EASEConfig(LikesConfig):
    """Set EASE; the defaults are the plain model of 2019.

    Attributes:
        l2: the paper's lambda, in likes.
        dropout: p of EDLAE, the share of a history that is hidden from the model while it learns
            to complete it; item j's penalty grows by p / (1 - p) times its likes.
        popularity_scaling: a in (n_j / mean n)^-a, by which item j's column of X is scaled before
            all else; what is liked often then counts less, as evidence and as an answer.
        activity_scaling: b in (n_u / mean n)^-b, by which person u counts while it is learnt.
        signed: whether low ratings speak, too, as a second block of inputs.
        low_below: a rating under this one that is no like is a low one (signed).
        unknown_lows: whether a low rating is left out of what is to be predicted, instead of being
            predicted as no like (signed, dense); see `ease_completion`.
        feature_weight: how many likes of one imagined person each feature of the items is worth;
            0 leaves features out.
        min_support: an item with fewer likes is left out of B and scores 0, unless features speak
            for it; a low rating counts as an input from as many low ratings on.
        form: "dense" is the closed form, which takes about 1.2 times 4 n^2 bytes to train (2.2
            times 16 n^2 when signed), "sparse" gives all but the most liked items a few weights
            only, and "auto" is dense where that fits the budget.
        memory_budget_mb: what the matrices of a training may take, about.
        neighbours: how many items speak for an item of few likes, and how many of those for any
            other (sparse).
    """

    l2: float = 700.0
    dropout: float = 0.0
    popularity_scaling: float = 0.0
    activity_scaling: float = 0.0
    signed: bool = False
    low_below: float = 4.0
    unknown_lows: bool = False
    feature_weight: float = 0.0
    min_support: int = 1
    form: Literal["auto", "dense", "sparse"] = "auto"
    memory_budget_mb: int = 4096
    neighbours: int = 100

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require(math.isfinite(self.l2) and self.l2 > 0, "l2 is a positive number")
        self.require(0 <= self.dropout < 1, "dropout is at least 0 and less than 1")
        scalings = (self.popularity_scaling, self.activity_scaling)
        self.require(all(0 <= each <= 1 for each in scalings), "scalings are within 0 and 1")
        self.require(self.signed or not self.unknown_lows, "unknown_lows needs signed")
        weight = self.feature_weight
        self.require(math.isfinite(weight) and weight >= 0, "feature_weight is not negative")
        self.require(self.min_support >= 1, "min_support is at least 1")
        self.require(self.memory_budget_mb >= 1, "memory_budget_mb is at least 1")
        self.require(self.neighbours >= 1, "neighbours is at least 1")
