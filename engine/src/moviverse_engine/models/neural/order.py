"""Who liked what, in an order that no id and no row of the source decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moviverse_engine.interactions import Histories

_ROUNDS = 3


class Canonical(NamedTuple):
    """Hold a table of ratings whose rows and columns come in an order of their own.

    Attributes:
        ratings: csr [n_users, n_items], the columns of a row ascending.
        items: int64[n_items], the column of the source that stands at each place: items with a
            like first, the most liked one at 0.
        liked: how many items have a like.
    """

    ratings: Histories
    items: NDArray[np.int64]
    liked: int


def canonical(ratings: Histories, threshold: float) -> Canonical:
    """Order people and items by what they like and who likes them.

    The order is that of the colour refinement of Weisfeiler & Leman (1968) by sums of hashes modulo
    2^64, which are exact in any order. Random numbers dealt out along it fall to the same people
    and items whatever they are called. Those that share a hash stay in the order of their rows:
    such people have the same history, and such items are liked by the same people.
    """
    people = np.repeat(np.arange(ratings.shape[0]), np.diff(ratings.indptr))
    films = ratings.indices.astype(np.int64)
    liked = ratings.data >= threshold
    likes = np.bincount(films[liked], minlength=ratings.shape[1])
    rated = _mixed((2 * ratings.data).astype(np.uint64))
    film_hash = likes.astype(np.uint64)
    person_hash = np.zeros(ratings.shape[0], dtype=np.uint64)
    for _ in range(_ROUNDS):
        person_hash = _sums(_mixed(film_hash)[films] * rated, people, ratings.shape[0])
        film_hash = _sums(_mixed(person_hash)[people] * rated, films, ratings.shape[1])
    items, users = np.lexsort((film_hash, -likes)), np.argsort(person_hash, kind="stable")
    columns, rows = _inverse(items)[films], _inverse(users)[people]
    order = np.lexsort((columns, rows))
    bounds = np.searchsorted(rows[order], np.arange(len(users) + 1)).astype(np.int32)
    table: Histories = csr_array(
        (ratings.data[order], columns[order].astype(np.int32), bounds),
        shape=ratings.shape,
        dtype=np.float32,
    )
    return Canonical(table, items, int(np.count_nonzero(likes)))


def _sums(values: NDArray[np.uint64], groups: NDArray[np.int64], size: int) -> NDArray[np.uint64]:
    totals = np.zeros(size, dtype=np.uint64)
    np.add.at(totals, groups, values)
    return totals


def _inverse(order: NDArray[np.int64]) -> NDArray[np.int64]:
    places = np.empty(len(order), dtype=np.int64)
    places[order] = np.arange(len(order))
    return places


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Hash 64-bit numbers one to one (Steele et al., "SplitMix", OOPSLA 2014)."""
    z = numbers + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
