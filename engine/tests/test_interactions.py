from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moviverse_engine.interactions import IdMap, Interactions, history, merge
from moviverse_engine.interactions.errors import (
    EngineError,
    InvalidInteractions,
    MissingColumn,
    UnknownId,
)

rows = st.lists(
    st.tuples(
        st.integers(-3, 3), st.integers(0, 4), st.sampled_from([0.5, 3.0, 5.0]), st.integers(0, 3)
    ),
    max_size=30,
)
Row = tuple[int, int, float, int]


def columns(table: list[Row]) -> Interactions:
    users, items, ratings, times = zip(*table, strict=True) if table else ((), (), (), ())
    return Interactions.from_columns(users, items, ratings, times)


def as_dict(data: Interactions) -> dict[tuple[int, int], tuple[float, int]]:
    users, items = data.users.ids[data.user_index], data.items.ids[data.item_index]
    return {
        (int(user), int(item)): (float(rating), int(time))
        for user, item, rating, time in zip(
            users, items, data.ratings, data.timestamps, strict=True
        )
    }


def last_by_time(table: list[Row]) -> dict[tuple[int, int], tuple[float, int]]:
    """Do the same as `from_columns`, slowly."""
    kept: dict[tuple[int, int], tuple[float, int]] = {}
    for user, item, rating, time in table:
        if (user, item) not in kept or time >= kept[user, item][1]:
            kept[user, item] = (rating, time)
    return kept


@given(rows)
def test_of_duplicates_the_last_by_time_stays_and_the_later_row_at_a_tie(table: list[Row]) -> None:
    data = columns(table)
    assert as_dict(data) == last_by_time(table)
    assert data.duplicates == len(table) - len(data)


@given(rows)
def test_the_matrix_holds_every_rating_at_its_place(table: list[Row]) -> None:
    data = columns(table)
    dense = np.zeros((len(data.users), len(data.items)), dtype=np.float32)
    for (user, item), (rating, _) in as_dict(data).items():
        dense[data.users.index(user), data.items.index(item)] = rating
    np.testing.assert_array_equal(data.matrix().toarray(), dense)


@given(rows)
def test_the_fingerprint_is_that_of_the_data_and_not_of_the_order(table: list[Row]) -> None:
    unique = [(*pair, *value) for pair, value in last_by_time(table).items()]
    assert columns(unique[::-1]).fingerprint == columns(unique).fingerprint
    if unique:
        assert columns(unique[1:]).fingerprint != columns(unique).fingerprint


def test_filters_bound_ratings_then_items_then_users() -> None:
    data = columns([(1, 1, 5.0, 0), (1, 2, 5.0, 0), (2, 1, 4.0, 0), (2, 2, 1.0, 0), (3, 3, 4.0, 0)])
    assert as_dict(data.filter(min_rating=4.0)).keys() == {(1, 1), (1, 2), (2, 1), (3, 3)}
    assert as_dict(data.filter(min_rating=4.0, min_item=2)).keys() == {(1, 1), (2, 1)}
    left = data.filter(min_user=2)
    assert left.users.ids.tolist() == [1, 2]
    assert left.items.ids.tolist() == [1, 2]
    assert len(data.filter(min_rating=4.0, min_item=2, min_user=2)) == 0


def test_merged_corpora_keep_people_apart_and_join_films() -> None:
    one, two = (
        columns([(1, 10, 5.0, 0), (1, 30, 1.0, 0)]),
        columns([(1, 20, 4.0, 0), (1, 30, 2.0, 0)]),
    )
    both = merge([one, two])
    assert len(both.users) == 2
    assert both.items.ids.tolist() == [10, 20, 30]
    np.testing.assert_array_equal(both.matrix().toarray(), [[5, 0, 1], [0, 4, 2]])


def test_any_table_with_named_columns_is_taken() -> None:
    frame = {"who": [1, 1], "what": [5, 6]}
    data = Interactions.from_frame(frame, user="who", item="what", rating=None, timestamp=None)
    assert data.ratings.tolist() == [5.0, 5.0]
    table = np.array([(1, 2, 3.5, 9)], dtype="i8,i8,f4,i8")
    table.dtype.names = ("userId", "movieId", "rating", "timestamp")
    assert as_dict(Interactions.from_frame(table)) == {(1, 2): (3.5, 9)}
    for wrong in (frame, table):
        with pytest.raises(MissingColumn, match="'nope'"):
            Interactions.from_frame(wrong, user="nope")


@pytest.mark.parametrize(
    ("table", "why"),
    [
        (([1], [1], [0.4], [0]), "0.5-5.0"),
        (([1], [1], [5.5], [0]), "0.5-5.0"),
        (([1], [1], [float("nan")], [0]), "0.5-5.0"),
        (([1, 2], [1], [5], [0]), "length"),
        (([1], [1], [5], [-1]), "1970"),
        (([2**63], [1], [5], [0]), "64 bits"),
        (([2**70], [1], [5], [0]), "integers|64 bits"),
        (([1.5], [1], [5], [0]), "whole"),
        ((["a"], [1], [5], [0]), "integers"),
        (([[1]], [1], [5], [0]), "one column"),
    ],
)
def test_columns_that_make_no_sense_are_refused(table: tuple[list[float], ...], why: str) -> None:
    with pytest.raises(InvalidInteractions, match=why):
        Interactions.from_columns(*table)


@given(st.lists(st.integers(-(2**63), 2**63 - 1), unique=True, max_size=20), st.integers(-9, 9))
def test_the_id_map_finds_what_it_holds_and_nothing_else(ids: list[int], other: int) -> None:
    items = IdMap(np.array(ids, dtype=np.int64))
    assert [items.index(each) for each in ids] == list(range(len(ids)))
    found, unknown = items.indices([*ids, other])
    assert found.tolist() == [ids.index(each) for each in [*ids, other] if each in ids]
    assert unknown == [other] * (other not in ids)
    assert items.get(other) == (ids.index(other) if other in ids else None)


def test_an_unknown_id_is_named() -> None:
    with pytest.raises(UnknownId, match="77") as caught:
        IdMap(np.array([3, 1])).index(77)
    assert isinstance(caught.value, EngineError)
    assert caught.value.id == 77


def test_an_id_map_holds_every_id_once() -> None:
    with pytest.raises(InvalidInteractions, match="once"):
        IdMap(np.array([3, 1, 3]))


def test_an_extended_map_keeps_its_rows_and_adds_the_others() -> None:
    extended = IdMap(np.array([5, 2])).extended(IdMap(np.array([9, 2, 1])))
    assert extended.ids.tolist() == [5, 2, 1, 9]
    assert {extended, IdMap(np.array([5, 2, 1, 9]))} == {extended}


def test_a_history_holds_known_ratings_and_names_the_unknown() -> None:
    row, unknown = history(IdMap(np.array([30, 10, 20])), {20: 4.0, 99: 1.0, 30: 0.5})
    np.testing.assert_array_equal(row.toarray(), [[0.5, 0, 4.0]])
    assert unknown == [99]


@pytest.mark.parametrize(
    "ratings", [{1: 0.0}, {1: float("nan")}, {2**80: 4.0}], ids=["zero", "nan", "huge id"]
)
def test_a_history_with_an_impossible_entry_is_refused(ratings: dict[int, float]) -> None:
    with pytest.raises(InvalidInteractions):
        history(IdMap(np.array([1])), ratings)
