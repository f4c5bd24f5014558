"""The command line as people use it: answers on standard output, one line for what is wrong."""

from __future__ import annotations

import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from engine.tests.command_line import answered, evaluated, refused, run
from rich.console import Console

from moviverse_engine import artifact
from moviverse_engine.cli import terminal
from moviverse_engine.interactions import movielens
from moviverse_engine.models import EASE, registry

REPOSITORY = Path(__file__).resolve().parents[2]
DATASETS = Path(os.environ.get("MOVIVERSE_DATASETS", REPOSITORY.parent / "shared" / "datasets"))


def test_evaluate_prints_a_table_and_writes_the_same_as_json(folder: Path) -> None:
    report = folder / "r.json"
    command = ["evaluate", "--data", folder, "--protocol", "strong", "--models", "EASE,popularity"]
    table = answered(*command, "--json", report)
    content = json.loads(report.read_text())
    assert list(content["models"]) == ["EASE", "Popularity"]
    ease = content["models"]["EASE"]
    interval = ease["metrics"]["NDCG@100"]
    shown = f"{interval['mean']:.4f} ({interval['low']:.4f}-{interval['high']:.4f})"
    row = next(line for line in table.splitlines() if line.strip().startswith("EASE"))
    assert shown in row
    assert f"{ease['catalogue']['Coverage@20']:.4f}" in row
    assert f"{ease['training_seconds']:.2f}" in table
    assert f"{ease['answer_milliseconds']['p50']:.3f}" in table
    assert ease["config"]["l2"] == 700.0
    difference = content["differences"][0]
    assert (difference["better"], difference["than"]) == ("EASE", "Popularity")
    assert f"{difference['mean']:+.4f}" in table
    assert content["people"] == 5


def test_settings_reach_the_model_they_name_and_members_of_a_hybrid(folder: Path) -> None:
    chosen = ["--set", "ease.l2=3", "--set", "hybrid.ease.l2=4", "--set", "Hybrid.content_new=0.5"]
    models = evaluated(folder, "--protocol", "loo", "--models", "ease,hybrid", *chosen)["models"]
    assert models["EASE"]["config"]["l2"] == 3.0
    assert models["Hybrid"]["config"]["ease"]["l2"] == 4.0
    assert models["Hybrid"]["config"]["content_new"] == 0.5


@pytest.mark.parametrize("protocol", ["strong", "loo", "temporal"])
@pytest.mark.parametrize("part", ["validation", "test"])
def test_every_protocol_measures_every_model(folder: Path, protocol: str, part: str) -> None:
    short = ["--set", "neuralmf.epochs=2", "--set", "deepfm.epochs=2"]
    report = evaluated(folder, "--protocol", protocol, "--on", part, "--models", "all", *short)
    assert {*report["models"], *report["models_left_out"]} == set(registry.MODELS)
    assert {*report["models_left_out"]} <= {"NeuralMF", "DeepFM"}  # they need PyTorch to train
    assert (report["protocol"], report["part"]) == (protocol, part)
    assert len(report["differences"]) == len(report["models"]) - 1


def test_the_seed_decides_the_figures(folder: Path) -> None:
    command = ["--protocol", "strong", "--models", "itemknn", "--seed"]
    one, same, other = (evaluated(folder, *command, seed) for seed in (1, 1, 2))
    figures = [r["models"]["ItemKNN"]["metrics"] for r in (one, same, other)]
    assert figures[0] == figures[1] != figures[2]


def test_a_given_split_and_a_given_order_are_taken(folder: Path) -> None:
    split, order = folder / "split.npz", folder / "order.npz"
    train = [[user, film] for user in range(1, 50) for film in range(1 + user % 2, 31, 2)]
    pairs = {"train": train, "test_history": [[50, 1], [50, 3]], "test_target": [[50, 5]]}
    np.savez(split, allow_pickle=False, **{name: np.array(p) for name, p in pairs.items()})
    strong = ["--protocol", "strong", "--split", split, "--models", "popularity"]
    assert evaluated(folder, *strong)["people"] == 1
    np.savez(
        order,
        allow_pickle=False,
        users=np.arange(1, 9),
        len=[4] * 8,
        flat=[1, 2, 3, 4, 4, 3, 2, 1] * 4,
    )
    loo = ["--protocol", "loo", "--order", order, "--models", "popularity"]
    assert evaluated(folder, *loo)["split"] == "order.npz"


def test_a_stored_corpus_is_data_too(folder: Path) -> None:
    ratings, _ = movielens.read_ratings(folder)
    ratings.save(folder / "corpus", about={"source": "test"})
    command = ["evaluate", "--data", folder / "corpus", "--protocol", "loo", "--models", "ease"]
    assert "EASE" in answered(*command)


def test_a_model_is_trained_published_and_asked(folder: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    said = answered("train", "--data", folder, "--model", "hybrid", "--out", models)
    found = artifact.open(models, "Hybrid")
    assert str(found.folder) in said
    assert found.manifest["data"]["interactions"] == 840
    assert found.manifest["config"]["ease"]["popularity_scaling"] == 0.2
    ask = ["recommend", "--models-dir", models, "--model", "HYBRID"]
    table = answered(*ask, "--history", "1,3,5", "-k", "4")
    names = [line for line in table.splitlines() if "Film [" in line]
    ranks = [line.split("│")[1:4] for line in names]
    assert [rank.strip() for rank, _, _ in ranks] == ["1", "2", "3", "4"]
    assert all(int(film) % 2 == 1 and int(film) not in (1, 3, 5) for _, film, _ in ranks)
    assert all(f"Film [{int(film)}] ({1960 + int(film)})" in title for _, film, title in ranks)
    rated = answered(*ask, "--history", "2:5, 4:4.5,1:0.5", "-k", "1")
    (line,) = [line for line in rated.splitlines() if "Film [" in line]
    assert int(line.split("│")[2]) % 2 == 0


def numbers(text: str, pattern: str) -> list[float]:
    return [float(found) for found in re.findall(pattern, text)]


def test_an_explained_answer_adds_up_and_says_what_a_rating_did(
    folder: Path, tmp_path: Path
) -> None:
    answered("train", "--data", folder, "--model", "hybrid", "--out", tmp_path)
    ask = ["recommend", "--models-dir", tmp_path, "--model", "hybrid", "--explain"]
    said = answered(*ask, "--history", "1,3,6:4", "-k", "1")
    (total,) = numbers(said, r"the score is (-?[0-9.]+)")
    assert sum(numbers(said, r"([+-][0-9.]+) +-?[0-9.]+ %")) == pytest.approx(total, abs=1e-3)
    shares = numbers(said, r"[+-][0-9.]+ +(-?[0-9.]+) %")
    assert sum(shares) == pytest.approx(100, abs=0.1 * len(shares))
    assert "Film [1] (1961)" in said
    assert re.search(r"by score 1st; without Film \[[136]\] \(196[136]\) [0-9]+(st|nd|rd|th)", said)


def test_diversity_mixes_the_list(folder: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    answered("train", "--data", folder, "--model", "ease", "--out", models, "--set", "l2=5")
    ask = ["recommend", "--models-dir", models, "--model", "ease", "--history", "1,3,5", "-k", "5"]

    def kinds(table: str) -> set[int]:
        cells = [line.split("│") for line in table.splitlines() if "│" in line]
        return {int(cell[2]) % 2 for cell in cells if cell[2].strip().isdigit()}

    assert kinds(answered(*ask)) == {1}
    assert kinds(answered(*ask, "--diversity", "1")) == {0, 1}


def test_somebody_new_gets_what_many_like(folder: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    answered("train", "--data", folder, "--model", "hybrid", "--out", models)
    ask = ["recommend", "--models-dir", models, "--model", "hybrid", "-k", "2", "--explain"]
    assert answered(*ask).count("what everybody gets") == 2


def test_reasons_of_content_name_the_feature_and_the_film_it_speaks_through(
    folder: Path, tmp_path: Path
) -> None:
    models = tmp_path / "models"
    answered("train", "--data", folder, "--model", "content", "--out", models)
    ask = ["recommend", "--models-dir", models, "--model", "content", "--history", "1"]
    assert "genres Comedy, as in Film [1] (1961)" in answered(*ask, "--explain")


def test_titles_come_from_data_when_the_model_has_none(folder: Path, tmp_path: Path) -> None:
    ratings, _ = movielens.read_ratings(folder)
    model = EASE().fit(ratings, rng=np.random.default_rng(0))

    def write(path: Path) -> None:
        model.save(path / "model")

    artifact.publish(tmp_path, "EASE", write=write, manifest={}, now=datetime.now(UTC))
    ask = ["recommend", "--models-dir", tmp_path, "--model", "ease", "--history", "1"]
    assert "film 3 " in answered(*ask)
    assert "Film [3] (1963)" in answered(*ask, "--data", folder)
    assert "published without descriptions" in refused(*ask, "--diversity", "0.5")


def test_titles_that_cannot_be_read_are_named(folder: Path, tmp_path: Path) -> None:
    ratings, _ = movielens.read_ratings(folder)
    model = EASE().fit(ratings, rng=np.random.default_rng(0))

    def write(path: Path) -> None:
        model.save(path / "model")
        (path / "titles.json").write_text("[1]")

    artifact.publish(tmp_path, "EASE", write=write, manifest={}, now=datetime.now(UTC))
    said = refused("recommend", "--models-dir", tmp_path, "--model", "ease")
    assert "titles.json holds no titles" in said


def test_films_the_model_does_not_know_are_said_beside_the_answer(
    folder: Path, tmp_path: Path
) -> None:
    answered("train", "--data", folder, "--model", "ease", "--out", tmp_path)
    ask = ["recommend", "--models-dir", tmp_path, "--model", "ease", "--history", "1,777"]
    result = run(*ask)
    assert result.exit_code == 0
    assert "EASE does not know: 777" in result.stderr


def test_what_was_left_out_of_the_data_is_said_beside_the_answer(folder: Path) -> None:
    with (folder / "ratings.csv").open("a") as file:
        file.write("1,2,[b]nine,3\n7,7,5,1\n7,7,5,2\n")
    (folder / "links.csv").write_text("movieId,imdbId,tmdbId\n1,1,5\n2,2,5\n")
    command = ["evaluate", "--data", folder, "--protocol", "loo", "--models", "popularity"]
    result = run(*command)
    assert result.exit_code == 0
    assert "1 malformed rows left out" in result.stderr
    assert "line 842: the rating '[b]nine' is not a number" in result.stderr
    assert "rows were replaced by a later one" in result.stderr
    assert "films 1, 2 share TMDb id 5" in result.stderr
    assert "30 films have no TMDb id" in result.stderr
    assert "line 842" in refused(*command, "--strict")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--models", "magic"], "There is no model 'magic'"),
        (["--models", ","], "There is no model ''"),
        (["--models", "ease", "--set", "ease.l2=x"], "l2 is 'x'"),
        (["--models", "ease", "--set", "ease.l2=-1"], "l2 is a positive number"),
        (["--models", "ease", "--set", "ease.magic=1"], "no setting 'magic'"),
        (["--models", "ease", "--set", "ease"], "'ease' is not KEY=VALUE"),
        (["--models", "ease", "--set", "ease.=1"], "'ease.=1' is not KEY=VALUE"),
        (["--models", "ease", "--set", "ease=1"], "'ease' is no setting"),
        (["--models", "ease", "--set", "content.threads=1"], "'content' is no setting"),
        (["--models", "ease", "--set", "a=1", "--set", "a.b=1"], "'a' has a value already"),
        (["--models", "ease", "--set", "a.b=1", "--set", "a=1"], "'a' names a group"),
        (["--models", "ease", "--split", "absent.npz"], "absent.npz cannot be read"),
        (["--models", "ease", "--order", "o.npz"], "is for the protocol loo"),
        (["--models", "ease", "--json", "absent/r.json"], "cannot be written"),
        (["--models", "ease", "--data", "absent"], "absent does not exist"),
        (["--models", "ease", "--data", "/dev/null"], "not a regular file"),
        (["--models", "ease", "--seed", "-1"], "-1 is not in the range"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    folder: Path, arguments: list[str], message: str
) -> None:
    command = ["evaluate", "--data", folder, "--protocol", "strong", *arguments]
    assert message in refused(*command)


def test_a_split_belongs_to_the_strong_protocol(folder: Path) -> None:
    command = ["evaluate", "--data", folder, "--protocol", "loo", "--models", "ease"]
    assert "is for the protocol strong" in refused(*command, "--split", "s.npz")


def test_a_model_that_needs_descriptions_says_so(folder: Path) -> None:
    (folder / "movies.csv").unlink()
    command = ["evaluate", "--data", folder, "--protocol", "loo", "--models", "content"]
    assert "Content needs item features" in refused(*command)


def test_a_place_that_cannot_be_written_is_told_before_the_training(folder: Path) -> None:
    command = ["train", "--data", folder, "--model", "ease", "--out", folder / "ratings.csv"]
    assert "ratings.csv: File exists" in refused(*command)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--history", "1,x"], "'x' is not ID or ID:RATING"),
        (["--history", str(2**63)], "is not ID or ID:RATING"),
        (["--history", "1:"], "'1:' is not ID or ID:RATING"),
        (["--history", "1:9"], "A rating is outside 0.5-5.0"),
        (["--history", "1:nan"], "A rating is outside 0.5-5.0"),
        (["-k", "0"], "0 is not in the range"),
        (["--diversity", "2"], "2.0 is not in the range"),
        (["--model", "itemknn"], "ItemKNN has no active version"),
    ],
)
def test_a_question_that_makes_no_sense_is_said_in_one_line(
    folder: Path, tmp_path: Path, arguments: list[str], message: str
) -> None:
    answered("train", "--data", folder, "--model", "popularity", "--out", tmp_path)
    ask = ["recommend", "--models-dir", tmp_path, "--model", "popularity", *arguments]
    assert message in refused(*ask)


def test_a_bar_is_shown_in_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with terminal.progress("quiet") as tell:
        tell(0.5, "half")
    assert capsys.readouterr().err == ""
    screen = Console(force_terminal=True, width=80, stderr=True)
    monkeypatch.setattr(terminal, "notices", lambda: screen)
    with terminal.progress("training") as tell:
        tell(1.0, "half")
    assert "training" in capsys.readouterr().err


def test_the_command_of_the_documentation_gives_the_figures_of_the_documentation(
    tmp_path: Path,
) -> None:
    data = DATASETS / "ml-1m"
    if not data.is_dir():
        pytest.skip(f"ml-1m is not in {DATASETS}; set MOVIVERSE_DATASETS to measure on it")
    report = tmp_path / "report.json"
    split = ["--protocol", "strong", "--split", data / "strong_split_98765.npz"]
    answered("evaluate", "--data", data, *split, "--models", "ease", "--json", report)
    metrics = json.loads(report.read_text())["models"]["EASE"]["metrics"]
    assert metrics["NDCG@100"]["mean"] == pytest.approx(0.4409, abs=5e-4)
    assert metrics["NDCG@10"]["mean"] == pytest.approx(0.3547, abs=5e-4)
    assert metrics["Recall@20"]["mean"] == pytest.approx(0.3765, abs=5e-4)
