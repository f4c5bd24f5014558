from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.testing import CliRunner

from moviverse.cli.commands import cli
from moviverse.core import errors

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

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


def test_every_command_says_what_it_does() -> None:
    for name in ["serve", "prepare", "import", "train", "rollback", "schema", "where"]:
        said = CliRunner().invoke(cli, [name, "--help"])
        assert said.exit_code == 0
        assert len(said.output.splitlines()) > 3


def test_a_named_error_ends_with_one_sentence_and_not_with_a_traceback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(**_: object) -> None:
        raise errors.Invalid("The file ends in the middle.", fields={"line 7": ["two columns"]})

    monkeypatch.setattr("moviverse.cli.commands.tmdb_csv.import_tmdb_csv", refuse)
    ended = CliRunner().invoke(cli, ["import", "tmdb-csv", __file__])
    assert ended.exit_code == 1
    assert "The file ends in the middle." in ended.output
    assert "line 7: two columns" in ended.output
    assert "Traceback" not in ended.output


def test_a_path_that_is_not_there_is_refused() -> None:
    refused = CliRunner().invoke(cli, ["import", "movielens", "no/such/folder"])
    assert refused.exit_code == 2
    assert "no/such/folder" in refused.output
