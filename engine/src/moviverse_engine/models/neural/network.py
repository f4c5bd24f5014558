"""A trained network as NumPy arrays: all that answering needs."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Self

import numpy as np
from scipy.sparse import csr_array

from moviverse_engine.models.errors import ModelDamaged

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moviverse_engine.interactions import Histories
    from moviverse_engine.models.storage import Folder

_PEOPLE_AT_ONCE = 512


@dataclass(frozen=True)
class Network:
    """Score item i for a history by p.q_i + b_i + h.relu(U^T p' + m_i).

    p is the sum of the vectors of the history's ratings, a like and a low rating of one item having
    different ones, times (number of ratings)^-a, plus an offset. Its first d numbers meet the item
    in a product, and its last t, p', in a hidden layer. The layer's product with the item's side of
    its input does not depend on the history, so it is kept as m_i.

    Attributes:
        inputs: float32[2 n_items, width]; row i is a like of item i, n_items + i a low rating.
        offset: float32[width].
        exponent: float32[1], a.
        outputs: float32[n_items, d], q.
        bias: float32[n_items], b.
        user_hidden: float32[t, n_hidden], U.
        item_hidden: float32[n_items, n_hidden], m.
        top: float32[n_hidden], h.
    """

    inputs: NDArray[np.float32]
    offset: NDArray[np.float32]
    exponent: NDArray[np.float32]
    outputs: NDArray[np.float32]
    bias: NDArray[np.float32]
    user_hidden: NDArray[np.float32]
    item_hidden: NDArray[np.float32]
    top: NDArray[np.float32]

    def scores(self, histories: Histories, like_threshold: float) -> NDArray[np.float32]:
        """Score all items: float32[n_users, n_items].

        Args:
            histories: csr [n_users, n_items] of ratings.
            like_threshold: the lowest rating that is a like.
        """
        scores = np.empty(histories.shape, dtype=np.float32)
        d, t = self.outputs.shape[1], self.user_hidden.shape[0]
        for first in range(0, len(scores), _PEOPLE_AT_ONCE):
            batch = slice(first, first + _PEOPLE_AT_ONCE)
            p = self.pooled(histories[batch], like_threshold)
            np.matmul(p[:, :d], self.outputs.T, out=scores[batch])
            scores[batch] += self.bias
            hidden = p[:, p.shape[1] - t :] @ self.user_hidden
            for person, own in enumerate(hidden, first):
                layer = self.item_hidden + own
                scores[person] += np.maximum(layer, 0.0, out=layer) @ self.top
        return scores

    def pooled(self, histories: Histories, like_threshold: float) -> NDArray[np.float32]:
        """Return each history's p: float32[n_users, width]."""
        lengths = np.diff(histories.indptr)
        scale = np.maximum(lengths, 1).astype(np.float32) ** -self.exponent
        rows = input_rows(histories, like_threshold)
        if len(lengths) == 1:
            sums = self.inputs[rows].sum(axis=0, keepdims=True)
        else:
            ones = np.ones(len(rows), dtype=np.float32)
            shape = (len(lengths), len(self.inputs))
            sums = csr_array((ones, rows, histories.indptr), shape=shape) @ self.inputs
        pooled: NDArray[np.float32] = sums * scale[:, None] + self.offset
        return pooled

    def rearranged(self, items: NDArray[np.int64]) -> Network:
        """Return the network with what is item number i here as item number items[i]."""
        order = np.argsort(items, kind="stable")
        return Network(
            inputs=self.inputs[np.concatenate([order, len(order) + order])],
            offset=self.offset,
            exponent=self.exponent,
            outputs=self.outputs[order],
            bias=self.bias[order],
            user_hidden=self.user_hidden,
            item_hidden=self.item_hidden[order],
            top=self.top,
        )

    def save(self, files: Folder) -> None:
        for field in fields(self):
            files.put(field.name, getattr(self, field.name))

    @classmethod
    def load(cls, files: Folder, n_items: int) -> Self:
        """Open what `save` wrote.

        Raises:
            ModelDamaged: a part is missing or does not fit the others.
        """
        parts = {field.name: files.get(field.name, np.float32) for field in fields(cls)}
        network = cls(**parts)
        if not network._fits(n_items):
            raise ModelDamaged(f"The arrays in {files.path} do not fit together.")
        return network

    def _fits(self, n_items: int) -> bool:
        if self.outputs.ndim != 2 or self.user_hidden.ndim != 2:  # noqa: PLR2004 - matrices
            return False
        (t, n_hidden), d, width = self.user_hidden.shape, self.outputs.shape[1], self.offset.size
        expected = {
            "inputs": (2 * n_items, width),
            "offset": (width,),
            "exponent": (1,),
            "outputs": (n_items, d),
            "bias": (n_items,),
            "item_hidden": (n_items, n_hidden),
            "top": (n_hidden,),
        }
        shapes_fit = all(getattr(self, name).shape == shape for name, shape in expected.items())
        return shapes_fit and max(d, t) <= width


def input_rows(histories: Histories, like_threshold: float) -> NDArray[np.int32]:
    """Return the row of `Network.inputs` that each stored rating takes: int32[nnz]."""
    low = (histories.data < like_threshold).astype(np.int32)
    rows: NDArray[np.int32] = histories.indices + low * np.int32(histories.shape[1])
    return rows
