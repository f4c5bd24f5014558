"""Columns are numbered, ordered and widened in the memory of the table that they become."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING, Any
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moviverse_engine.interactions import Interactions, ordering
from moviverse_engine.interactions.growing import GrowingColumn

if TYPE_CHECKING:
    from numpy.typing import NDArray

IDS = st.one_of(st.integers(-5, 5), st.integers(-(2**63), 2**63 - 1))
ROWS = st.lists(
    st.tuples(IDS, IDS, st.sampled_from([0.5, 3.7, 5.0]), st.integers(0, 2)), max_size=40
)


@given(ROWS, st.sampled_from([1, 3, 1000]))
def test_in_blocks_of_any_size_the_rows_are_those_of_one_sort(
    rows: list[tuple[int, int, float, int]], block: int
) -> None:
    kept: dict[tuple[int, int], tuple[float, int]] = {}
    for user, item, rating, time in rows:
        if (user, item) not in kept or time >= kept[user, item][1]:
            kept[user, item] = (rating, time)
    users, items, ratings, times = zip(*rows, strict=True) if rows else ((), (), (), ())
    with mock.patch.object(ordering, "_BLOCK", block):
        data = Interactions.from_columns(users, items, ratings, times)
    found = zip(
        data.users.ids[data.user_index].tolist(),
        data.items.ids[data.item_index].tolist(),
        data.ratings.tolist(),
        data.timestamps.tolist(),
        strict=True,
    )
    expected = [(*pair, float(np.float32(r)), t) for pair, (r, t) in sorted(kept.items())]
    assert list(found) == expected


@pytest.mark.parametrize("users", [[1, 2], [2, 1]])
def test_a_table_shares_no_memory_with_the_columns_it_was_built_from(users: list[int]) -> None:
    columns = (np.array(users), np.array([5, 5]), np.ones(2, dtype=np.float32), np.array([3, 4]))
    before = [column.copy() for column in columns]
    data = Interactions.from_columns(*columns)
    for column, same in zip(columns, before, strict=True):
        np.testing.assert_array_equal(column, same)
        assert not np.shares_memory(column, data.ratings)
        assert not np.shares_memory(column, data.timestamps)


@pytest.mark.parametrize("ordered", [True, False])
def test_the_peak_is_less_than_three_times_the_matrix_of_ratings(
    monkeypatch: pytest.MonkeyPatch, *, ordered: bool
) -> None:
    monkeypatch.setattr(ordering, "_BLOCK", 1 << 14)
    n, users, items = 400_000, 2_000, 1_000
    pairs = np.sort(np.random.default_rng(0).choice(users * items, size=n, replace=False))
    if not ordered:
        np.random.default_rng(1).shuffle(pairs)
    tracemalloc.start()
    columns: list[NDArray[Any]] = [
        (pairs // items).astype(np.int32),
        (pairs % items).astype(np.int32),
        np.full(n, 3.5, dtype=np.float16),
        np.full(n, 1_574_327_703, dtype=np.int32),
    ]
    data = Interactions.consuming(columns)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert columns == []
    matrix = data.matrix()
    assert peak < 3 * (matrix.data.nbytes + matrix.indices.nbytes)
    assert data.timestamps.nbytes == 8 * n


@given(st.lists(st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(0, 9), max_size=9)))
def test_a_growing_column_holds_every_integer_it_was_given(blocks: list[list[int]]) -> None:
    column = GrowingColumn(np.int32)
    for block in blocks:
        column.append(np.array(block, dtype=np.int64))
    assert len(column) == sum(map(len, blocks))
    assert column.taken().tolist() == [value for block in blocks for value in block]
    assert len(column) == 0


def test_a_growing_column_is_as_narrow_as_its_values_allow() -> None:
    halves = GrowingColumn(np.float16)
    halves.append(np.array([0.5, 4.5], dtype=np.float32))
    tenths = GrowingColumn(np.float16)
    for block in ([0.5, 4.5], [3.7]):
        tenths.append(np.array(block, dtype=np.float32))
    large = GrowingColumn(np.int32)
    for number in (1, 2**31):
        large.append(np.array([number]))
    assert halves.taken().dtype == np.float16
    assert tenths.taken().tolist() == [0.5, 4.5, np.float32(3.7)]
    assert large.taken().dtype == np.int64
