from __future__ import annotations

import numpy as np
import pytest

from moviverse_engine.evaluation.groups import by_history_length
from moviverse_engine.evaluation.intervals import Pooled


def test_people_are_divided_from_short_to_long_histories_in_groups_of_about_equal_size() -> None:
    lengths = np.random.default_rng(1).permutation(np.arange(100))
    groups = by_history_length(lengths, Pooled.mean_of(lengths * 1.0), rng=np.random.default_rng(0))
    assert [(g.shortest, g.longest, g.people) for g in groups] == [
        (0, 19, 20),
        (20, 39, 20),
        (40, 59, 20),
        (60, 79, 20),
        (80, 99, 20),
    ]
    assert [g.figure.mean for g in groups] == pytest.approx([9.5, 29.5, 49.5, 69.5, 89.5])
    assert all(g.figure.low < g.figure.mean < g.figure.high for g in groups)


def test_histories_of_one_length_stay_together() -> None:
    lengths = np.array([3] * 90 + [5] * 10)
    groups = by_history_length(lengths, Pooled.mean_of(np.ones(100)), rng=np.random.default_rng(0))
    assert [(g.shortest, g.longest, g.people) for g in groups] == [(3, 3, 90), (5, 5, 10)]


def test_nobody_is_in_no_group() -> None:
    empty = np.empty(0)
    assert (
        by_history_length(
            empty.astype(np.int64), Pooled.mean_of(empty), rng=np.random.default_rng(0)
        )
        == []
    )
