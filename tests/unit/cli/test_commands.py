from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from moviverse.cli.commands import SECTIONS, cli
from moviverse.core import errors, jobs
from moviverse.core.models import Job

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click.testing import Result

OPERATIONS = Path(__file__).resolve().parents[3] / "docs" / "operations.md"


def commands(group: click.Group, path: str) -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}"


def test_every_command_is_in_the_operations_page() -> None:
    page = OPERATIONS.read_text()
    for command in commands(cli, "moviverse"):
        assert f"| `{command}" in page


@pytest.mark.parametrize("command", sorted(commands(cli, "moviverse")))
def test_every_command_says_what_it_does_with_an_example(command: str) -> None:
    words = command.split()[1:]
    said = CliRunner().invoke(cli, [*words, "--help"])
    if words == ["manage"]:  # its help is Django's
        return
    assert said.exit_code == 0
    assert f"Example: {command}" in said.output


def test_the_help_shows_every_command_under_its_heading() -> None:
    said = CliRunner().invoke(cli, ["--help"]).output
    places = [said.index(f"{heading}:\n") for heading in SECTIONS]
    assert places == sorted(places)
    assert {name for names in SECTIONS.values() for name in names} == set(cli.commands)
    assert "More:" not in said


def test_a_named_error_ends_with_one_sentence_and_not_with_a_traceback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(**_: object) -> None:
        raise errors.Invalid("The file ends in the middle.", fields={"line 7": ["two columns"]})

    monkeypatch.setattr("moviverse.cli.commands.tmdb_csv.import_tmdb_csv", refuse)
    ended = CliRunner().invoke(cli, ["import", "tmdb-csv", __file__])
    assert ended.exit_code == 2
    assert "The file ends in the middle." in ended.output
    assert "line 7: two columns" in ended.output
    assert "Traceback" not in ended.output


def test_a_path_that_is_not_there_is_refused() -> None:
    refused = CliRunner().invoke(cli, ["import", "movielens", "no/such/folder"])
    assert refused.exit_code == 2
    assert "no/such/folder" in refused.output


@pytest.mark.django_db
def test_jobs_are_listed_and_a_failed_one_is_queued_again() -> None:
    now = datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert "There are no such jobs." in run_jobs("list").output
    job_id = jobs.enqueue(name="mend", arguments={}, now=now)
    running = jobs.claim(worker="ada", now=now)
    assert running is not None
    running.report(0.25, "a quarter")
    assert "25% a quarter" in run_jobs("list").output
    jobs.fail(running, error="It rains [here].", now=now)
    assert "again at 12:00:15: It rains [here]." in run_jobs("list").output
    assert "There are no such jobs." in run_jobs("list", "--state", "failed").output
    Job.objects.update(state="failed", finished_at=now)
    listed = run_jobs("list", "--state", "failed", "--name", "mend").output
    assert str(job_id) in listed
    assert "It rains [here]." in listed

    assert "queued again" in run_jobs("retry", str(job_id)).output
    refused = run_jobs("retry", str(job_id))
    assert refused.exit_code == 2
    assert "only one that has failed" in refused.output
    assert run_jobs("retry", "nonsense").exit_code == 2


def run_jobs(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["jobs", *arguments], env={"COLUMNS": "20"})
