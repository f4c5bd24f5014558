"""What a published version tells of itself: its card, its place in the list, its way back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner

from moviverse_engine import artifact
from moviverse_engine.cli import main
from moviverse_engine.models import EASE, limits, registry
from moviverse_engine.testing import sample_interactions

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

NOW = datetime(2030, 5, 6, tzinfo=UTC)


def publish(root: Path, *, now: datetime = NOW, **manifest: object) -> str:
    model = EASE().fit(sample_interactions(), rng=np.random.default_rng(0))
    return artifact.publish(root, EASE.name, write=model.save, manifest=manifest, now=now)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_a_card_lies_beside_the_model_and_the_command_prints_the_same(tmp_path: Path) -> None:
    version = publish(
        tmp_path,
        data={"source": "ml-1m", "interactions": 1_000_209},
        config={"l2": 700.0, "member": {"k": 10}},
        metrics={"NDCG@100": 0.4409},
        limits=limits.of("EASE"),
        seed=3,
    )
    said = (tmp_path / "EASE" / version / "card.md").read_text()
    assert said.startswith("# EASE\n")
    for line in (
        "| source | ml-1m |",
        "| interactions | 1,000,209 |",
        "| l2 | 700.0 |",
        "| member.k | 10 |",
        "| NDCG@100 | 0.4409 |",
        "| seed | 3 |",
        "| trained at | 2030-05-06T00:00:00+00:00 |",
        limits.of("EASE"),
    ):
        assert line in said
    assert run("card", "--models-dir", tmp_path, "--model", "ease").stdout == said
    asked = run("card", "--models-dir", tmp_path, "--model", "ease", "--version", version)
    assert asked.stdout == said


def test_a_training_that_measures_puts_its_figures_on_the_card(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    rows = [
        f"{user},{film},{5 if film % 2 == user % 2 else 2},{film}\n"
        for user in range(60)
        for film in rng.choice(30, size=14, replace=False)
    ]
    (tmp_path / "ratings.csv").write_text("userId,movieId,rating,timestamp\n" + "".join(rows))
    command = ["train", "--data", tmp_path, "--model", "ease", "--out", tmp_path / "models"]
    assert run(*command, "--evaluate").exit_code == 0
    metrics = artifact.open(tmp_path / "models", "EASE").manifest["metrics"]
    assert 0 < metrics["NDCG@100"] <= 1
    assert (metrics["protocol"], metrics["part"]) == ("strong", "validation")
    said = run("card", "--models-dir", tmp_path / "models", "--model", "ease").stdout
    assert f"| NDCG@100 | {metrics['NDCG@100']} |" in said
    assert run(*command[:3], "--model", "ials", "--engine", "spark", "--evaluate").exit_code == 2


def test_people_too_few_to_measure_on_are_told_before_the_training(tmp_path: Path) -> None:
    (tmp_path / "ratings.csv").write_text("1,1,5,0\n")
    command = ["train", "--data", tmp_path, "--model", "ease", "--out", tmp_path / "models"]
    result = run(*command, "--evaluate")
    assert result.exit_code == 2
    assert artifact.names(tmp_path / "models") == []


def test_a_card_says_what_was_not_recorded(tmp_path: Path) -> None:
    version = publish(tmp_path)
    said = (tmp_path / "EASE" / version / "card.md").read_text()
    assert "It was not measured on people held out." in said
    assert "Nothing was recorded of the data." in said
    assert "None were recorded." in said


def test_names_from_outside_stay_in_their_cell() -> None:
    said = artifact.card("EASE", {"data": {"source": "a|b\n# [x](y) <b>`"}})
    assert "| source | a\\|b # \\[x\\](y) \\<b\\>\\` |" in said


@pytest.mark.parametrize("name", registry.MODELS)
def test_every_model_says_what_it_cannot_do(name: str) -> None:
    sentence = limits.of(name)
    assert sentence.endswith(".")
    assert len(sentence) > 40


def test_all_versions_are_listed_and_the_active_one_is_marked(tmp_path: Path) -> None:
    first = publish(tmp_path, metrics={"NDCG@100": 0.44, "people": 5}, data={"ratings": 12_345})
    second = publish(tmp_path, now=NOW + timedelta(hours=1))
    third = publish(tmp_path, now=NOW + timedelta(hours=2))
    (tmp_path / "EASE" / third / "manifest.json").write_text("{")
    assert run("rollback", "--models-dir", tmp_path, "--model", "ease").stdout == (
        f"EASE is {second} now.\n"
    )
    table = run("models", "--models-dir", tmp_path).stdout
    lines = {line.split("│")[3].strip(): line for line in table.splitlines() if "EASE" in line}
    assert list(lines) == [first, second, third]
    assert [("*" in line) for line in lines.values()] == [False, True, False]
    assert "12,345" in lines[first]
    assert "NDCG@100 0.4400" in lines[first]
    assert "people" not in lines[first]
    assert "not measured" in lines[second]
    assert "damaged" in lines[third]


def test_a_folder_that_is_not_there_holds_no_models(tmp_path: Path) -> None:
    assert artifact.names(tmp_path / "absent") == []
    assert run("models", "--models-dir", tmp_path / "absent").exit_code == 0


def test_a_way_back_that_there_is_not_is_said_in_one_line(tmp_path: Path) -> None:
    publish(tmp_path)
    result = run("rollback", "--models-dir", tmp_path, "--model", "ease")
    assert result.exit_code == 2
    assert "EASE has no version older than" in result.stderr
