"""The one interface of all models: a person is a history, never an id."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Generic, Self, TypeVar, cast

import numpy as np
from scipy.sparse import csr_array
from threadpoolctl import threadpool_limits

from moviverse_engine.interactions import silent
from moviverse_engine.models.breakdown import Reading
from moviverse_engine.models.config import Config
from moviverse_engine.models.errors import (
    InvalidConfig,
    ItemOutOfRange,
    ModelDamaged,
    NotARatingModel,
    NotFitted,
    NotOneHistory,
    WrongItemCount,
)
from moviverse_engine.models.storage import Folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from moviverse_engine.features import ItemFeatures
    from moviverse_engine.interactions import Histories, IdMap, Interactions, Progress
    from moviverse_engine.models.breakdown import Breakdown, Contribution

ConfigT = TypeVar("ConfigT", bound=Config)
_FAVOURITE = 5.0


@dataclass(frozen=True)
class Training:
    """Hand a model all it may learn from; `features` has one row for each of `items`."""

    interactions: Interactions
    features: ItemFeatures | None
    items: IdMap
    rng: np.random.Generator
    progress: Progress


class Model(ABC, Generic[ConfigT]):
    """Learn from interactions, then score and explain any history.

    Attributes:
        name: what people call the model.
        linear: whether contributions add up to the score.
        config: its settings, frozen.
    """

    name: ClassVar[str]
    linear: ClassVar[bool] = True
    config_type: ClassVar[type[Config]]

    def __init__(self, config: ConfigT | None = None) -> None:
        self.config = cast("ConfigT", self.config_type()) if config is None else config
        self._items: IdMap | None = None

    @property
    def items(self) -> IdMap:
        """Give the ids of the model's columns: trained items, then those with features alone.

        Raises:
            NotFitted: before `fit` or `load`.
        """
        if self._items is None:
            raise NotFitted(f"{self.name} is neither trained nor loaded.")
        return self._items

    def fit(
        self,
        interactions: Interactions,
        features: ItemFeatures | None = None,
        *,
        rng: np.random.Generator,
        progress: Progress | None = None,
    ) -> Self:
        """Train on interactions and, where the model uses them, item features; return the model.

        Args:
            interactions: who rated what, when.
            features: may hold items that nobody rated yet; they become items of the model.
            rng: the only source of randomness.
            progress: hears of the progress; may raise to stop.

        Raises:
            MissingFeatures: the model needs features.
        """
        items = interactions.items
        if features is not None:
            items = items.extended(features.items)
            features = features.aligned(items)
        training = Training(interactions, features, items, rng, progress or silent)
        with threadpool_limits(limits=self.config.threads):
            self._fit(training)
            self._items = items
            training.progress(1.0, f"{self.name} is trained.")
        return self

    def score(self, histories: Histories) -> NDArray[np.float32]:
        """Score every item for every history: float32[n_users, n_items], higher is better.

        Args:
            histories: csr [n_users, n_items] of ratings 0.5-5.0 by the rows of `items`.

        Raises:
            WrongItemCount: the columns are not the model's items.
        """
        return self._score(self._checked(histories))

    def explain(self, history: Histories, item: int) -> list[Contribution]:
        """Split one item's score for one history into contributions, strongest first.

        Of linear models they add up to the score. No contributions mean a score of 0.

        Raises:
            WrongItemCount, NotOneHistory, ItemOutOfRange: the question makes no sense.
        """
        return self.explain_many(history, [item])[0]

    def explain_many(
        self, history: Histories, items: Sequence[int] | NDArray[np.int64]
    ) -> list[list[Contribution]]:
        """Do as `explain` for several items of one history, sharing the work."""
        return self.breakdown(history, items).contributions()

    def breakdown(self, history: Histories, items: Sequence[int] | NDArray[np.int64]) -> Breakdown:
        """Do as `explain_many` in arrays, for those who add up or pick before they look at each.

        Raises:
            WrongItemCount, NotOneHistory, ItemOutOfRange: the question makes no sense.
        """
        history = self._checked_one(history)
        rows = np.asarray(items, dtype=np.int64)
        if bool(np.any((rows < 0) | (rows >= len(self.items)))):
            raise ItemOutOfRange(f"{self.name} has the item rows 0 to {len(self.items) - 1}.")
        return self._breakdown(history, rows)

    def reading(self, history: Histories) -> Reading:
        """Score one history, and keep what is needed to break some of the scores down.

        Raises:
            WrongItemCount, NotOneHistory: the question makes no sense.
        """
        history = self._checked_one(history)
        return Reading(self._score(history)[0], partial(self.breakdown, history))

    def predict_ratings(
        self, histories: Histories, items: Sequence[int] | NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """Predict the ratings 0.5-5.0 of item rows: float32[n_users, len(items)].

        Raises:
            NotARatingModel: the model ranks only.
        """
        del histories, items
        raise NotARatingModel(f"{self.name} ranks; it predicts no ratings.")

    def similar(self, item: int, k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return at most k item rows, best first, that go with one item, and their scores.

        It is the answer to a history of that item alone; only positive scores count.
        """
        if not 0 <= item < len(self.items):
            raise ItemOutOfRange(f"{self.name} has the item rows 0 to {len(self.items) - 1}.")
        history = csr_array(
            (np.array([_FAVOURITE], np.float32), np.array([item], np.int32), np.array([0, 1])),
            shape=(1, len(self.items)),
        )
        scores = self.score(history)[0]
        scores[item] = 0.0
        found = np.flatnonzero(scores > 0)
        best = found[np.argsort(-scores[found], kind="stable")[: max(k, 0)]]
        return best, scores[best]

    def save(self, folder: Path) -> None:
        """Write the model as JSON and `.npy` files into a folder; `artifact.publish` makes it safe."""
        files = Folder(Path(folder))
        files.describe(self.name, self.config.to_mapping())
        files.put_items(self.items)
        self._save(files)

    @classmethod
    def load(cls, folder: Path, *, mmap: bool = True) -> Self:
        """Open a saved model, its arrays mapped read-only.

        Raises:
            ModelDamaged: a part is missing or is not what it should be, or it is another model.
        """
        files = Folder(Path(folder), mmap)
        name, settings = files.description()
        if name != cls.name:
            raise ModelDamaged(f"{folder} holds {name}, not {cls.name}.")
        try:
            model = cls(cast("ConfigT", cls.config_type.from_mapping(settings)))
        except InvalidConfig as error:
            raise ModelDamaged(f"The settings in {folder} are no {name}'s: {error}") from error
        items = files.items()
        model._load(files, items)
        model._items = items
        return model

    @abstractmethod
    def _fit(self, training: Training) -> None:
        """Train; set attributes last, so that an interrupted training changes nothing."""

    @abstractmethod
    def _score(self, histories: Histories) -> NDArray[np.float32]: ...

    @abstractmethod
    def _breakdown(self, history: Histories, items: NDArray[np.int64]) -> Breakdown: ...

    @abstractmethod
    def _save(self, files: Folder) -> None: ...

    @abstractmethod
    def _load(self, files: Folder, items: IdMap) -> None: ...

    def _checked_one(self, history: Histories) -> Histories:
        history = self._checked(history)
        if history.shape[0] != 1:
            raise NotOneHistory(f"One history is explained at a time, not {history.shape[0]}.")
        return history

    def _checked(self, histories: Histories) -> Histories:
        if histories.shape[1:] != (len(self.items),):
            raise WrongItemCount(
                f"The history has {histories.shape[-1]} items; {self.name} has {len(self.items)}."
            )
        return histories
