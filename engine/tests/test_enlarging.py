"""An enlarged table is larger by what was asked for and otherwise like the one it came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner

from moviverse_engine.cli import main
from moviverse_engine.interactions import Interactions
from moviverse_engine.interactions.enlarging import enlarged
from moviverse_engine.interactions.errors import InvalidInteractions

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

USERS, ITEMS = 600, 300


@pytest.fixture(scope="module")
def data() -> Interactions:
    """Two halves of people watch two halves of the films, few of them often."""
    rng = np.random.default_rng(0)
    popularity = 1 / np.arange(1, ITEMS // 2 + 1) ** 0.8
    users = rng.integers(USERS, size=30_000)
    films = rng.choice(ITEMS // 2, size=len(users), p=popularity / popularity.sum())
    stars = rng.integers(1, 11, size=len(users)) / 2
    return Interactions.from_columns(
        users + 1, films * 2 + users % 2 + 1, stars, rng.integers(10**9, size=len(users))
    )


def shares(data: Interactions) -> NDArray[np.float64]:
    """Return the shares of all ratings by rank, averaged over hundredths of the items."""
    counts = np.sort(np.bincount(data.item_index, minlength=len(data.items)))[::-1]
    parts = np.array_split(counts / counts.sum(), 100)
    return np.array([part.sum() for part in parts])


def slope(data: Interactions) -> float:
    """Return the slope of log popularity over log rank, the rarest fifth left away."""
    counts = np.sort(np.bincount(data.item_index, minlength=len(data.items)))[::-1]
    counts = counts[: len(counts) * 4 // 5]
    ranks = np.log(np.arange(1, len(counts) + 1) / len(counts))
    return float(np.polyfit(ranks, np.log(counts), 1)[0])


@pytest.mark.parametrize(("users", "items"), [(1, 1), (3, 1), (1, 4), (6, 3)])
def test_users_and_items_are_multiplied_and_ratings_with_the_users(
    data: Interactions, users: int, items: int
) -> None:
    made = enlarged(data, users=users, items=items, rng=np.random.default_rng(1))
    assert len(made.users) == users * len(data.users)
    assert len(made.items) == items * len(data.items)
    assert len(made) + made.duplicates == users * len(data)
    assert made.duplicates < 0.1 * users * len(data)
    assert made.users.ids.tolist() == list(range(1, len(made.users) + 1))
    assert set(made.ratings.tolist()) <= set(data.ratings.tolist())
    pairs = made.user_index.astype(np.int64) * len(made.items) + made.item_index
    assert bool(np.all(np.diff(pairs) > 0))


@pytest.mark.parametrize(("users", "items"), [(3, 1), (4, 4), (6, 3)])
def test_the_curve_of_popularity_stays(data: Interactions, users: int, items: int) -> None:
    made = enlarged(data, users=users, items=items, rng=np.random.default_rng(1))
    np.testing.assert_allclose(shares(made), shares(data), atol=0.006)
    assert slope(made) == pytest.approx(slope(data), abs=0.06)


def test_what_is_rated_together_stays_together_and_in_circles(data: Interactions) -> None:
    made = enlarged(data, users=4, items=4, rng=np.random.default_rng(1))
    halves = (made.item_index // 4 + made.user_index // 4) % 2
    assert np.mean(halves == halves[0]) > 0.9
    liked = made.matrix()
    liked.data[:] = 1
    together = (liked.T @ liked).toarray()
    block = together[:4, 8:12]  # how often copies of one item meet those of another
    assert (np.sort(block, axis=1)[:, -1] / block.sum(axis=1)).min() > 0.35  # at random about .28


def test_the_seed_decides_everything(data: Interactions) -> None:
    def fingerprint(seed: int) -> str:
        return enlarged(data, users=2, items=2, rng=np.random.default_rng(seed)).fingerprint

    assert fingerprint(1) == fingerprint(1) != fingerprint(2)


def test_nothing_enlarged_is_nothing() -> None:
    nothing = Interactions.from_columns([], [], [], [])
    made = enlarged(nothing, users=3, items=2, rng=np.random.default_rng(0))
    assert (len(made), len(made.users), len(made.items)) == (0, 0, 0)


@pytest.mark.parametrize(("users", "items"), [(0, 1), (1, 0), (10**9, 1), (1, 10**9)])
def test_sizes_that_make_no_sense_are_refused(data: Interactions, users: int, items: int) -> None:
    with pytest.raises(InvalidInteractions, match=r"at least 1|at most"):
        enlarged(data, users=users, items=items, rng=np.random.default_rng(0))


def test_the_command_stores_a_corpus(tmp_path: Path) -> None:
    (tmp_path / "ratings.csv").write_text("1,2,4,7\n1,3,5,8\n2,2,1,9\n")
    command = ["enlarge", "--data", tmp_path, "--users", 3, "--items", 2]
    result = CliRunner().invoke(main, [*map(str, command), "--out", str(tmp_path / "corpus")])
    assert result.exit_code == 0, result.output
    made = Interactions.load(tmp_path / "corpus")
    assert (len(made.users), len(made.items)) == (6, 4)
    assert f"{len(made)} ratings of 6 users and 4 items" in result.stdout
