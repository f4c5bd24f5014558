"""Jobs in a process of their own: what they tell, how they end, and what is left of them."""

from __future__ import annotations

import os
import signal
import sys
import uuid
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from django.db import connection

from moviverse.core import errors, jobs
from moviverse.worker import apart
from moviverse_engine import artifact
from tests.factories.recommendations import load_films, load_viewers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_django import Settings

    Told = list[tuple[float, str]]


class Stopped(Exception):
    pass


def running(
    told: Told, then: Callable[[str], None] = lambda _: None, *, name: str = jobs.TRAIN_MODELS
) -> jobs.Running:
    """Return a job that notes what it reports."""

    class Noted(jobs.Running):
        def report(self, fraction: float, message: str) -> None:
            self.progress, self.message = fraction, message
            told.append((fraction, message))
            then(message)

    return Noted(uuid.uuid4(), name, {}, 1, "the test")


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let some lines of Python be the process."""
    monkeypatch.setattr(apart, "LOOK_SECONDS", 0.05)

    def put(lines: str) -> None:
        monkeypatch.setattr(apart, "COMMAND", (sys.executable, "-c", lines))

    return put


def children() -> list[psutil.Process]:
    return [each for each in psutil.Process().children() if each.status() != "zombie"]


def test_what_the_process_tells_is_what_the_job_reports(program: Callable[[str], None]) -> None:
    program(
        "import time\n"
        "print('{\"fraction\": 0.5, \"mess', end='', flush=True); time.sleep(0.2)\n"
        'print(\'age": "half"}\\n{"fraction": 1.0, "message": "all"}\')'
    )
    told: Told = []
    apart.run(running(told))
    assert [each for each in told if each[1]] == [(0.5, "half"), (1.0, "all")]


@pytest.mark.parametrize(("final", "kind"), [(True, errors.Invalid), (False, apart.EndedBadly)])
def test_an_error_is_told_with_its_sentence(
    program: Callable[[str], None],
    final: bool,  # noqa: FBT001 - a parameter of the table
    kind: type[errors.MoviverseError],
) -> None:
    program(f"import json; print(json.dumps({{'error': 'No films.', 'final': {final}}}))")
    with pytest.raises(kind, match="No films"):
        apart.run(running([]))


@pytest.mark.parametrize(
    ("lines", "said"),
    [("raise SystemExit(3)", "ended with 3"), ("import os; os.kill(os.getpid(), 9)", "signal 9")],
)
def test_a_process_that_dies_fails_the_attempt(
    program: Callable[[str], None], lines: str, said: str
) -> None:
    program(lines)
    with pytest.raises(apart.EndedBadly, match=said):
        apart.run(running([]))


def test_a_job_that_must_end_takes_its_silent_process_along(program: Callable[[str], None]) -> None:
    program("import time; time.sleep(600)")

    def stop(_: str) -> None:
        raise Stopped

    before = len(children())
    with pytest.raises(Stopped):
        apart.run(running([], stop))
    assert len(children()) == before


def test_without_a_model_no_process_is_started_to_make_lists(
    program: Callable[[str], None], settings: Settings, tmp_path: Path
) -> None:
    program("raise SystemExit(3)")
    settings.MODELS_DIR = tmp_path
    told: Told = []
    apart.generate(running(told, name=jobs.GENERATE_RECOMMENDATIONS))
    assert told == [(1.0, "No model is trained yet.")]


@pytest.fixture
def real(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let a real child find the tests' database and a home of its own; return its models."""
    there: dict[str, Any] = connection.get_connection_params()
    monkeypatch.delenv("DATABASE_URL", raising=False)
    for name in ("user", "password", "host", "port"):
        monkeypatch.setenv(f"DATABASE_{name.upper()}", str(there.get(name) or ""))
    monkeypatch.setenv("DATABASE_NAME", there["dbname"])
    monkeypatch.setenv("MOVIVERSE_HOME", str(tmp_path))
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "moviverse.config.settings.test")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    settings.MODELS_DIR, settings.CORPORA_DIR = tmp_path / "models", tmp_path / "corpora"
    load_films()
    load_viewers()
    return tmp_path / "models"


@pytest.mark.django_db(transaction=True)
def test_a_training_that_is_killed_leaves_the_active_version_and_the_next_one_trains(
    real: Path,
) -> None:
    told: Told = []
    apart.run(running(told))
    assert told[-1][1].startswith("Published Hybrid, EASE")
    active = artifact.active(real, "Hybrid")
    apart.train(running(told))
    assert told[-1][1] == "Too little is new since the last training."

    apart.generate(running(told, name=jobs.GENERATE_RECOMMENDATIONS))
    assert told[-1][1].startswith("Made 0 lists")

    load_viewers(seed=1)

    def kill(message: str) -> None:
        if message == "Training":
            for child in children():
                child.send_signal(signal.SIGKILL)

    with pytest.raises(apart.EndedBadly, match="signal 9"):
        apart.run(running([], kill))
    assert artifact.active(real, "Hybrid") == active
    assert artifact.versions(real, "Hybrid") == [active]
