from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from moviverse_engine.models import (
    EASE,
    EASEConfig,
    HybridConfig,
    ItemKNN,
    ItemKNNConfig,
    Popularity,
    PopularityConfig,
    registry,
)
from moviverse_engine.models.config import Config
from moviverse_engine.models.errors import InvalidConfig, ModelDamaged, UnknownModel
from moviverse_engine.testing import sample_interactions

if TYPE_CHECKING:
    from pathlib import Path


def test_settings_are_read_from_text() -> None:
    assert EASEConfig.from_mapping({"l2": "300", "threads": "2"}) == EASEConfig(l2=300, threads=2)
    assert ItemKNNConfig.from_mapping({"weighting": "cosine"}).weighting == "cosine"
    assert HybridConfig.from_mapping({"ease": {"l2": 5}}).ease.l2 == 5


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"lambda": 3}, "no setting 'lambda'"),
        ({"l2": "much"}, "not float"),
        ({"l2": float("nan")}, "not float"),
        ({"l2": 0}, "positive"),
        ({"l2": "inf"}, "positive"),
        ({"l2": True}, "not float"),
        ({"l2": [1]}, "not float"),
        ({"threads": 0}, "at least 1"),
        ({"threads": 1.5}, "not int"),
        ({"min_support": 0}, "min_support"),
        ({"memory_budget_mb": 0}, "memory_budget_mb"),
    ],
)
def test_senseless_settings_are_refused(settings: dict[str, object], why: str) -> None:
    with pytest.raises(InvalidConfig, match=why):
        EASEConfig.from_mapping(settings)


@pytest.mark.parametrize(
    "settings",
    [
        {"weighting": "magic"},
        {"neighbours": 0},
        {"shrink": -1},
        {"asymmetry": 2},
        {"bm25_k1": -1},
        {"bm25_b": 2},
    ],
    ids=str,
)
def test_senseless_settings_of_neighbours_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(InvalidConfig):
        ItemKNNConfig.from_mapping(settings)


def test_senseless_settings_of_popularity_and_hybrid_are_refused() -> None:
    for wrong in ({"half_life_days": 0}, {"item_damping": -1}):
        with pytest.raises(InvalidConfig):
            PopularityConfig.from_mapping(wrong)
    for bad in ({"popularity_beginner": 0}, {"item_halfway": 0}, {"ease": 3}):
        with pytest.raises(InvalidConfig):
            HybridConfig.from_mapping(bad)


def test_models_are_found_by_name_in_any_case() -> None:
    assert registry.find("ease") is EASE
    names = ["Popularity", "ItemKNN", "EASE", "iALS", "SVD", "Content", "NeuralMF", "DeepFM"]
    names += ["Sequence", "Hybrid"]
    assert list(registry.MODELS) == names
    with pytest.raises(UnknownModel, match="Hybrid"):
        registry.find("Oracle")


def test_a_folder_is_opened_as_the_model_that_it_holds(tmp_path: Path) -> None:
    EASE().fit(sample_interactions(), rng=np.random.default_rng(0)).save(tmp_path)
    assert isinstance(registry.load(tmp_path), EASE)
    with pytest.raises(ModelDamaged, match="holds EASE"):
        Popularity.load(tmp_path)


@pytest.mark.parametrize(
    "change",
    [{"format": 2}, {"model": 5}, {"config": []}, {"config": {"l2": -1}}, {"config": {"x": 1}}],
    ids=str,
)
def test_a_changed_description_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    EASE().fit(sample_interactions(), rng=np.random.default_rng(0)).save(tmp_path)
    path = tmp_path / "model.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(ModelDamaged):
        EASE.load(tmp_path)


@pytest.mark.parametrize("columns", [[0, 99], [0]], ids=["out of range", "too few"])
def test_parts_that_do_not_fit_together_are_refused(tmp_path: Path, columns: list[int]) -> None:
    EASE().fit(sample_interactions(), rng=np.random.default_rng(0)).save(tmp_path)
    np.save(tmp_path / "columns.npy", np.array(columns, dtype=np.int32))
    with pytest.raises(ModelDamaged):
        EASE.load(tmp_path)


def test_ids_that_repeat_and_wrong_types_are_refused(tmp_path: Path) -> None:
    model = Popularity().fit(sample_interactions(), rng=np.random.default_rng(0))
    for name, array in (
        ("item_ids", np.zeros(18, np.int64)),
        ("scores", np.zeros(18)),
        ("scores", np.zeros(3, np.float32)),
    ):
        model.save(tmp_path)
        np.save(tmp_path / f"{name}.npy", array)
        with pytest.raises(ModelDamaged):
            Popularity.load(tmp_path)


def test_a_sparse_matrix_that_makes_no_sense_is_refused(tmp_path: Path) -> None:
    ItemKNN().fit(sample_interactions(), rng=np.random.default_rng(0)).save(tmp_path)
    np.save(tmp_path / "S.indptr.npy", np.full(19, 5, np.int32))
    with pytest.raises(ModelDamaged, match="sparse"):
        ItemKNN.load(tmp_path)


def test_training_keeps_to_its_threads() -> None:
    used: list[int] = []

    def look(_fraction: float, _message: str, /) -> None:
        used.extend(pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas")

    EASE(EASEConfig(threads=1)).fit(
        sample_interactions(), rng=np.random.default_rng(0), progress=look
    )
    assert set(used) == {1}


@dataclass(frozen=True, kw_only=True)
class Shaped(Config):
    layers: tuple[int, ...] = (64, 32)
    bias: bool = True


def test_settings_may_be_several_numbers_or_yes_and_no() -> None:
    read = Shaped.from_mapping({"layers": "8, 4", "bias": "false"})
    assert read == Shaped(layers=(8, 4), bias=False)
    assert Shaped.from_mapping(json.loads(json.dumps(read.to_mapping()))) == read


@pytest.mark.parametrize("wrong", [{"layers": "8,wide"}, {"layers": 8}, {"bias": "perhaps"}])
def test_settings_of_the_wrong_shape_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidConfig):
        Shaped.from_mapping(wrong)
