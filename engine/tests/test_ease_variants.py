"""Each setting of EASE beside a slow and obvious twin, and what it promises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from moviverse_engine.features import ItemFeatures
from moviverse_engine.interactions import IdMap, Interactions, history
from moviverse_engine.models import EASE, EASEConfig
from moviverse_engine.models.errors import InvalidConfig, ModelDamaged
from moviverse_engine.testing import NEW_ITEM, ModelContract, sample_features, sample_interactions

if TYPE_CHECKING:
    from pathlib import Path

EVERYTHING = EASEConfig(
    l2=10.0,
    dropout=0.3,
    popularity_scaling=0.2,
    activity_scaling=0.3,
    signed=True,
    feature_weight=5.0,
)


class TestDropoutContract(ModelContract):
    def make(self) -> EASE:
        return EASE(EASEConfig(l2=10.0, dropout=0.5))


class TestScalingContract(ModelContract):
    def make(self) -> EASE:
        return EASE(EASEConfig(l2=10.0, popularity_scaling=0.3, activity_scaling=0.5))


class TestSignedContract(ModelContract):
    def make(self) -> EASE:
        return EASE(EASEConfig(l2=10.0, signed=True))


class TestFeaturesContract(ModelContract):
    def make(self) -> EASE:
        return EASE(EASEConfig(l2=10.0, feature_weight=20.0))


class TestAllSettingsContract(ModelContract):
    def make(self) -> EASE:
        return EASE(EVERYTHING)


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def table(dense: np.ndarray) -> Interactions:
    """Turn a table of ratings, 0 where there is none, into interactions; items are 0, 1, 2..."""
    users, items = dense.nonzero()
    return Interactions.from_columns(
        users, items, dense[users, items], np.zeros(len(users), dtype=np.int64)
    )


@dataclass
class Slow:
    """EASE by one constrained least-squares problem an item, in float64.

    `weights` has a row for each input: the items' likes, then their low ratings; `targets` says
    which columns are worked out.
    """

    ratings: np.ndarray
    config: EASEConfig
    features: np.ndarray
    targets: range | None = None

    def weights(self) -> np.ndarray:
        config, n_items = self.config, self.ratings.shape[1]
        likes = (self.ratings >= config.like_threshold).astype(float)
        low = (self.ratings > 0) & (self.ratings < config.low_below) & (likes == 0)
        lows = (low & config.signed).astype(float)
        Z = np.hstack([likes, lows])
        often = Z.sum(axis=0)
        used = often >= config.min_support
        if config.feature_weight:
            used[:n_items] |= np.any(self.features != 0, axis=1)
        columns = np.flatnonzero(used)
        if not len(columns):
            return np.zeros((2 * n_items, n_items))
        Z, often = Z[:, columns], np.maximum(often[columns], 1)
        people = Z.sum(axis=1)
        importance = np.maximum(people, 1) ** -config.activity_scaling
        importance *= people.sum() / max(importance @ people, 1.0)
        Z *= np.sqrt(importance)[:, None]
        imagined = np.zeros((self.features.shape[1], len(columns)))
        for place, column in enumerate(columns):
            if column < n_items:
                imagined[:, place] = self.features[column] * np.sqrt(config.feature_weight)
        Z = np.vstack([Z, imagined])
        Z *= (often / often.mean()) ** -config.popularity_scaling
        return self._solved(Z, columns, often)

    def _solved(self, Z: np.ndarray, columns: np.ndarray, often: np.ndarray) -> np.ndarray:
        config, n_items = self.config, self.ratings.shape[1]
        penalty = config.l2 + config.dropout / (1 - config.dropout) * (Z**2).sum(axis=0)
        B = np.zeros((2 * n_items, n_items))
        scale = (often / often.mean()) ** -config.popularity_scaling
        for place, target in enumerate(columns):
            if target not in (self.targets or range(n_items)):
                continue
            allowed = np.flatnonzero(columns % n_items != target)
            A = Z[:, allowed]
            found = np.linalg.solve(A.T @ A + np.diag(penalty[allowed]), A.T @ Z[:, place])
            B[columns[allowed], target] = scale[allowed] * found
        return B


def assert_agree(dense: np.ndarray, config: EASEConfig, features: np.ndarray) -> None:
    n_items = dense.shape[1]
    data = table(dense)
    records = ItemFeatures(
        IdMap(np.arange(n_items)),
        csr_array(features.astype(np.float32)),
        ("genres",),
        tuple(f"genre {number}" for number in range(features.shape[1])),
        np.zeros(features.shape[1], np.int16),
    )
    model = EASE(config).fit(data, records, rng=rng())
    expected = Slow(dense, config, features).weights()
    for item in range(n_items):
        for rating, row in ((5.0, item), (1.0, n_items + item)):
            asked, _ = history(model.items, {item: rating})
            scores = model.score(asked)[0][model.items.rows(np.arange(n_items))]
            np.testing.assert_allclose(scores, expected[row], rtol=1e-4, atol=2e-5)


tables = st.lists(
    st.lists(st.sampled_from([0.0, 0.0, 2.0, 3.5, 5.0]), min_size=6, max_size=6),
    min_size=2,
    max_size=10,
).filter(np.any)

FEATURES = np.array([[1.0, 0], [0.6, 0.8], [0, 1], [0, 0], [1, 0], [0, 0.5]])


@given(
    tables,
    st.builds(
        EASEConfig,
        l2=st.sampled_from([2.0, 30.0]),
        dropout=st.sampled_from([0.0, 0.4]),
        popularity_scaling=st.sampled_from([0.0, 0.25, 1.0]),
        activity_scaling=st.sampled_from([0.0, 0.5]),
        signed=st.booleans(),
        low_below=st.sampled_from([3.0, 4.0]),
        feature_weight=st.sampled_from([0.0, 3.0]),
        min_support=st.sampled_from([1, 2]),
    ),
)
@settings(deadline=None, max_examples=60)
def test_every_mixture_of_settings_agrees_with_least_squares_item_by_item(
    dense: list[list[float]], config: EASEConfig
) -> None:
    assert_agree(np.array(dense), config, FEATURES)


def test_signed_ease_over_several_tiles_agrees_with_least_squares() -> None:
    draw = np.random.default_rng(4)
    dense = np.where(draw.random((80, 320)) < 0.2, draw.choice([2.0, 5.0], (80, 320)), 0.0)
    config = EASEConfig(l2=20.0, signed=True)
    model = EASE(config).fit(table(dense), rng=rng())
    some = range(0, 320, 40)
    expected = Slow(dense, config, np.zeros((320, 1)), some).weights()[:, some]
    taste = {int(item): float(dense[3, item]) for item in dense[3].nonzero()[0]}
    rows = [item if rating >= 4 else 320 + item for item, rating in taste.items()]
    scores = model.score(history(model.items, taste)[0])[0, some]
    np.testing.assert_allclose(scores, expected[rows].sum(axis=0), atol=1e-4)


def test_dropout_is_the_formula_of_the_paper() -> None:
    X = np.array([[1.0, 1, 0], [1, 0, 1], [1, 1, 1], [0, 1, 0]])
    p, l2 = 0.25, 3.0
    G = X.T @ X
    P = np.linalg.inv(G + p / (1 - p) * np.diag(np.diag(G)) + l2 * np.eye(3))
    expected = np.eye(3) - P / np.diag(P)
    model = EASE(EASEConfig(l2=l2, dropout=p)).fit(table(X * 5), rng=rng())
    both, _ = history(model.items, {0: 5.0, 2: 4.0})
    np.testing.assert_allclose(model.score(both)[0], expected[[0, 2]].sum(axis=0), rtol=1e-5)


def test_settings_that_are_off_leave_the_plain_model() -> None:
    data, features = sample_interactions(), sample_features()
    plain = EASE(EASEConfig(l2=10.0)).fit(data, rng=rng())
    off = EASEConfig(l2=10.0, low_below=2.0)
    asked, _ = history(plain.items, {100: 5.0, 103: 1.0})
    again = EASE(off).fit(data, features, rng=rng())
    np.testing.assert_array_equal(
        again.score(history(again.items, {100: 5.0, 103: 1.0})[0])[0, :-1], plain.score(asked)[0]
    )


def test_a_low_rating_speaks_against_what_its_friends_like() -> None:
    data = sample_interactions()
    model = EASE(EASEConfig(l2=10.0, signed=True)).fit(data, rng=rng())
    asked, _ = history(model.items, {100: 5.0, 103: 1.0})
    without, _ = history(model.items, {100: 5.0})
    same_genre = [model.items.index(100 + 3 * item) for item in range(4, 18, 3)]
    assert model.score(asked)[0, same_genre].sum() < model.score(without)[0, same_genre].sum()
    against = {each.index: each.value for each in model.explain(asked, same_genre[1])}
    assert model.items.index(103) in against


def test_neither_a_like_nor_a_low_rating_speaks_for_its_own_item() -> None:
    model = EASE(EVERYTHING).fit(sample_interactions(), sample_features(), rng=rng())
    for rating in (5.0, 1.0):
        for row, item in enumerate(model.items.ids.tolist()):
            assert model.score(history(model.items, {item: rating})[0])[0, row] == 0.0


def test_ratings_in_between_say_nothing_where_only_lower_ones_are_low() -> None:
    config = EASEConfig(l2=10.0, signed=True, low_below=3.0)
    model = EASE(config).fit(sample_interactions(), rng=rng())
    between, _ = history(model.items, {100: 3.0})
    assert not model.score(between).any()
    assert model.explain(between, 4) == []
    assert model.score(history(model.items, {100: 2.5})[0]).any()


def test_features_speak_for_films_that_nobody_rated() -> None:
    config = EASEConfig(l2=10.0, feature_weight=10.0)
    model = EASE(config).fit(sample_interactions(), sample_features(), rng=rng())
    new = model.items.index(NEW_ITEM)
    western, _ = history(model.items, {106: 5.0})
    crime, _ = history(model.items, {100: 5.0})
    assert model.score(western)[0, new] > model.score(crime)[0, new]


def test_popular_films_are_answered_less_often_when_scaled() -> None:
    data = sample_interactions()
    asked, _ = history(data.items, {100: 5.0, 118: 5.0})
    liked = data.filter(min_rating=4.0)
    n = np.bincount(data.items.rows(liked.items.ids)[liked.item_index], minlength=len(data.items))
    ranks = []
    for scaling in (0.0, 0.5):
        model = EASE(EASEConfig(l2=10.0, popularity_scaling=scaling)).fit(data, rng=rng())
        ranks.append(np.corrcoef(model.score(asked)[0], n)[0, 1])
    assert ranks[1] < ranks[0]


@pytest.mark.parametrize(
    "wrong",
    [
        {"dropout": 1.0},
        {"dropout": -0.1},
        {"popularity_scaling": -0.5},
        {"activity_scaling": 1.5},
        {"feature_weight": -1.0},
        {"feature_weight": "inf"},
        {"signed": 3},
    ],
    ids=str,
)
def test_senseless_settings_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidConfig):
        EASEConfig.from_mapping(wrong)


def test_low_ratings_of_items_that_there_are_not_are_refused(tmp_path: Path) -> None:
    EASE(EVERYTHING).fit(sample_interactions(), rng=rng()).save(tmp_path)
    np.save(tmp_path / "lows.npy", np.array([3, 99], dtype=np.int32))
    with pytest.raises(ModelDamaged, match="lows"):
        EASE.load(tmp_path)
