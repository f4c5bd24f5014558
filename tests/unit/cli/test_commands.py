from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from moviverse.cli.commands import SECTIONS, cli
from moviverse.core import errors

if TYPE_CHECKING:
    from collections.abc import Iterator


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
