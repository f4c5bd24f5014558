"""`tune` as people use it: the best settings in a file, found without a look at test people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from moviverse_engine import artifact
from moviverse_engine.cli import main, scoring, search
from moviverse_engine.evaluation import search_spaces, splits
from moviverse_engine.evaluation.search_spaces import Choice, Real, Whole
from moviverse_engine.models import EASE, registry
from moviverse_engine.models.errors import InvalidConfig

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

    from moviverse_engine.cli.protocols import Question
    from moviverse_engine.models import Model

pytest.importorskip("optuna", reason='the search needs "moviverse-engine[tune]"')


def tuned(folder: Path, *arguments: object) -> Result:
    command = ["tune", "--data", folder, "--out", folder / "best.json", *arguments]
    if "--model" not in command:
        command += ["--model", "ease"]
    if "--protocol" not in command:
        command += ["--protocol", "strong"]
    return CliRunner().invoke(main, list(map(str, command)), catch_exceptions=False)


def best(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "best.json").read_text())
    return content


def test_the_best_of_the_trials_is_written_and_read_by_train_and_evaluate(folder: Path) -> None:
    result = tuned(folder, "--trials", 5, "--set", "dropout=0.25")
    assert result.exit_code == 0, result.output
    rows = [line.split() for line in result.stdout.splitlines() if "l2=" in line]
    assert sorted(int(row[0]) for row in rows) == [1, 2, 3, 4, 5]
    assert "dropout" not in rows[0][-1]
    content = best(folder)
    assert (content["model"], content["config"]["dropout"]) == ("EASE", 0.25)
    figure = content["found"]["figure"]
    assert f"{figure['mean']:.4f} ({figure['low']:.4f}-{figure['high']:.4f})" in result.stdout
    again = folder / "again.json"
    command = ["evaluate", "--data", folder, "--protocol", "strong", "--on", "validation"]
    command += ["--config", folder / "best.json", "--json", again]
    assert CliRunner().invoke(main, [str(each) for each in command]).exit_code == 0
    measured = json.loads(again.read_text())["models"]["EASE"]
    assert measured["config"] == content["config"]
    assert measured["metrics"]["NDCG@100"]["mean"] == pytest.approx(figure["mean"])
    command = ["train", "--data", folder, "--config", folder / "best.json"]
    command += ["--out", folder / "models", "--set", "l2=9"]
    assert CliRunner().invoke(main, [str(each) for each in command]).exit_code == 0
    trained = artifact.open(folder / "models", "EASE").manifest["config"]
    assert (trained["l2"], trained["dropout"]) == (9.0, 0.25)


def test_train_asks_for_a_model_that_fits_its_settings(folder: Path) -> None:
    config = folder / "ease.json"
    config.write_text('{"model": "EASE", "config": {}}')
    command = ["train", "--data", str(folder), "--out", str(folder / "models")]
    for more, message in (
        ([], "Say which --model to train"),
        (["--model", "content", "--config", str(config)], "is of EASE, not content"),
    ):
        result = CliRunner().invoke(main, [*command, *more])
        assert result.exit_code == 2
        assert message in result.stderr


def test_the_first_trial_has_the_models_own_settings_and_nothing_found_is_worse(
    folder: Path,
) -> None:
    assert tuned(folder, "--trials", 1).exit_code == 0
    own = best(folder)
    assert own["config"] == EASE().config.to_mapping()
    assert tuned(folder, "--trials", 6).exit_code == 0
    assert best(folder)["found"]["figure"]["mean"] >= own["found"]["figure"]["mean"]


def test_only_validation_people_are_ever_asked(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    draw = splits.strong

    def watched(*arguments: Any, part: splits.Part, **more: Any) -> splits.Split:
        asked.append(part)
        return draw(*arguments, part=part, **more)

    monkeypatch.setattr(splits, "strong", watched)
    assert tuned(folder, "--trials", 2).exit_code == 0
    assert set(asked) == {"validation"}
    assert "--on" not in CliRunner().invoke(main, ["tune", "--help"]).output


def test_errors_are_made_small_and_ranks_large(folder: Path) -> None:
    result = tuned(folder, "--protocol", "rating", "--model", "popularity", "--trials", 6)
    assert result.exit_code == 0, result.output
    figures = [float(line.split()[1]) for line in result.stdout.splitlines() if "life" in line]
    assert figures == sorted(figures)
    assert best(folder)["found"]["figure"]["mean"] == pytest.approx(figures[0], abs=1e-4)


class Stopped:
    """Let so many trainings end, then press Ctrl-C, or pull the plug."""

    def __init__(self, after: int, how: type[BaseException]) -> None:
        self.left, self.how, self.seen = after, how, list[dict[str, object]]()
        self._train = scoring.trained

    def __call__(self, model: Model[Any], question: Question) -> tuple[Model[Any], float]:
        if self.left == 0:
            raise self.how
        self.left -= 1
        self.seen.append(model.config.to_mapping())
        return self._train(model, question)


class Killed(BaseException):
    """Nothing in the program hears of it."""


def test_ctrl_c_keeps_what_was_found_and_the_same_command_goes_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(scoring, "trained", Stopped(3, KeyboardInterrupt))
        result = tuned(folder, "--trials", 6)
    assert result.exit_code == 130
    said = result.stderr.strip().splitlines()[-1]
    assert "Interrupted after 3 of 6 trials" in said
    assert "best.json.trials" in said
    assert best(folder)["found"]["trials"] == 3
    result = tuned(folder, "--trials", 6)
    assert result.exit_code == 0
    assert "has 3 trials; the search goes on" in result.stderr
    assert best(folder)["found"]["trials"] == 6


def test_a_search_that_was_killed_tries_what_it_would_have_tried(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, first = Stopped(12, KeyboardInterrupt), Stopped(11, Killed)
    second = Stopped(1, Killed)
    monkeypatch.setattr(scoring, "trained", whole)
    tuned(folder, "--trials", 12, "--storage", folder / "whole")
    monkeypatch.setattr(scoring, "trained", first)
    with pytest.raises(Killed):
        tuned(folder, "--trials", 12, "--storage", folder / "killed")
    monkeypatch.setattr(scoring, "trained", second)
    assert tuned(folder, "--trials", 12, "--storage", folder / "killed").exit_code == 0
    assert first.seen + second.seen == whole.seen


def test_trials_of_another_search_are_refused(folder: Path) -> None:
    assert tuned(folder, "--trials", 1).exit_code == 0
    for more, what in (
        (["--model", "itemknn"], "model"),
        (["--seed", 5], "seed"),
        (["--set", "dropout=0.3"], "fixed"),
        (["--feedback", "all"], "feedback"),
    ):
        result = tuned(folder, "--trials", 2, *more)
        assert result.exit_code == 2
        assert f"its {what} is not the same" in result.stderr
    (folder / "text").write_text("no trials")
    assert "is no file of trials" in tuned(folder, "--storage", folder / "text").stderr


def test_settings_that_a_model_refuses_are_failed_trials(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train = scoring.trained
    calls: list[int] = []

    def sometimes(model: Model[Any], question: Question) -> tuple[Model[Any], float]:
        calls.append(1)
        if len(calls) == 2:
            raise InvalidConfig("Too small.")
        return train(model, question)

    monkeypatch.setattr(scoring, "trained", sometimes)
    result = tuned(folder, "--trials", 3)
    assert result.exit_code == 0
    assert len(calls) == 3
    assert best(folder)["found"]["trials"] == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--model", "magic"], "There is no model 'magic'"),
        (["--protocol", "rating"], "EASE predicts no ratings"),
        (["--set", "l2=-1"], "l2 is a positive number"),
        (["--set", "magic=1"], "no setting 'magic'"),
        (["--model", "content", "--set", "neutral_rating=3"], "has nothing to search"),
        (["--trials", 0], "0 is not in the range"),
        (["--storage", "absent/s"], "cannot be written"),
        (["--out", "absent/b.json"], "cannot be written"),
        (["--order", "o.npz"], "is for the protocol loo"),
    ],
)
def test_what_cannot_be_searched_is_said_in_one_line(
    folder: Path, arguments: list[object], message: str
) -> None:
    result = tuned(folder, *arguments)
    assert result.exit_code == 2
    assert message in result.stderr.strip().splitlines()[-1]
    assert not (folder / "best.json").exists()


def test_a_missing_library_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "find_spec", lambda _: None)
    assert 'pip install "moviverse-engine[tune]"' in tuned(folder).stderr


@pytest.mark.parametrize("name", list(registry.MODELS))
def test_every_model_has_a_space_whose_bounds_it_takes(name: str) -> None:
    own = registry.MODELS[name].config_type().to_mapping()
    space = search_spaces.SPACES[name]
    assert space
    for setting, each in space.items():
        known: Any = own
        for part in setting.split("."):
            assert part in known, f"{name} has no setting {setting}"
            known = known[part]
        bounds = each.values if isinstance(each, Choice) else (each.low, each.high)
        for value in bounds:
            nested: Any = value
            for part in reversed(setting.split(".")):
                nested = {part: nested}
            registry.MODELS[name].config_type.from_mapping(nested)
        inside = known in bounds if isinstance(each, Choice) else each.low <= known <= each.high
        if isinstance(known, tuple):
            inside = ",".join(map(str, known)) in bounds
        assert inside, f"{name}'s own {setting} is outside of what is searched"
        assert not isinstance(each, (Real, Whole)) or not each.log or each.low > 0


def test_a_model_of_descriptions_is_not_searched_without_them(folder: Path) -> None:
    (folder / "movies.csv").unlink()
    result = tuned(folder, "--model", "content")
    assert result.exit_code == 2
    assert "Content needs item features" in result.stderr.strip().splitlines()[-1]
