"""Networks trained with PyTorch and served without it."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array

from moviverse_engine.features import ItemFeatures
from moviverse_engine.interactions import IdMap, Interactions, history
from moviverse_engine.models.errors import InvalidConfig, MissingLibrary, ModelDamaged
from moviverse_engine.models.neural import DeepFM, DeepFMConfig, NeuralMF, NeuralMFConfig
from moviverse_engine.models.neural.network import Network
from moviverse_engine.models.neural.order import canonical
from moviverse_engine.models.neural.people import People
from moviverse_engine.models.storage import Folder
from moviverse_engine.testing import (
    NEW_ITEM,
    ModelContract,
    sample_features,
    sample_interactions,
)

try:
    import torch
except ModuleNotFoundError:
    torch = None

needs_torch = pytest.mark.skipif(
    torch is None,
    reason='PyTorch is not installed: pip install "moviverse-engine[neural]"',
)
TINY: dict[str, Any] = {
    "factors": 4,
    "hidden": 3,
    "epochs": 3,
    "hidden_from": 1,
    "batch": 32,
    "held_back": 0.1,
}
LEARNING = NeuralMFConfig(factors=8, hidden=4, epochs=30, hidden_from=10, batch=16)


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@needs_torch
class TestNeuralMFContract(ModelContract):
    def make(self) -> NeuralMF:
        return NeuralMF(NeuralMFConfig(**TINY, tower_factors=2))


@needs_torch
class TestDeepFMContract(ModelContract):
    def make(self) -> DeepFM:
        return DeepFM(DeepFMConfig(**TINY))


def by_hand(n: int = 5, d: int = 3, t: int = 2, hidden: int = 4) -> Network:
    """Make a network of random numbers."""
    draw = np.random.default_rng(4)
    shapes = {
        "inputs": (2 * n, d + t),
        "offset": (d + t,),
        "outputs": (n, d),
        "bias": (n,),
        "user_hidden": (t, hidden),
        "item_hidden": (n, hidden),
        "top": (hidden,),
    }
    arrays = {name: draw.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    return Network(**arrays, exponent=np.array([0.4], np.float32))


def histories() -> csr_array[np.float32, tuple[int, int]]:
    """Return ratings in the order of events, one person of them without any."""
    return csr_array(
        (
            np.array([5.0, 2.0, 4.0, 0.5], np.float32),
            np.array([3, 0, 4, 1], np.int32),
            np.array([0, 3, 3, 4], np.int32),
        ),
        shape=(3, 5),
    )


def slow_scores(network: Network, ratings: dict[int, float]) -> list[float]:
    """Score one history by the formula, one number at a time."""
    parts = {name: value.astype(np.float64) for name, value in vars(network).items()}
    n, d, t = len(parts["bias"]), parts["outputs"].shape[1], parts["user_hidden"].shape[0]
    width = len(parts["offset"])
    p = []
    for k in range(width):
        total = sum(
            float(parts["inputs"][item if rating >= 4 else n + item, k])
            for item, rating in ratings.items()
        )
        p.append(total * max(len(ratings), 1) ** -parts["exponent"][0] + parts["offset"][k])
    scores = []
    for i in range(n):
        score = parts["bias"][i] + sum(p[k] * parts["outputs"][i, k] for k in range(d))
        for unit in range(len(parts["top"])):
            own = sum(p[width - t + k] * parts["user_hidden"][k, unit] for k in range(t))
            score += parts["top"][unit] * max(own + parts["item_hidden"][i, unit], 0.0)
        scores.append(float(score))
    return scores


def test_a_network_scores_as_the_formula_says() -> None:
    network = by_hand()
    expected = [
        slow_scores(network, ratings) for ratings in ({3: 5.0, 0: 2.0, 4: 4.0}, {}, {1: 0.5})
    ]
    np.testing.assert_allclose(network.scores(histories(), 4.0), expected, atol=1e-5)


def test_a_network_without_hidden_units_is_a_product() -> None:
    network = by_hand(hidden=0)
    p = network.pooled(histories(), 4.0)
    expected = p[:, :3] @ network.outputs.T + network.bias
    np.testing.assert_allclose(network.scores(histories(), 4.0), expected, atol=1e-6)


def test_rearranged_items_keep_their_scores() -> None:
    network, places = by_hand(), np.array([2, 0, 4, 1, 3])
    moved = histories()
    moved.indices = places[moved.indices].astype(np.int32)
    np.testing.assert_allclose(
        network.rearranged(places).scores(moved, 4.0)[:, places],
        network.scores(histories(), 4.0),
        atol=1e-6,
    )


def saved_by_hand(folder: Path) -> Path:
    files = Folder(folder)
    config = NeuralMFConfig(factors=3, tower_factors=2, hidden=4)
    files.describe(NeuralMF.name, config.to_mapping())
    files.put_items(IdMap(np.array([10, 20, 30, 40, 50])))
    by_hand().save(files)
    return folder


def test_a_saved_model_answers_where_pytorch_is_not_installed(tmp_path: Path) -> None:
    program = f"""
import sys
sys.modules["torch"] = None
from pathlib import Path
import numpy as np
from moviverse_engine.interactions import history
from moviverse_engine.models.neural import NeuralMF
model = NeuralMF.load(Path({str(saved_by_hand(tmp_path / "model"))!r}))
asked, _ = history(model.items, {{40: 5.0, 10: 2.0, 50: 4.0}})
print(*model.score(asked)[0].tolist(), len(model.explain(asked, 1)))
"""
    source = Path(__file__).parents[1] / "src"
    answer = subprocess.run(  # noqa: S603 - our own interpreter and program
        [sys.executable, "-c", program],
        env={"PYTHONPATH": str(source)},
        capture_output=True,
        text=True,
        check=True,
    )
    *scores, reasons = answer.stdout.split()
    expected = slow_scores(by_hand(), {3: 5.0, 0: 2.0, 4: 4.0})
    np.testing.assert_allclose([float(score) for score in scores], expected, atol=1e-5)
    assert int(reasons) == 3


def test_arrays_that_do_not_fit_together_are_refused(tmp_path: Path) -> None:
    folder = saved_by_hand(tmp_path / "model")
    for name, wrong in (("top", (3,)), ("outputs", (5, 9)), ("outputs", (5,)), ("inputs", (5, 5))):
        whole = np.load(folder / f"{name}.npy")
        np.save(folder / f"{name}.npy", np.zeros(wrong, np.float32))
        with pytest.raises(ModelDamaged, match="fit together"):
            NeuralMF.load(folder)
        np.save(folder / f"{name}.npy", whole)
    NeuralMF.load(folder)


@pytest.mark.parametrize("model", [NeuralMF(), DeepFM()])
def test_training_without_pytorch_says_what_to_install(
    model: NeuralMF | DeepFM, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    for module in ("training", "designs"):
        monkeypatch.delitem(sys.modules, f"moviverse_engine.models.neural.{module}", raising=False)
    package = sys.modules["moviverse_engine.models.neural"]
    monkeypatch.delattr(package, "training", raising=False)
    with pytest.raises(MissingLibrary, match=r'pip install "moviverse-engine\[neural\]"'):
        model.fit(sample_interactions(), rng=rng())


@needs_torch
def test_numpy_answers_what_pytorch_computes() -> None:
    from moviverse_engine.models.neural import training  # noqa: PLC0415 - needs PyTorch
    from moviverse_engine.models.neural.people import Batch  # noqa: PLC0415 - beside it

    network = by_hand()
    arrays = {name: torch.from_numpy(value) for name, value in vars(network).items()}
    batch = Batch(
        rows=np.array([3, 5, 4, 6]),
        starts=np.array([0, 3, 3]),
        counts=np.array([3, 0, 1]),
        asked=np.array([4, 0, 2]),
        seen=(np.empty(0, np.int64), np.empty(0, np.int64)),
        wanted=(np.empty(0, np.int64), np.empty(0, np.int64)),
    )
    scores = training.logits(arrays, batch).numpy()
    expected = network.scores(histories(), 4.0)[:, [4, 0, 2]]
    np.testing.assert_allclose(scores, expected, atol=1e-5)


@needs_torch
def test_the_fields_of_deepfm_meet_as_the_paper_says() -> None:
    from moviverse_engine.models.neural import designs, training  # noqa: PLC0415 - need PyTorch

    data, features = sample_interactions(), sample_features()
    table = canonical(
        csr_array(data.matrix().toarray() @ np.eye(18, 19, dtype=np.float32)), threshold=4.0
    )
    design = designs.FactorisationMachine(table, features, DeepFMConfig(**TINY), 0.0, rng())
    generator = torch.Generator().manual_seed(7)
    for name, value in design.parameters.items():
        design.parameters[name] = torch.randn(value.shape, generator=generator)
    network = training.numpy_network(design, design.parameters)
    learnt = {name: value.numpy().astype(float) for name, value in design.parameters.items()}
    asked = np.zeros((1, 19), np.float32)
    asked[0, [2, 5]] = [5.0, 1.0]
    F = features.matrix.toarray().astype(float)[table.items]

    def vectors(item: int, name: str, own: str) -> list[np.ndarray]:
        """Return the vector of the item, then that of each of its fields."""
        fields = [
            F[item] * (features.field_index == one) @ learnt[name]
            for one in np.unique(features.field_index)
        ]
        return [learnt[own][item], *fields]

    pooled = sum(vectors(2, "feature_likes", "likes")) + sum(vectors(5, "feature_low", "low"))
    person = pooled * 2 ** -learnt["exponent"][0] + learnt["offset"]
    expected = []
    for item in range(19):
        fields = vectors(item, "feature_items", "items")
        score = learnt["bias"][item] + float((F[item] @ learnt["feature_bias"])[0])
        met = [person, *fields]
        for one in range(len(met)):
            for other in range(one + 1, len(met)):
                score += float(met[one] @ met[other])
        deep = person @ learnt["user_hidden"] + learnt["hidden_bias"]
        for vector, weights in zip(fields, learnt["field_hidden"], strict=True):
            deep = deep + vector @ weights
        expected.append(score + float(np.maximum(deep, 0.0) @ learnt["top"]))
    np.testing.assert_allclose(network.scores(csr_array(asked), 4.0)[0], expected, rtol=1e-4)


@needs_torch
@pytest.mark.parametrize(
    "model",
    [NeuralMF(LEARNING), DeepFM(DeepFMConfig(factors=8, batch=16, epochs=25, held_back=0.0))],
)
def test_a_network_finds_the_taste_that_was_put_in(model: NeuralMF | DeepFM) -> None:
    model.fit(sample_interactions(), sample_features(), rng=rng())
    rows, _ = model.similar(0, 3)
    assert {int(row) % 3 for row in rows} == {0}


@needs_torch
def test_deepfm_knows_what_an_item_without_ratings_is_about() -> None:
    ids = [100 + 3 * item for item in range(18)]
    genres = ("Crime", "Romance", "Western")
    records = {item_id: {"genres": [genres[place % 3]]} for place, item_id in enumerate(ids)}
    records |= {NEW_ITEM: {"genres": ["Western"]}, NEW_ITEM + 1: {"genres": ["Crime"]}}
    features = ItemFeatures.build(IdMap(np.array(sorted(records))), records)
    config = DeepFMConfig(factors=8, batch=16, epochs=40, held_back=0.0, nameless=0.3)
    model = DeepFM(config).fit(sample_interactions(), features, rng=rng())
    western, crime = model.items.index(NEW_ITEM), model.items.index(NEW_ITEM + 1)
    for liked, better, worse in ((106, western, crime), (100, crime, western)):
        scores = model.score(history(model.items, {liked: 5.0, liked + 9: 5.0})[0])[0]
        assert scores[better] > scores[worse]
    known = model.score(history(model.items, {NEW_ITEM: 5.0})[0])[0]
    assert int(np.argmax(known[:18])) % 3 == 2


@needs_torch
def test_neuralmf_ranks_items_that_nobody_liked_last_but_for_taste() -> None:
    data = sample_interactions()
    model = NeuralMF(NeuralMFConfig(**TINY, tower_factors=2)).fit(
        data, sample_features(), rng=rng()
    )
    assert model.network.bias[-1] == model.network.bias[:-1].min()
    assert not model.network.outputs[-1].any()


def test_the_order_of_people_and_items_depends_on_no_id() -> None:
    data = sample_interactions().matrix()
    users, items = (
        np.random.default_rng(2).permutation(60),
        np.random.default_rng(3).permutation(18),
    )
    shuffled = csr_array(data.toarray()[users][:, items])
    first, second = canonical(data, 4.0), canonical(shuffled, 4.0)
    np.testing.assert_array_equal(first.ratings.toarray(), second.ratings.toarray())
    np.testing.assert_array_equal(first.items, items[second.items])
    likes = (first.ratings.toarray() >= 4.0).sum(axis=0)
    assert likes.tolist() == sorted(likes, reverse=True)


def test_nothing_that_is_asked_for_is_known() -> None:
    config = NeuralMFConfig(**TINY)
    table = canonical(sample_interactions().matrix(), config.like_threshold)
    people = People.divided(table, config, rng())
    held = people.histories.toarray()[:, : people.liked]
    assert not (people.targets & (held > 0)).any()
    assert people.targets.any(axis=1).all()
    for batch in people.batches(config, rng()):
        seen, wanted = (
            set(zip(*map(list, pairs), strict=True)) for pairs in (batch.seen, batch.wanted)
        )
        assert not seen & wanted
        assert len(batch.rows) == batch.counts.sum()


def test_of_many_items_a_step_asks_for_some() -> None:
    config = NeuralMFConfig(**TINY, softmax_items=7)
    table = canonical(sample_interactions().matrix(), config.like_threshold)
    people = People.divided(table, config, rng())
    asked = [batch.asked for batch in people.batches(config, rng())]
    assert {len(each) for each in asked} == {7}
    assert not np.array_equal(asked[0], asked[1])
    for batch in people.batches(config, rng()):
        assert batch.wanted[1].max() < 7


def test_the_ndcg_of_people_held_back_is_that_of_the_definition() -> None:
    asked = np.array([[True, False, False, True, False]])
    people = People(histories()[:1], 5, histories()[2:], asked)
    network = by_hand()
    scores = network.scores(people.histories, 4.0)[0]
    order = [item for item in np.argsort(-scores).tolist() if item != 1]
    gained = sum(1 / math.log2(place + 2) for place, item in enumerate(order) if item in {0, 3})
    found = people.ndcg(network, 4.0)
    assert found == pytest.approx(gained / (1 + 1 / math.log2(3)), abs=1e-6)


def test_settings_out_of_range_are_refused() -> None:
    for wrong in (
        {"factors": 0},
        {"hidden": -1},
        {"learning_rate": 0.0},
        {"dropout": 1.0},
        {"least_known": 0.9, "most_known": 0.5},
        {"hidden_from": -1},
    ):
        with pytest.raises(InvalidConfig):
            NeuralMFConfig(**wrong)
    with pytest.raises(InvalidConfig, match="nameless"):
        DeepFMConfig(nameless=1.0)
    with pytest.raises(InvalidConfig, match="tower_factors"):
        NeuralMFConfig(tower_factors=0)


@needs_torch
def test_an_interrupted_training_changes_nothing() -> None:
    model = NeuralMF(NeuralMFConfig(**TINY)).fit(sample_interactions(), rng=rng())
    asked, _ = history(model.items, {100: 5.0})
    before, threads = model.score(asked), torch.get_num_threads()

    def stop(fraction: float, _message: str, /) -> None:
        if fraction > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        model.fit(sample_interactions(seed=2), rng=rng(), progress=stop)
    np.testing.assert_array_equal(model.score(asked), before)
    assert torch.get_num_threads() == threads


@needs_torch
@pytest.mark.parametrize(
    "rows", [[], [(1, 1, 5.0)], [(1, 1, 1.0), (2, 1, 2.0)], [(1, 1, 5.0), (1, 2, 1.0)]]
)
def test_the_smallest_data_train_a_model(rows: list[tuple[int, int, float]]) -> None:
    users, items, ratings = ([row[part] for row in rows] for part in range(3))
    data = Interactions.from_columns(users, items, ratings, [0] * len(rows))
    for features in (None, sample_features()):
        for model in (NeuralMF(NeuralMFConfig(**TINY)), DeepFM(DeepFMConfig(**TINY))):
            model.fit(data, features, rng=rng())
            asked, _ = history(model.items, {1: 5.0})
            assert bool(np.isfinite(model.score(asked)).all())
