"""Ratings as Parquet, and iALS trained by Spark where Spark and Java are installed."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.sparse import csr_array

from moviverse_engine import artifact
from moviverse_engine.cli import main, published
from moviverse_engine.interactions import Interactions, history, parquet
from moviverse_engine.models import IALS, IALSConfig, spark_als
from moviverse_engine.models.errors import InvalidConfig
from moviverse_engine.models.least_squares import Factors, solve_rows
from moviverse_engine.testing import sample_interactions

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

needs_pyarrow = pytest.mark.skipif(
    find_spec("pyarrow") is None, reason='Parquet needs "moviverse-engine[spark]"'
)
CONFIG = IALSConfig(factors=4, frequency="likes", nu=1.0, l2=0.02, alpha0=0.2, iterations=2)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def refused(*arguments: object) -> str:
    result = run(*arguments)
    assert result.exit_code == 2, result.output
    return result.stderr.strip().splitlines()[-1]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    sample_interactions().save(tmp_path / "corpus", about={"source": "sample"})
    return tmp_path / "corpus"


@pytest.fixture
def everything_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark_als, "find_spec", lambda _: object())
    monkeypatch.setattr(spark_als, "_java_version", lambda: 17)


@needs_pyarrow
def test_an_export_holds_every_rating_in_row_groups(tmp_path: Path) -> None:
    from pyarrow.parquet import ParquetFile  # noqa: PLC0415 - an extra

    data = sample_interactions()
    parquet.write(data, tmp_path / "all.parquet", rows=100)
    with ParquetFile(tmp_path / "all.parquet") as file:
        assert file.num_row_groups == -(-len(data) // 100)
        table = file.read()
    again = Interactions.from_frame(
        {name: table[name].to_numpy() for name in table.column_names},
        user="user_id",
        item="item_id",
    )
    assert again.fingerprint == data.fingerprint == parquet.fingerprint(tmp_path / "all.parquet")
    np.testing.assert_array_equal(table["item_row"].to_numpy(), data.item_index)
    np.testing.assert_array_equal(table["user_row"].to_numpy(), data.user_index)


@needs_pyarrow
def test_an_interrupted_export_leaves_what_was_there(tmp_path: Path) -> None:
    def interrupt(_fraction: float, _message: str, /) -> None:
        raise KeyboardInterrupt

    (tmp_path / "all.parquet").write_text("before")
    with pytest.raises(KeyboardInterrupt):
        parquet.write(sample_interactions(), tmp_path / "all.parquet", progress=interrupt)
    assert [path.name for path in tmp_path.iterdir()] == ["all.parquet"]
    assert (tmp_path / "all.parquet").read_text() == "before"


@needs_pyarrow
def test_the_command_exports_and_says_how_much(corpus: Path, tmp_path: Path) -> None:
    result = run("export", "--data", corpus, "--parquet", tmp_path / "all.parquet")
    assert result.exit_code == 0, result.output
    assert "60 users and 18 items" in result.stdout
    assert parquet.fingerprint(tmp_path / "all.parquet") == sample_interactions().fingerprint


@needs_pyarrow
@pytest.mark.usefixtures("everything_installed")
def test_other_files_and_other_ratings_are_refused(corpus: Path, tmp_path: Path) -> None:
    train = ("train", "--data", corpus, "--out", tmp_path / "models", "--model", "ials")
    (tmp_path / "wrong").write_text("user,item")
    said = refused(*train, "--engine", "spark", "--parquet", tmp_path / "wrong")
    assert "is no Parquet file of" in said
    parquet.write(sample_interactions(seed=2), tmp_path / "other.parquet")
    said = refused(*train, "--engine", "spark", "--parquet", tmp_path / "other.parquet")
    assert "exported from other ratings" in said
    assert not list((tmp_path / "models").iterdir())


def test_without_pyarrow_the_export_says_what_to_install(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "find_spec", lambda _: None)
    said = refused("export", "--data", corpus, "--parquet", tmp_path / "all.parquet")
    assert said == 'Error: Parquet is written by PyArrow: pip install "moviverse-engine[spark]"'
    assert not (tmp_path / "all.parquet").exists()


def test_without_spark_or_java_one_line_says_what_to_install(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train = ("train", "--data", corpus, "--out", tmp_path, "--model", "ials", "--engine", "spark")
    monkeypatch.setattr(spark_als, "find_spec", lambda _: None)
    said = refused(*train)
    assert said == 'Error: Spark is not installed: pip install "moviverse-engine[spark]"'
    monkeypatch.setattr(spark_als, "find_spec", lambda _: object())
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert "Spark needs Java 17" in refused(*train)


@pytest.mark.parametrize(("said", "version"), [('openjdk version "17.0.15"', 17), ("", 0)])
def test_the_version_of_java_is_read(
    said: str, version: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text(f"#!/bin/sh\necho '{said}' >&2\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert spark_als._java_version() == version  # noqa: SLF001


@pytest.mark.usefixtures("everything_installed")
def test_what_spark_cannot_train_is_refused(corpus: Path, tmp_path: Path) -> None:
    train = ("train", "--data", corpus, "--out", tmp_path, "--engine", "spark", "--model")
    assert "trains iALS, not EASE" in refused(*train, "ease")
    assert "frequency=likes" in refused(*train, "ials", "--set", "frequency=all")
    local = refused(*train, "ials", "--engine", "local", "--master", "local[2]")
    assert "--engine spark" in local
    with pytest.raises(InvalidConfig, match="nu=1"):
        spark_als.require(IALSConfig(frequency="likes", nu=0.5))


@pytest.mark.usefixtures("everything_installed")
def test_without_any_like_spark_is_not_even_started() -> None:
    data = Interactions.from_columns([1, 2], [3, 4], [1.0, 2.0], [0, 0])
    model = spark_als.fit(CONFIG, data, data.items, spark=spark_als.Spark(), seed=0)
    assert model.score(history(model.items, {3: 5.0})[0]).tolist() == [[0.0, 0.0]]


def test_factors_from_elsewhere_make_the_same_model() -> None:
    data = sample_interactions()
    turn = np.linalg.qr(np.random.default_rng(1).standard_normal((3, 3)))[0].astype(np.float32)
    factors = np.random.default_rng(2).standard_normal((18, 3)).astype(np.float32)
    asked, _ = history(data.items, {100: 5.0, 106: 4.0})
    rows = np.arange(18)
    one = IALS.of_factors(CONFIG, data.items, rows, factors)
    other = IALS.of_factors(CONFIG, data.items, rows, factors @ turn)
    np.testing.assert_allclose(one.score(asked), other.score(asked), atol=1e-5)


@pytest.fixture(scope="module")
def spark_installed() -> None:
    if not (find_spec("pyspark") and find_spec("pyarrow")):
        pytest.skip('Spark is not installed: pip install "moviverse-engine[spark]"')
    if spark_als._java_version() < 17:  # noqa: SLF001
        pytest.skip("Spark needs Java 17 or later.")


@pytest.mark.usefixtures("spark_installed")
def test_spark_trains_what_folds_in_as_spark_itself_solves_people(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from pyspark.ml.recommendation import ALS  # noqa: PLC0415 - an extra

    solved: dict[int, list[float]] = {}
    fit = ALS.fit

    def watched(als: Any, ratings: Any) -> Any:
        found = fit(als, ratings)
        solved.update({row.id: row.features for row in found.userFactors.collect()})
        return found

    monkeypatch.setattr(ALS, "fit", watched)
    data = sample_interactions()
    heard: list[float] = []
    model = spark_als.fit(
        CONFIG,
        data,
        data.items,
        spark=spark_als.Spark(),
        seed=7,
        progress=lambda part, _: heard.append(part),
    )
    assert heard == sorted(heard)
    likes = csr_array((data.matrix().toarray() >= 4).astype(np.float32))
    U = np.array([solved[user] for user in range(len(data.users))])
    # The axes are turned and the target is scaled; neither changes these products.
    factors = Factors(model._factors.V, model._factors.spectrum)  # noqa: SLF001
    W = solve_rows(likes, factors, CONFIG.diagonal(factors)) * np.sqrt(1 + CONFIG.alpha0)
    np.testing.assert_allclose(W @ W.T, U @ U.T, atol=1e-3)


@pytest.mark.usefixtures("spark_installed")
def test_the_command_publishes_what_is_asked_without_spark(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train = ("train", "--data", corpus, "--out", tmp_path / "models", "--model", "ials")
    result = run(*train, "--engine", "spark", "--set", "factors=3", "--set", "iterations=11")
    assert result.exit_code == 0, result.output
    monkeypatch.setitem(sys.modules, "pyspark", None)
    found = artifact.open(tmp_path / "models", "iALS")
    assert found.manifest["engine"] == "spark"
    rows, _ = published.read(tmp_path / "models", "ials").model.similar(0, 3)
    assert {int(row) % 3 for row in rows} == {0}


@pytest.mark.usefixtures("spark_installed")
def test_a_failure_of_spark_is_one_line_and_leaves_nothing(corpus: Path, tmp_path: Path) -> None:
    train = ("train", "--data", corpus, "--out", tmp_path / "models", "--model", "ials")
    said = refused(*train, "--engine", "spark", "--master", "spark:no-such-cluster")
    assert said.startswith("Error: Spark gave up: ")
    assert not list((tmp_path / "models").iterdir())
