"""The softmax of the next item over all items, by gradients written out, in BLAS alone."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from moviverse_engine.models.errors import InvalidConfig

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from moviverse_engine.interactions import Progress
    from moviverse_engine.models.sequence_order import Pieces

    Array = NDArray[np.float32]

_CHUNK = 64  # events that one triangular product walks over at a time
_CELLS = 1_500_000  # scores that stand in memory at a time
_CACHED = 1 << 15  # numbers of each array that a step changes at a time
_TOGETHER = 400  # next items whose gradient is taken at once
_SMALLEST_BATCH = 64
_STEPS = 200  # that a pass over the data has at least, unless it is very small
_WARM, _FIRST_RATE, _LAST_RATE = 0.05, 0.002, 0.02
_SPREAD = 0.02  # standard deviation of the first factors
_MASKED = np.float32(-1e9)
_BETA_1, _BETA_2, _EPSILON = 0.9, 0.98, 1e-8


class Decays:
    """Walk over a sequence with several memories, each losing a share at every step."""

    def __init__(self, decays: Sequence[float]) -> None:
        rates = np.array(decays, dtype=np.float64)
        self._powers = (rates[:, None] ** np.arange(_CHUNK + 1)).astype(np.float32)
        age = np.subtract.outer(np.arange(_CHUNK), np.arange(_CHUNK))
        self._lower = np.where(age >= 0, self._powers[:, np.abs(age)], np.float32(0))

    def forward(self, Z: Array) -> Array:
        """Return h_t = sum_k sum_(s <= t) a_k^(t-s) Z[k, s]: [k, T, d] -> [T, d]."""
        h = np.empty(Z.shape[1:], dtype=np.float32)
        carry = np.zeros((len(Z), 1, Z.shape[2]), dtype=np.float32)
        for first in range(0, len(h), _CHUNK):
            count = min(_CHUNK, len(h) - first)
            block = self._lower[:, :count, :count] @ Z[:, first : first + count]
            block += self._powers[:, 1 : count + 1, None] * carry
            h[first : first + count] = block.sum(axis=0)
            carry = block[:, -1:]
        return h

    def backward(self, dh: Array) -> Array:
        """Return the gradient by Z from the gradient by h: [T, d] -> [k, T, d]."""
        dZ = np.empty((len(self._powers), *dh.shape), dtype=np.float32)
        carry = np.zeros((len(dZ), 1, dh.shape[1]), dtype=np.float32)
        for first in reversed(range(0, len(dh), _CHUNK)):
            count = min(_CHUNK, len(dh) - first)
            block = dZ[:, first : first + count]
            turned = self._lower[:, :count, :count].transpose(0, 2, 1)
            np.matmul(turned, dh[first : first + count], out=block)
            block += self._powers[:, count:0:-1, None] * carry
            carry = block[:, :1]
        return dZ


@dataclass(frozen=True)
class Factors:
    """Hold what is learnt, or its gradient.

    Attributes:
        E: float32[k, n, d], what an item of the history says in each memory.
        V: float32[n, d + 1], the item as an answer; the last column is its bias.
    """

    E: Array
    V: Array

    def zeros(self) -> Factors:
        return Factors(np.zeros_like(self.E), np.zeros_like(self.V))

    @property
    def arrays(self) -> tuple[Array, Array]:
        return self.E, self.V


def add_gradient(
    at: Factors,
    gradient: Factors,
    pieces: Sequence[NDArray[np.int64]],
    decays: Decays,
    dropped: Array,
) -> float:
    """Add the gradient of the cross-entropy of all next items of some pieces; return that loss.

    An item that the piece has had before takes no part in the softmax. The memories are multiplied
    by `dropped`, float32[targets, d].
    """
    lengths = [len(piece) - 1 for piece in pieces]
    bounds = np.cumsum([0, *lengths])
    h = np.ones((bounds[-1], at.V.shape[1]), dtype=np.float32)
    for piece, first, last in zip(pieces, bounds[:-1], bounds[1:], strict=True):
        h[first:last, :-1] = decays.forward(at.E[:, piece[:-1]])
    h[:, :-1] *= dropped
    targets = np.concatenate([piece[1:] for piece in pieces])
    rows, seen = _seen(pieces, lengths)
    dh = np.empty_like(h)
    loss = 0.0
    step = max(1, _CELLS // len(at.V))
    for first in range(0, len(h), step):
        some = slice(first, first + step)
        low, high = np.searchsorted(rows, [first, first + step])
        masked = (rows[low:high] - first, seen[low:high])
        lost, dh[some] = _softmax(at.V, gradient.V, h[some], targets[some], masked)
        loss += lost
    dh[:, :-1] *= dropped
    for piece, first, last in zip(pieces, bounds[:-1], bounds[1:], strict=True):
        gradient.E[:, piece[:-1]] += decays.backward(dh[first:last, :-1])
    return loss


def _seen(
    pieces: Sequence[NDArray[np.int64]], lengths: Sequence[int]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return (row, item) of everything that came up to each row, rows ascending."""
    rows, items = np.tril_indices(max(lengths))
    found_rows, found_items, start = [], [], 0
    for piece, length in zip(pieces, lengths, strict=True):
        count = length * (length + 1) // 2
        found_rows.append(rows[:count] + start)
        found_items.append(piece[items[:count]])
        start += length
    return np.concatenate(found_rows), np.concatenate(found_items)


def _softmax(
    V: Array,
    dV: Array,
    h: Array,
    targets: NDArray[np.int64],
    masked: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> tuple[float, Array]:
    """Do the last layer for some rows: add to `dV`, return the loss and its gradient by `h`."""
    scores = h @ V.T
    scores[masked] = _MASKED
    scores -= scores.max(axis=1, keepdims=True)
    own = np.arange(len(h)), targets
    loss = -scores[own].sum(dtype=np.float64)
    np.exp(scores, out=scores)
    total: Array = scores.sum(axis=1)
    loss += np.log(total).sum(dtype=np.float64)
    scores[own] -= total  # the gradient by the scores, still to be divided by the total
    share = np.reciprocal(total)[:, None]
    dV += scores.T @ (h * share)
    dh: Array = np.multiply(scores @ V, share)
    return float(loss), dh


class Adam:
    """Step against gradients scaled by their own size (Kingma & Ba, ICLR 2015, algorithm 1)."""

    def __init__(self, factors: Factors) -> None:
        self._factors = factors
        self._mean, self._square = factors.zeros(), factors.zeros()
        self._steps = 0

    def step(self, gradient: Factors, count: int, rate: float) -> None:
        """Change the factors in place by the gradient of `count` losses; it is zero afterwards."""
        self._steps += 1
        scale = rate / (1 - _BETA_1**self._steps)
        correction = 1 / (1 - _BETA_2**self._steps)
        for theta, g, m, v in self._portions(gradient):
            np.multiply(g, np.float32(1 / count), out=g)
            np.multiply(m, np.float32(_BETA_1), out=m)
            np.add(m, np.float32(1 - _BETA_1) * g, out=m)
            np.multiply(v, np.float32(_BETA_2), out=v)
            np.add(v, np.float32(1 - _BETA_2) * g * g, out=v)
            length = np.sqrt(v * np.float32(correction)) + np.float32(_EPSILON)
            np.subtract(theta, np.float32(scale) * m / length, out=theta)
            g[:] = 0

    def _portions(self, gradient: Factors) -> Iterator[tuple[Array, ...]]:
        """Yield views of all four arrays, so small that they stay in the processor's cache."""
        parts = (self._factors, gradient, self._mean, self._square)
        for arrays in zip(*(part.arrays for part in parts), strict=True):
            flat = [array.reshape(-1) for array in arrays]
            for first in range(0, len(flat[0]), _CACHED):
                yield tuple(array[first : first + _CACHED] for array in flat)


class Settings(Protocol):
    """What the training reads of a model's settings."""

    @property
    def factors(self) -> int: ...
    @property
    def decays(self) -> tuple[float, ...]: ...
    @property
    def epochs(self) -> int: ...
    @property
    def most_events(self) -> int: ...
    @property
    def batch(self) -> int: ...
    @property
    def rate(self) -> float: ...
    @property
    def dropout(self) -> float: ...


def train(
    pieces: Pieces,
    counts: NDArray[np.int64],
    config: Settings,
    rng: np.random.Generator,
    progress: Progress,
) -> Factors:
    """Learn to tell the next item of every piece from those before it.

    Args:
        pieces: sequences of places 0..n-1 of items.
        counts: int64[n], events of each item; the biases begin at their logarithms.
        config: see `SequenceConfig`.
        rng: gives the first factors, the order of the pieces, and what is dropped.
        progress: hears of every step; may raise to stop.

    Raises:
        InvalidConfig: the rate is too high for the training to hold.
    """
    factors = _first_factors(counts, config, rng)
    adam, gradient, decays = Adam(factors), factors.zeros(), Decays(config.decays)
    total = min(config.epochs * pieces.targets, config.most_events)
    batch = min(config.batch, max(_SMALLEST_BATCH, pieces.targets // _STEPS))
    done, waiting, loss = 0, 0, 0.0
    for group, size in _groups(pieces, rng, min(batch, _TOGETHER), total):
        dropped = _dropped(rng, (size, config.factors), config.dropout)
        loss += add_gradient(factors, gradient, group, decays, dropped)
        waiting += size
        if waiting < batch and done + waiting < total:
            continue
        if not math.isfinite(loss):
            raise InvalidConfig(f"With a rate of {config.rate} the training fails; choose a lower.")
        adam.step(gradient, waiting, config.rate * _schedule(done / total))
        done += waiting
        progress(min(1.0, done / total), f"Sequence learns; its loss is {loss / waiting:.2f}.")
        waiting, loss = 0, 0.0
    return factors


def _first_factors(
    counts: NDArray[np.int64], config: Settings, rng: np.random.Generator
) -> Factors:
    n, d, k = len(counts), config.factors, len(config.decays)
    V = rng.normal(0, _SPREAD, (n, d + 1)).astype(np.float32)
    E = rng.normal(0, _SPREAD, (n, k, d)).astype(np.float32)
    logarithms = np.log1p(counts)
    V[:, -1] = logarithms - (logarithms.mean() if n else 0)
    return Factors(np.ascontiguousarray(E.transpose(1, 0, 2)), V)


def _dropped(rng: np.random.Generator, shape: tuple[int, int], share: float) -> Array:
    """Return zeros for a random share and for the rest what keeps the mean at one."""
    kept = rng.random(shape, dtype=np.float32) >= np.float32(share)
    return np.where(kept, np.float32(1 / (1 - share)), np.float32(0))


def _schedule(done: float) -> float:
    """Return the share of the highest rate: a short rise, then a straight fall."""
    return min(1.0, (done + _FIRST_RATE) / _WARM) * max(_LAST_RATE, 1 - done)


def _groups(
    pieces: Pieces, rng: np.random.Generator, size: int, total: int
) -> Iterator[tuple[list[NDArray[np.int64]], int]]:
    """Yield pieces, at least `size` next items at a time, pass after pass, up to `total` of them."""
    group: list[NDArray[np.int64]] = []
    waiting = given = 0
    while given < total:
        for piece in pieces.shuffled(rng):
            group.append(piece)
            waiting += len(piece) - 1
            if waiting >= size or given + waiting >= total:
                yield group, waiting
                given += waiting
                group, waiting = [], 0
            if given >= total:
                return
