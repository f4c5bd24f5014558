"""Fast models beside slow, obvious ones, on data small enough to do by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moviverse_engine.features import ItemFeatures
from moviverse_engine.interactions import IdMap, Interactions, history
from moviverse_engine.models import (
    EASE,
    Content,
    EASEConfig,
    Hybrid,
    HybridConfig,
    ItemKNN,
    ItemKNNConfig,
    Popularity,
    PopularityConfig,
)
from moviverse_engine.models.errors import InvalidConfig, MissingFeatures
from moviverse_engine.testing import NEW_ITEM, sample_features, sample_interactions

DAY = 86_400


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def table(dense: list[list[float]]) -> Interactions:
    """Turn a table of ratings, 0 where there is none, into interactions; items are 0, 1, 2..."""
    values = np.array(dense)
    users, items = values.nonzero()
    return Interactions.from_columns(
        users, items, values[users, items], np.zeros(len(users), dtype=np.int64)
    )


def slow_ease(X: np.ndarray, l2: float) -> np.ndarray:
    """Solve EASE in float64 by the general inverse, as the paper's listing does."""
    P = np.linalg.inv(X.T @ X + l2 * np.eye(X.shape[1]))
    B: np.ndarray = P / -np.diag(P)
    np.fill_diagonal(B, 0.0)
    return B


def item_item(model: EASE | ItemKNN) -> np.ndarray:
    """Return what each item alone does to each item."""
    n = len(model.items)
    if n == 0:
        return np.empty((0, 0))
    return np.vstack(
        [model.score(history(model.items, {int(i): 5.0})[0]) for i in model.items.ids]
    ).reshape(n, n)


def test_ease_of_two_items_is_what_the_paper_gives_by_hand() -> None:
    # X^T X + l2 I = [[3, 1], [1, 2]]: P = [[2, -1], [-1, 3]] / 5, so B_01 = 1/3 and B_10 = 1/2.
    data = table([[5, 5], [5, 0]])
    model = EASE(EASEConfig(l2=1.0)).fit(data, rng=rng())
    np.testing.assert_allclose(item_item(model), [[0, 1 / 3], [1 / 2, 0]], rtol=1e-6)


binary = st.lists(
    st.lists(st.sampled_from([0.0, 2.0, 5.0]), min_size=6, max_size=6), min_size=1, max_size=12
)


@given(binary, st.sampled_from([0.5, 7.0, 300.0]))
@settings(deadline=None, max_examples=50)
def test_ease_agrees_with_the_general_inverse(dense: list[list[float]], l2: float) -> None:
    data = table(dense)
    model = EASE(EASEConfig(l2=l2)).fit(data, rng=rng())
    X = (data.matrix().toarray() >= 4.0).astype(float)
    np.testing.assert_allclose(item_item(model), slow_ease(X, l2), atol=1e-5)


def test_ease_over_several_tiles_agrees_with_the_general_inverse() -> None:
    X = (np.random.default_rng(4).random((300, 1100)) < 0.05).astype(float)
    X[:, X.sum(axis=0) == 0] = 1.0
    model = EASE(EASEConfig(l2=20.0)).fit(table((X * 5).tolist()), rng=rng())
    taste = np.vstack([X[:7], np.ones(1100)])  # the last one takes the path of long histories
    asked = np.vstack(
        [
            model.score(history(model.items, dict.fromkeys(np.flatnonzero(row).tolist(), 5.0))[0])
            for row in taste
        ]
    )
    np.testing.assert_allclose(asked, taste @ slow_ease(X, 20.0), atol=1e-4)


def test_ease_leaves_out_what_has_too_few_likes() -> None:
    dense = [[5.0, 5.0, 0.0, 2.0], [5.0, 5.0, 5.0, 2.0], [5.0, 0.0, 0.0, 2.0]]
    config = EASEConfig(l2=1.0, min_support=2)
    B = item_item(EASE(config).fit(table(dense), rng=rng()))
    np.testing.assert_array_equal(B[2:], 0)
    np.testing.assert_array_equal(B[:, 2:], 0)
    np.testing.assert_allclose(B[:2, :2], slow_ease(np.array(dense)[:, :2] / 5, 1.0), rtol=1e-5)


def test_ease_says_when_its_l2_is_too_small_for_float32() -> None:
    with pytest.raises(InvalidConfig, match="larger"):
        EASE(EASEConfig(l2=1e-30)).fit(table([[5.0, 5.0]]), rng=rng())


def test_ease_without_any_like_scores_nothing() -> None:
    model = EASE().fit(table([[2, 1], [1, 2]]), rng=rng())
    row, _ = history(model.items, {0: 5.0})
    assert model.score(row).tolist() == [[0.0, 0.0]]
    assert model.explain(row, 1) == []


def slow_cosine(X: np.ndarray, config: ItemKNNConfig) -> np.ndarray:
    n_items = X.shape[1]
    S = np.zeros((n_items, n_items))
    for i in range(n_items):
        for j in range(n_items):
            together = float(X[:, i] @ X[:, j])
            if i != j and together:
                n_i, n_j = X[:, i].sum(), X[:, j].sum()
                alpha = config.asymmetry
                S[i, j] = together / (n_i**alpha * n_j ** (1 - alpha) + config.shrink)
    return nearest(S, config.neighbours)


def slow_bm25(X: np.ndarray, config: ItemKNNConfig) -> np.ndarray:
    n_users, n_items = X.shape
    average = X.sum() / max(n_items, 1)
    W = np.zeros(X.shape)
    for u in range(n_users):
        for i in range(n_items):
            if X[u, i]:
                length = 1 - config.bm25_b + config.bm25_b * X[:, i].sum() / max(average, 1.0)
                idf = max(math.log(n_items / (1 + X[u].sum())), 0.0)
                W[u, i] = idf * (config.bm25_k1 + 1) / (config.bm25_k1 * length + 1)
    S = W.T @ W
    np.fill_diagonal(S, 0)
    return nearest(S, config.neighbours)


def nearest(S: np.ndarray, k: int) -> np.ndarray:
    kept = np.zeros_like(S)
    S = S.astype(np.float32)
    for j in range(len(S)):
        for i in sorted(range(len(S)), key=lambda i: (-S[i, j], i))[:k]:
            kept[i, j] = S[i, j]
    return kept


@given(
    binary,
    st.builds(
        ItemKNNConfig,
        weighting=st.sampled_from(["cosine", "bm25"]),
        neighbours=st.sampled_from([1, 3, 100]),
        shrink=st.sampled_from([0.0, 10.0]),
        asymmetry=st.sampled_from([0.0, 0.5, 0.8]),
        bm25_b=st.sampled_from([0.0, 0.75]),
    ),
)
@settings(deadline=None, max_examples=100)
def test_itemknn_agrees_with_loops(dense: list[list[float]], config: ItemKNNConfig) -> None:
    data = table(dense)
    X = (data.matrix().toarray() >= 4.0).astype(float)
    slow = slow_cosine if config.weighting == "cosine" else slow_bm25
    model = ItemKNN(config).fit(data, rng=rng())
    fast, expected = item_item(model), slow(X, config)
    # Scores that tie but for rounding may put another neighbour at the last place.
    np.testing.assert_allclose(
        np.sort(fast, axis=0), np.sort(expected, axis=0), rtol=1e-4, atol=1e-6
    )


def test_popularity_counts_likes_halved_by_age() -> None:
    data = Interactions.from_columns(
        [1, 2, 3, 1, 2], [7, 7, 7, 8, 9], [5, 4, 2, 5, 3], [0, 10 * DAY, 10 * DAY, 10 * DAY, 0]
    )
    model = Popularity(PopularityConfig(half_life_days=10)).fit(data, rng=rng())
    scores = model.score(history(model.items, {8: 5.0})[0])[0]
    np.testing.assert_allclose(scores, np.log1p([1.5, 1.0, 0.0]), rtol=1e-6)


def test_ratings_are_predicted_by_the_damped_baseline() -> None:
    data = Interactions.from_columns([1, 2, 1], [7, 7, 8], [5, 4, 3], [0, 0, 0])
    model = Popularity(PopularityConfig(item_damping=2, user_damping=1)).fit(data, rng=rng())
    # mu = 4; b_7 = (1 + 0) / (2 + 2) = .25; b_8 = -1 / (1 + 2) = -1/3
    row, _ = history(model.items, {7: 5.0})
    b_u = (5 - 4.25) / (1 + 1)
    predicted = model.predict_ratings(row, [0, 1])
    np.testing.assert_allclose(predicted, [[4.25 + b_u, 4 - 1 / 3 + b_u]], rtol=1e-6)


def test_content_is_the_cosine_to_the_signed_profile() -> None:
    model = Content().fit(sample_interactions(), sample_features(), rng=rng())
    F = model.features.matrix.toarray().astype(float)
    taste = {100: 5.0, 103: 0.5, 112: 3.0}
    profile = sum((rating - 2.75) * F[model.items.index(item)] for item, rating in taste.items())
    lengths = np.linalg.norm(F, axis=1) * np.linalg.norm(profile)
    scores = model.score(history(model.items, taste)[0])[0]
    np.testing.assert_allclose(scores, F @ profile / lengths, atol=1e-6)
    assert scores[model.items.index(106)] > scores[model.items.index(109)] or scores[0] > 0


def test_content_says_through_which_film_a_feature_speaks() -> None:
    items = IdMap(np.array([1, 2, 3]))
    records = {
        1: {"genres": ["War", "Drama"]},
        2: {"genres": ["War", "Comedy"]},
        3: {"genres": ["war"], "directors": ["Comedy"]},
    }
    data = Interactions.from_columns([1], [1], [5], [0])
    model = Content().fit(data, ItemFeatures.build(items, records), rng=rng())
    best = model.explain(history(model.items, {1: 5.0})[0], model.items.index(3))[0]
    assert (best.kind, best.field, best.name, best.via) == ("feature", "genres", "War", 0)


def test_content_without_features_is_refused() -> None:
    with pytest.raises(MissingFeatures):
        Content().fit(sample_interactions(), rng=rng())


def test_hybrid_is_the_weighted_sum_of_its_members_in_deviations() -> None:
    data = sample_interactions()
    model = Hybrid().fit(data, sample_features(), rng=rng())
    row, _ = history(model.items, {100: 5.0, 109: 4.5, 103: 1.0})
    fade = (10 / (3 + 10)) ** 2
    expected = np.zeros(len(model.items))
    liked = data.filter(min_rating=4.0)
    for item, item_id in enumerate(model.items.ids.tolist()):
        n_i = int((liked.items.ids[liked.item_index] == item_id).sum())
        content = 0.6 - 0.55 * (3 / 5) * (n_i / (n_i + 5))
        shares = {
            "content": content,
            "ease": (1 - content) * (1 - fade) * 0.5,
            "ials": (1 - content) * (1 - fade) * 0.5,
            "itemknn": (1 - content) * fade,
            "popularity": fade,
        }
        for name, share in shares.items():
            scores = model.members[name].score(row)[0]
            usual = scores.mean() if name == "popularity" else 0.0
            expected[item] += share * (scores[item] - usual) / scores.std()
    np.testing.assert_allclose(model.score(row)[0], expected, rtol=1e-4, atol=1e-5)


def test_an_empty_history_gets_the_order_of_popularity_from_hybrid() -> None:
    data, features = sample_interactions(), sample_features()
    hybrid = Hybrid().fit(data, features, rng=rng())
    popularity = Popularity().fit(data, features, rng=rng())
    empty, _ = history(hybrid.items, {})
    best = np.argsort(-hybrid.score(empty)[0], kind="stable")
    assert best.tolist() == np.argsort(-popularity.score(empty)[0], kind="stable").tolist()


def test_of_films_that_nobody_rated_hybrid_prefers_the_one_about_what_is_liked() -> None:
    ids = [100, 106, 115, NEW_ITEM, NEW_ITEM + 1]
    genres = ["Crime", "Western", "Western", "Western", "Crime"]
    records = {item: {"genres": [genre]} for item, genre in zip(ids, genres, strict=True)}
    features = ItemFeatures.build(IdMap(np.array(ids)), records)
    model = Hybrid().fit(sample_interactions(), features, rng=rng())
    asked, _ = history(model.items, {106: 5.0, 115: 5.0})
    western, crime = model.items.index(NEW_ITEM), model.items.index(NEW_ITEM + 1)
    assert model.score(asked)[0, western] > model.score(asked)[0, crime]
    (prior,) = (each for each in model.explain(asked, western) if each.kind == "prior")
    assert prior.value < 0  # fewer people know it than other films
    reasons = [each for each in model.explain(asked, western) if each.kind != "prior"]
    assert [each.name for each in reasons] == ["Western"]


def test_hybrid_without_features_does_without_content() -> None:
    model = Hybrid().fit(sample_interactions(), rng=rng())
    assert model.members.keys() == {"ease", "ials", "itemknn", "popularity", "svd"}
    row, _ = history(model.items, {100: 5.0})
    total = sum(each.value for each in model.explain(row, 3))
    assert total == pytest.approx(float(model.score(row)[0, 3]), abs=1e-5)
    predicted = model.predict_ratings(row, [3, 4])
    np.testing.assert_array_equal(predicted, model.members["svd"].predict_ratings(row, [3, 4]))


def test_what_hybrid_has_for_beginners_is_nothing_to_others() -> None:
    config = HybridConfig(beginner_ratings=0.4)  # f = .016 after three ratings, .027 after two
    model = Hybrid(config).fit(sample_interactions(), sample_features(), rng=rng())
    two, three = {100: 5.0, 109: 4.5}, {100: 5.0, 109: 4.5, 103: 1.0}
    kinds = [
        {each.kind for each in model.explain(history(model.items, taste)[0], 4)}
        for taste in (two, three)
    ]
    assert "prior" in kinds[0]
    assert "prior" not in kinds[1]


def test_the_settings_of_hybrid_hold_for_its_members() -> None:
    config = HybridConfig(like_threshold=3.5, threads=2, ease=EASEConfig(l2=9))
    assert config.ease == EASEConfig(l2=9, like_threshold=3.5, threads=2)
    assert HybridConfig.from_mapping(config.to_mapping()) == config
    assert config.svd.threads == config.ials.threads == 2
    with pytest.raises(InvalidConfig, match="shares"):
        HybridConfig(content_new=1.5)
    with pytest.raises(InvalidConfig, match="shares"):
        HybridConfig(ials_share=-0.1)
