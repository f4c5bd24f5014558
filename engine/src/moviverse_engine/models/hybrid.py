"""Hybrid: each model where it is strong, in one sum that still splits into reasons."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from moviverse_engine.models.base import Model, Training
from moviverse_engine.models.breakdown import Breakdown, Reading
from moviverse_engine.models.config import LikesConfig
from moviverse_engine.models.content import Content, ContentConfig
from moviverse_engine.models.ease import EASE, EASEConfig
from moviverse_engine.models.ials import IALS, IALSConfig
from moviverse_engine.models.itemknn import ItemKNN, ItemKNNConfig
from moviverse_engine.models.likes import likes
from moviverse_engine.models.popularity import Popularity, PopularityConfig
from moviverse_engine.models.svd import SVD, SVDConfig

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from moviverse_engine.interactions import Histories, IdMap
    from moviverse_engine.models.storage import Folder

    Scale = Mapping[str, float]  # 1 / standard deviation, by member

_SAME_FOR_ALL = "popularity"  # the member whose scores are nobody's in particular
_OF_FEATURES = "content"  # the member that may be missing
_OF_RATINGS = "svd"  # the member that ranks nothing
_CACHED = 2**16  # scores that stay in the processor's cache while they are added up
_SAME = 1e-5  # of the mean square, a variance that is rounding alone
_FADED = 0.02  # a share that costs more time than it tells
_KINDS: Mapping[str, type[Model[Any]]] = {
    "ease": EASE,
    "ials": IALS,
    "itemknn": ItemKNN,
    "popularity": Popularity,
    "content": Content,
    "svd": SVD,
}


@dataclass(frozen=True, kw_only=True)
class HybridConfig(LikesConfig):
    """Set Hybrid; `like_threshold` and `threads` hold for all its members.

    With n_u ratings in a history and n_i likes of an item, trust is
    n_u / (n_u + history_halfway) * n_i / (n_i + item_halfway), and the share of content goes from
    `content_new` at trust 0 to `content_known` at trust 1. What helps beginners alone fades as
    f = (beginner_ratings / (n_u + beginner_ratings))^2, and counts as 0 below 0.02.

    Attributes:
        content_new: share of content for a new person or a new item.
        content_known: share of content where both are well known.
        history_halfway: ratings at which half of a history's way is gone.
        item_halfway: likes at which half of an item's way is gone.
        itemknn_beginner: share of ItemKNN in the collaborative part, times f.
        ials_share: share of iALS in what is left of that part; the rest is EASE.
        popularity_beginner: weight of popularity, times f, on top of the shares.
        beginner_ratings: ratings at which f is a quarter.
    """

    content_new: float = 0.6
    content_known: float = 0.05
    history_halfway: float = 2.0
    item_halfway: float = 5.0
    itemknn_beginner: float = 1.0
    ials_share: float = 0.5
    popularity_beginner: float = 1.0
    beginner_ratings: float = 10.0
    ease: EASEConfig = field(
        default_factory=partial(
            EASEConfig,
            signed=True,
            unknown_lows=True,
            popularity_scaling=0.2,
            activity_scaling=0.4,
            min_support=2,
        )
    )
    ials: IALSConfig = field(
        default_factory=partial(IALSConfig, factors=64, alpha0=0.1, iterations=3, unknown_lows=True)
    )
    itemknn: ItemKNNConfig = field(default_factory=ItemKNNConfig)
    content: ContentConfig = field(default_factory=ContentConfig)
    popularity: PopularityConfig = field(default_factory=PopularityConfig)
    svd: SVDConfig = field(default_factory=SVDConfig)

    def __post_init__(self) -> None:
        super().__post_init__()
        shares = (self.content_new, self.content_known, self.itemknn_beginner, self.ials_share)
        self.require(all(0 <= share <= 1 for share in shares), "shares are within 0 and 1")
        self.require(self.popularity_beginner > 0, "popularity_beginner is positive")
        counts = (self.history_halfway, self.item_halfway, self.beginner_ratings)
        self.require(min(counts) > 0, "counts of ratings are positive")
        threshold, threads = self.like_threshold, self.threads
        for name in _KINDS:
            member = replace(getattr(self, name), threads=threads)
            if isinstance(member, LikesConfig):
                member = replace(member, like_threshold=threshold)
            object.__setattr__(self, name, member)


class Hybrid(Model[HybridConfig]):
    """Score item i for history u by the sum over members m of w_m(u, i) s_m(u, i) / sd_m(u).

    sd_m(u) is the standard deviation of a member's scores over all items for that history. This is
    the fusion of z-scores (Montague & Aslam 2001) without their means. The weights depend on the
    length of the history and the likes of the item alone, so the contributions of the members,
    scaled, still add up. Popularity keeps its z-score's mean, as its weight does not depend on the
    item: what all films have in common is no reason for one. An empty history leaves it alone.

    Ratings are predicted by SVD, which takes no part in the ranking.
    """

    name = "Hybrid"
    config_type: ClassVar = HybridConfig

    @property
    def members(self) -> dict[str, Model[Any]]:
        """Give the fitted members by name; content is missing when there were no features."""
        return dict(self._members)

    def _fit(self, training: Training) -> None:
        config = self.config
        members = {name: kind(getattr(config, name)) for name, kind in _KINDS.items()}
        if training.features is None:
            del members[_OF_FEATURES]
        for place, member in enumerate(members.values()):

            def progress(fraction: float, message: str, /, place: int = place) -> None:
                training.progress((place + fraction) / len(members), message)

            member.fit(
                training.interactions, training.features, rng=training.rng, progress=progress
            )
        liked = likes(training.interactions.matrix(), config.like_threshold)
        self._keep(np.bincount(liked.indices, minlength=len(training.items)).astype(np.float32))
        self._members = members

    def _keep(self, support: NDArray[np.float32]) -> None:
        """Hold the likes n_i of each item, and n_i / (n_i + item_halfway)."""
        self._support = support
        self._known = support / (support + np.float32(self.config.item_halfway))

    def _score(self, histories: Histories) -> NDArray[np.float32]:
        shares = self._shares(histories)
        total = np.zeros(histories.shape, dtype=np.float32)
        step = max(1, _CACHED // max(1, histories.shape[1]))
        for name in shares.counting():
            scores = self._members[name].score(histories)
            for first in range(0, len(total), step):
                rows = slice(first, first + step)
                shares.of_people(rows).add(name, scores[rows], total[rows])
        return total

    def reading(self, history: Histories) -> Reading:
        """Do as `Model.reading`, asking each member for its scores once."""
        total, readings, scale = self._read(self._checked_one(history))
        parts_of = {name: of_member.breakdown for name, of_member in readings.items()}
        return Reading(total, partial(self._joined, history, scale, parts_of))

    def scale(self, history: Histories) -> Scale:
        """Return 1 / standard deviation of each member's scores for one history.

        It is all that a breakdown needs every score for. Who keeps it with the history has the
        next breakdown for the price of its items.

        Raises:
            WrongItemCount, NotOneHistory: the question makes no sense.
        """
        return self._read(self._checked_one(history))[2]

    def scaled_breakdown(
        self, history: Histories, items: NDArray[np.int64], scale: Scale
    ) -> Breakdown:
        """Do as `Model.breakdown` with the `scale` of that very history.

        Raises:
            WrongItemCount, NotOneHistory, ItemOutOfRange: the question makes no sense.
        """
        parts_of = {name: partial(self._of_member, name, history) for name in scale}
        return self._joined(self._checked_one(history), scale, parts_of, items)

    def _read(
        self, history: Histories
    ) -> tuple[NDArray[np.float32], dict[str, Reading], dict[str, float]]:
        shares = self._shares(history)
        total = np.zeros((1, len(self.items)), dtype=np.float32)
        readings, scale = dict[str, Reading](), dict[str, float]()
        for name in shares.counting():
            reading = self._members[name].reading(history)
            readings[name] = _centred(reading) if name == _SAME_FOR_ALL else reading
            scale[name] = float(shares.add(name, readings[name].scores[None, :], total)[0, 0])
        return total[0], readings, scale

    def _of_member(self, name: str, history: Histories, items: NDArray[np.int64]) -> Breakdown:
        if name == _SAME_FOR_ALL:
            return _centred(self._members[name].reading(history)).breakdown(items)
        return self._members[name].breakdown(history, items)

    def _joined(
        self,
        history: Histories,
        scale: Scale,
        parts_of: Mapping[str, Callable[[NDArray[np.int64]], Breakdown]],
        items: NDArray[np.int64],
    ) -> Breakdown:
        """Return the parts of all members for some items, in the units of the sum."""
        shares = self._shares(history)
        parts = Breakdown.empty(history, len(items))
        for name, inverse in scale.items():
            factors = np.float32(inverse) * shares.of(name, items)[0]
            parts = parts.plus(parts_of[name](items).scaled(factors))
        return parts

    def _breakdown(self, history: Histories, items: NDArray[np.int64]) -> Breakdown:
        return self.reading(history).breakdown(items)

    def predict_ratings(
        self, histories: Histories, items: Sequence[int] | NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """Predict by the SVD member."""
        return self._members[_OF_RATINGS].predict_ratings(self._checked(histories), items)

    def _shares(self, histories: Histories) -> _Shares:
        config = self.config
        n_u = np.diff(histories.indptr).astype(np.float32)[:, None]
        fade = (config.beginner_ratings / (n_u + config.beginner_ratings)) ** 2
        fade[fade < _FADED] = 0
        neighbours = config.itemknn_beginner * fade
        trained = 1 - neighbours
        new, known = config.content_new, config.content_known
        if _OF_FEATURES not in self._members:
            new = known = 0.0
        trust: NDArray[np.float32] = n_u / (n_u + config.history_halfway)
        return _Shares(
            together={
                "ease": trained * (1 - config.ials_share),
                "ials": trained * config.ials_share,
                "itemknn": neighbours,
            },
            content_new=new,
            content_change=(known - new) * trust,
            known=self._known,
            popularity=config.popularity_beginner * fade,
        )

    def _save(self, files: Folder) -> None:
        files.put("support", self._support)
        for name, member in self._members.items():
            member.save(files.path / name)

    def _load(self, files: Folder, items: IdMap) -> None:
        self._keep(files.get("support", np.float32, (len(items),)))
        kinds = dict(_KINDS)
        if not (files.path / _OF_FEATURES).exists():
            del kinds[_OF_FEATURES]
        self._members = {
            name: kind.load(files.path / name, mmap=files.mmap) for name, kind in kinds.items()
        }


@dataclass(frozen=True)
class _Shares:
    """Say how much each member counts for n people.

    Attributes:
        together: of what content leaves, by member, float32[n, 1]; they add up to 1.
        content_new: share of content where nobody knows the item.
        content_change: by how much it changes where everybody does, float32[n, 1].
        known: n_i / (n_i + item_halfway), float32[n_items].
        popularity: on top of all, float32[n, 1].
    """

    together: Mapping[str, NDArray[np.float32]]
    content_new: float
    content_change: NDArray[np.float32]
    known: NDArray[np.float32]
    popularity: NDArray[np.float32]

    def counting(self) -> list[str]:
        """Return the members that count for anybody, in the order in which they are added."""
        names = [name for name, share in self.together.items() if share.any()]
        names += [_OF_FEATURES] if self.content_new or self.content_change.any() else []
        return [*names, _SAME_FOR_ALL] if self.popularity.any() else names

    def of_people(self, rows: slice) -> _Shares:
        """Return the shares of some of the people."""
        return replace(
            self,
            together={name: share[rows] for name, share in self.together.items()},
            content_change=self.content_change[rows],
            popularity=self.popularity[rows],
        )

    def add(
        self, name: str, scores: NDArray[np.float32], total: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Add a member's scores to a total; content comes after what it leaves a share to.

        Args:
            name: the member.
            scores: its scores, float32[n, n_items].
            total: what there is so far, float32[n, n_items]; changed.

        Returns:
            1 / standard deviation of each row, float32[n, 1]; 0 for one that is the same everywhere.
        """
        mean = scores.mean(axis=1, keepdims=True)
        inverse = _inverse_deviation(scores, mean)
        if name == _SAME_FOR_ALL:
            total += (scores - mean) * (self.popularity * inverse)
        elif name == _OF_FEATURES:
            surplus = scores * inverse
            surplus -= total
            share = self.content_change * self.known
            share += np.float32(self.content_new)
            surplus *= share
            total += surplus
        else:
            total += scores * (self.together[name] * inverse)
        return inverse

    def of(self, name: str, items: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the share of a member for some items, float32[n, len(items)]."""
        if name == _SAME_FOR_ALL:
            return np.repeat(self.popularity, len(items), axis=1)
        content: NDArray[np.float32] = self.content_new + self.content_change * self.known[items]
        if name == _OF_FEATURES:
            return content
        rest: NDArray[np.float32] = (1 - content) * self.together[name]
        return rest


def _centred(reading: Reading) -> Reading:
    """Return how much more than usual everybody's part of a score is."""
    usual = reading.scores.mean()

    def breakdown(items: NDArray[np.int64]) -> Breakdown:
        parts = reading.breakdown(items)
        return replace(parts, prior=parts.prior - usual)

    return Reading(reading.scores - usual, breakdown)


def _inverse_deviation(
    scores: NDArray[np.float32], mean: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return 1 / standard deviation of each row, 0 for a row that is the same everywhere."""
    squares = np.vecdot(scores, scores)[:, None] / np.float32(max(scores.shape[1], 1))
    variance = squares - mean * mean  # without a copy of the scores
    inverse: NDArray[np.float32] = np.zeros_like(mean)
    varies = variance > _SAME * squares
    inverse[varies] = 1 / np.sqrt(variance[varies])
    return inverse
