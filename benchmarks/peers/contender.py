"""What every library is asked: train on likes, rank for people it has not seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    Likes = csr_array[np.float32, tuple[int, int]]

SHOWN = 20
SEED = 42


class Contender(Protocol):
    """One model of one library."""

    def fit(self, X: Likes) -> None:
        """Train on ones, csr float32[n_users, n_items]."""

    def scores(self, H: Likes) -> NDArray[np.floating]:
        """Score all items for people that are not in the training: [n_people, n_items]."""

    def top(self, h: Likes) -> object:
        """Give one person's best SHOWN items without those of the history, as the library does."""


class Rater(Protocol):
    """One rating model of one library."""

    def fit(
        self, users: NDArray[np.int64], items: NDArray[np.int64], ratings: NDArray[np.float32]
    ) -> None:
        """Train on rows of ratings."""

    def rate(self, users: NDArray[np.int64], items: NDArray[np.int64]) -> NDArray[np.floating]:
        """Predict ratings of pairs."""
