"""`evaluate` as people use it: protocols, settings from files, reports that are whole."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from engine.tests.command_line import evaluated, refused, run
from rich.console import Console

from moviverse_engine.cli import outputs, scoring, tables
from moviverse_engine.evaluation import measurement
from moviverse_engine.interactions import Interactions
from moviverse_engine.models import EASE, registry
from moviverse_engine.models.errors import MissingFeatures


def test_all_means_every_model_that_can_do_the_protocol(folder: Path) -> None:
    ranking = evaluated(folder, "--protocol", "loo", "--models", "ALL")
    assert {*ranking["models"], *ranking["models_left_out"]} == set(registry.MODELS)
    rating = evaluated(folder, "--protocol", "rating", "--models", "all")
    able = {n for n, kind in registry.MODELS.items() if scoring.predicts_ratings(kind)}
    assert {*rating["models"], *rating["models_left_out"]} == able
    assert "Popularity" in rating["models"]
    assert "EASE" not in rating["models"]


def test_what_a_model_lacks_leaves_it_out_of_all_with_a_line(folder: Path) -> None:
    (folder / "movies.csv").unlink()
    report = folder / "report.json"
    command = ["evaluate", "--data", folder, "--protocol", "loo", "--json", report]
    result = run(*command, "--models", "all", "--set", "ease.l2=50")
    assert result.exit_code == 0
    assert "Content is left out: Content needs item features." in result.stderr
    content = json.loads(report.read_text())
    assert content["models_left_out"]["Content"] == "Content needs item features."
    assert set(content["metrics_left_out"]) == set(measurement.DESCRIBED)
    assert "Diversity@20 is not measured: the data does not describe the films." in result.stdout
    assert "Content needs item features" in refused(*command, "--models", "popularity,content")


def test_nothing_to_measure_is_no_report(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise MissingFeatures("It needs a library.")

    monkeypatch.setattr(scoring, "trained", fail)
    command = ["evaluate", "--data", folder, "--protocol", "loo", "--models", "all"]
    assert "No model could be measured" in refused(*command, "--json", folder / "r.json")
    assert not (folder / "r.json").exists()


def test_a_split_that_asks_for_nothing_known_ends_a_run_of_all(folder: Path) -> None:
    split = folder / "split.npz"
    pairs = {"train": [[1, 2], [2, 4]], "test_history": [[3, 1]], "test_target": [[3, 5]]}
    np.savez(split, allow_pickle=False, **{name: np.array(each) for name, each in pairs.items()})
    command = ["evaluate", "--data", folder, "--protocol", "strong", "--split", split]
    assert "Nobody waits for a film" in refused(*command, "--models", "all")


def test_ratings_are_predicted_with_intervals_over_people(folder: Path) -> None:
    report = evaluated(folder, "--protocol", "rating", "--models", "popularity,hybrid")
    assert (report["headline"], report["seed"]) == ("RMSE", 42)
    rmse = report["models"]["Popularity"]["metrics"]["RMSE"]
    assert rmse["low"] < rmse["mean"] < rmse["high"]
    assert report["training"]["interactions"] == 840 - 84
    assert len(report["differences"]) == 1
    assert "predicts no ratings" in refused(
        "evaluate", "--data", folder, "--protocol", "rating", "--models", "ease"
    )


def test_given_folds_are_the_training_and_the_test(folder: Path) -> None:
    lines = (folder / "ratings.csv").read_text().splitlines()[1:]
    rows = ["\t".join(f"{float(x):.0f}" for x in line.split(",")) for line in lines]
    base, test = folder / "u1.base", folder / "u1.test"
    base.write_text("\n".join(rows[40:]) + "\n")
    test.write_text("\n".join(rows[:40]) + "\n")
    command = ["--protocol", "rating", "--fold", base, test, "--models", "popularity"]
    report = evaluated(folder, *command)
    assert (report["split"], report["training"]["interactions"]) == ("u1.base, u1.test", 800)
    validation = evaluated(folder, *command, "--on", "validation")
    assert validation["training"]["interactions"] == 720
    assert "--fold u1.base" in report["command"].replace(str(folder) + "/", "")


def test_low_ratings_are_feedback_when_asked_for(folder: Path) -> None:
    command = ["--protocol", "strong", "--models", "popularity"]
    likes = evaluated(folder, *command)
    everything = evaluated(folder, *command, "--feedback", "all")
    assert (likes["feedback"], everything["feedback"]) == ("likes", "all")
    assert everything["training"]["interactions"] > likes["training"]["interactions"]
    assert everything["training"]["items"] == likes["training"]["items"]
    assert everything["people"] == likes["people"]
    loo = ["evaluate", "--data", folder, "--protocol", "loo", "--models", "ease"]
    assert "is for the protocol strong" in refused(*loo, "--feedback", "all")
    assert "is for the protocol rating" in refused(*loo, "--fold", "a", "b")


def test_settings_come_from_a_file_and_some_are_changed(folder: Path) -> None:
    config = folder / "ease.json"
    config.write_text(json.dumps({"model": "EASE", "config": {"l2": 31.0, "min_support": 2}}))
    command = ["--protocol", "loo", "--config", config]
    models = evaluated(folder, *command, "--set", "ease.l2=7")["models"]
    assert list(models) == ["EASE"]
    assert (models["EASE"]["config"]["l2"], models["EASE"]["config"]["min_support"]) == (7.0, 2)
    ask = ["evaluate", "--data", folder, "--protocol", "loo"]
    assert "EASE is not in --models" in refused(*ask, "--models", "popularity", "--config", config)
    assert "Say which --models" in refused(*ask)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is no file of settings"),
        ("[1]", "is no file of settings"),
        ('{"model": 3, "config": {}}', "is no file of settings"),
        ('{"model": "EASE", "config": 3}', "is no file of settings"),
        ('{"model": "magic", "config": {}}', "There is no model 'magic'"),
        ('{"model": "EASE", "config": {"l2": -1}}', "l2 is a positive number"),
        ('{"model": "EASE", "config": {"magic": 1}}', "no setting 'magic'"),
    ],
)
def test_a_wrong_file_of_settings_says_what_is_wrong(
    folder: Path, content: str, message: str
) -> None:
    config = folder / "config.json"
    config.write_text(content)
    ask = ["evaluate", "--data", folder, "--protocol", "loo", "--models", "ease"]
    assert message in refused(*ask, "--config", config)
    assert "cannot be read" in refused(*ask, "--config", folder / "absent.json")


def test_a_learning_curve_grows_to_the_whole(folder: Path) -> None:
    report = evaluated(folder, "--protocol", "strong", "--models", "ease", "--learning-curve")
    curve = report["models"]["EASE"]["learning_curve"]
    assert [point["share"] for point in curve] == [0.1, 0.25, 0.5, 1.0]
    assert [point["people"] for point in curve] == [5, 12, 24, 47]
    assert curve[-1]["figure"] == report["models"]["EASE"]["metrics"]["NDCG@100"]


def test_a_smaller_share_of_people_is_part_of_a_larger_one() -> None:
    users = np.repeat(np.arange(40), 3)
    data = Interactions.from_columns(users, np.tile([1, 2, 3], 40), np.full(120, 4.0), users)
    some, more = (
        set(scoring.some_people(data, share, 5).users.ids.tolist()) for share in (0.1, 0.5)
    )
    assert some < more
    assert (len(some), len(more)) == (4, 20)


def test_a_figure_that_there_is_not_is_null_in_json_and_a_dash_in_the_table(folder: Path) -> None:
    films = [f"{film},Film ({1960 + film}),(no genres listed)" for film in range(1, 33)]
    (folder / "movies.csv").write_text("movieId,title,genres\n" + "\n".join(films) + "\n")
    report = evaluated(folder, "--protocol", "strong", "--models", "ease")
    assert "Diversity@20" in report["models"]["EASE"]["metrics"]
    assert "Miscalibration@20" in report["metrics_left_out"]
    assert tables.number(math.nan) == "-"


def report_of(n_models: int) -> dict[str, Any]:
    figure = {"mean": 0.25, "low": 0.2, "high": 0.3}
    names = ("NDCG@10", "NDCG@20", "NDCG@100", "Recall@20", "Recall@50", "HR@10", "MRR", "MAP")
    model = {
        "metrics": dict.fromkeys((*names, "Novelty@20", "Popularity@20", "Diversity@20"), figure),
        "catalogue": {"Coverage@20": 0.5, "Gini@20": 0.9},
        "training_seconds": 12.5,
        "answer_milliseconds": {"p50": 0.2, "p99": 1.0},
    }
    return {
        "data": "ml-1m",
        "protocol": "strong",
        "part": "test",
        "split": "own draw",
        "seed": 1,
        "feedback": "likes",
        "headline": "NDCG@100",
        "people": 603,
        "people_left_out": 0,
        "ratings_by_baseline": 0,
        "metrics_left_out": {},
        "differences": [],
        "training": {"users": 4828, "items": 3497, "interactions": 500_000},
        "models": {f"Model {number}": model for number in range(n_models)},
    }


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_the_table_of_ten_models_fits_the_terminal(width: int) -> None:
    console = Console(width=width, record=True, quiet=True)
    tables.show(report_of(10), console)
    console = Console(width=width)
    with console.capture() as captured:
        tables.show(report_of(10), console)
    rows = [line for line in captured.get().splitlines() if line.strip().startswith("Model")]
    assert len(rows) == 10
    assert all(len(row) <= width for row in rows)
    assert all("0.2500 (0.2000-0.3000)" in row and "…" not in row for row in rows)


def test_ctrl_c_leaves_one_line_and_no_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    files = [folder / "r.json", folder / "r.html"]
    command = ["evaluate", "--data", folder, "--protocol", "strong", "--models", "ease"]
    phases = (("moviverse_engine.cli.sources", "load"), ("moviverse_engine.cli.scoring", "scored"))
    for module, name in (*phases, ("moviverse_engine.cli.tables", "show")):
        with monkeypatch.context() as patch:
            patch.setattr(f"{module}.{name}", interrupt)
            result = run(*command, "--json", files[0], "--html", files[1])
        assert result.exit_code == 130
        assert result.stderr.strip().splitlines()[-1] == "Error: Interrupted; nothing was written."
        assert not any(file.exists() for file in files)


def test_an_output_is_refused_before_the_training(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EASE, "_fit", None)
    command = ["evaluate", "--data", folder, "--protocol", "strong", "--models", "ease"]
    for option in ("--json", "--html"):
        assert "it is a folder" in refused(*command, option, folder)
        assert "cannot be written" in refused(*command, option, folder / "absent" / "r")
    same = ["--json", folder / "r", "--html", folder / "." / "r"]
    assert "is the file of --json too" in refused(*command, *same)


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "r.json"
    outputs.write_text(path, "old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(OSError, match="No space"):
            outputs.write_text(path, "new")
    assert [each.name for each in tmp_path.iterdir()] == ["r.json"]
    assert path.read_text() == "old"
    link = tmp_path / "link.json"
    link.symlink_to(path)
    outputs.write_text(link, "new")
    assert link.is_symlink()
    assert path.read_text() == "new"


def test_a_stream_is_written_to_and_not_replaced() -> None:
    outputs.require_writable(Path("/dev/null"), "--json")
    outputs.write_text(Path("/dev/null"), "text")
    assert not Path("/dev/null").is_file()
