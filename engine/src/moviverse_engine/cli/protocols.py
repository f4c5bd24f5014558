"""The protocols as the command line names them: which split, from which file or seed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from moviverse_engine.cli.options import LARGEST_SEED, PATH
from moviverse_engine.evaluation import ratings, split_files, splits
from moviverse_engine.evaluation.splits import Feedback, Part, Split

if TYPE_CHECKING:
    from collections.abc import Callable

    from moviverse_engine.evaluation.ratings import RatingSplit
    from moviverse_engine.features import ItemFeatures
    from moviverse_engine.interactions import Interactions

HEADLINES = {"strong": "NDCG@100", "loo": "NDCG@10", "temporal": "NDCG@10", "rating": "RMSE"}
ERRORS = ("RMSE", "MAE")  # the less the better
_SEEDS = {"strong": 98765, "loo": 98765, "temporal": 98765, "rating": 42}
_OPTIONS = (
    click.option("--protocol", type=click.Choice(list(HEADLINES)), required=True),
    click.option("--split", "split_path", type=PATH, help="A given split for strong (.npz)."),
    click.option("--order", "order_path", type=PATH, help="A given order for loo (.npz)."),
    click.option(
        "--fold",
        type=(PATH, PATH),
        metavar="BASE TEST",
        help="Two given files of ratings for rating: u1.base u1.test.",
    ),
    click.option(
        "--feedback",
        type=click.Choice(get_args(Feedback)),
        help="For strong: likes alone (the default), or low ratings too, all of them left out of "
        "the lists.",
    ),
    click.option(
        "--seed",
        type=click.IntRange(0, LARGEST_SEED),
        help="Where all random draws start; 42 for rating, else 98765.",
    ),
)


@dataclass(frozen=True)
class Protocol:
    """What was asked for.

    Raises:
        click.BadParameter: an option belongs to another protocol.
    """

    name: str
    split_path: Path | None
    order_path: Path | None
    fold: tuple[Path, Path] | None
    feedback: Feedback
    seed: int

    @classmethod
    def asked(  # as click hands the options over
        cls,
        *,
        protocol: str,
        split_path: Path | None,
        order_path: Path | None,
        fold: tuple[Path, Path] | None,
        feedback: Feedback | None,
        seed: int | None,
    ) -> Protocol:
        given = (
            ("--split", split_path, "strong"),
            ("--feedback", feedback, "strong"),
            ("--order", order_path, "loo"),
            ("--fold", fold, "rating"),
        )
        for option, value, owner in given:
            if value is not None and owner != protocol:
                raise click.BadParameter(f"is for the protocol {owner}", param_hint=option)
        chosen = _SEEDS[protocol] if seed is None else seed
        return cls(protocol, split_path, order_path, fold, feedback or "likes", chosen)

    @property
    def headline(self) -> str:
        """Give the metric that models are compared by."""
        return HEADLINES[self.name]

    @property
    def source(self) -> str:
        """Say where the split comes from."""
        if self.fold:
            return f"{self.fold[0].name}, {self.fold[1].name}"
        return (self.split_path or self.order_path or Path("own draw")).name

    def draw(self, data: Interactions, part: Part) -> Split | RatingSplit:
        """Divide the data.

        Raises:
            NothingToEvaluate, WrongSplitFile, DataNotFound: it cannot be divided so.
        """
        if self.name == "rating":
            return self._ratings(data, part)
        if self.name == "temporal":
            return splits.temporal(data, part=part)
        if self.name == "loo":
            if self.order_path:
                return split_files.ordered(self.order_path, data, part=part)
            return splits.leave_last_out(data, part=part)
        if self.split_path:
            split = split_files.strong(self.split_path, data, part=part)
        else:
            split = splits.strong(data, seed=self.seed, part=part)
        return splits.with_low_ratings(split, data) if self.feedback == "all" else split

    def _ratings(self, data: Interactions, part: Part) -> RatingSplit:
        if not self.fold:
            return ratings.random_ratings(data, seed=self.seed, part=part)
        given = ratings.given_ratings(*self.fold)
        if part == "test":
            return given
        return ratings.random_ratings(given.train, seed=self.seed)


@dataclass(frozen=True)
class Question:
    """What is measured: a split of some data, and what is known of the films."""

    protocol: Protocol
    part: Part
    split: Split | RatingSplit
    features: ItemFeatures | None


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of `Protocol.asked` to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
