"""What the neural models have in common: training by PyTorch, answering by NumPy."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar, TypeVar

from scipy.sparse import csr_array

from moviverse_engine.models.ablation import leave_one_out
from moviverse_engine.models.base import Model, Training
from moviverse_engine.models.errors import MissingLibrary
from moviverse_engine.models.neural.network import Network
from moviverse_engine.models.neural.order import Canonical, canonical
from moviverse_engine.models.neural.people import People
from moviverse_engine.models.neural.settings import NeuralConfig

if TYPE_CHECKING:
    from types import ModuleType

    import numpy as np
    from numpy.typing import NDArray

    from moviverse_engine.interactions import Histories, IdMap
    from moviverse_engine.models.breakdown import Breakdown
    from moviverse_engine.models.neural.training import Design
    from moviverse_engine.models.storage import Folder

NeuralConfigT = TypeVar("NeuralConfigT", bound=NeuralConfig)


class NeuralModel(Model[NeuralConfigT]):
    """Train a network on histories cut in two, and answer by its arrays.

    A contribution is what the score loses without that rating (leave one out): contributions do not
    add up to the score.
    """

    linear: ClassVar[bool] = False
    _network: Network

    @property
    def network(self) -> Network:
        """Give the trained arrays."""
        return self._network

    @abstractmethod
    def _design(self, table: Canonical, training: Training, rng: np.random.Generator) -> Design:
        """Return what is to be learnt; called where PyTorch is installed."""

    def _fit(self, training: Training) -> None:
        torch_training = _training(self.name)
        table = canonical(_widened(training), self.config.like_threshold)
        design = self._design(table, training, training.rng)
        people = People.divided(table, self.config, training.rng)
        network: Network = torch_training.trained(
            design, people, self.config, training.rng, training.progress
        )
        self._network = network.rearranged(table.items)

    def _score(self, histories: Histories) -> NDArray[np.float32]:
        return self._network.scores(histories, self.config.like_threshold)

    def _breakdown(self, history: Histories, items: NDArray[np.int64]) -> Breakdown:
        return leave_one_out(self._score, history, items)

    def _save(self, files: Folder) -> None:
        self._network.save(files)

    def _load(self, files: Folder, items: IdMap) -> None:
        self._network = Network.load(files, len(items))


def _training(name: str) -> ModuleType:
    try:
        from moviverse_engine.models.neural import training  # noqa: PLC0415 - needs PyTorch
    except ModuleNotFoundError as error:
        raise MissingLibrary(
            f'{name} is trained with PyTorch: pip install "moviverse-engine[neural]"'
        ) from error
    return training


def _widened(training: Training) -> Histories:
    """Return the ratings with a column for each of the model's items."""
    matrix = training.interactions.matrix()
    shape = (matrix.shape[0], len(training.items))
    return csr_array((matrix.data, matrix.indices, matrix.indptr), shape=shape)
