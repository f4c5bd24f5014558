"""TMDb from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from django.utils import timezone

from moviverse import tmdb
from moviverse.catalog import services
from moviverse.cli.commands import cli
from tests.factories.jobs import run_pending

if TYPE_CHECKING:
    from click.testing import Result
    from pytest_django import Settings

    from tests.fakes.tmdb_server import Server

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def database_of_the_tests(settings: Settings) -> None:
    """The tests have the database up already."""
    settings.DATABASE_IS_EMBEDDED = False


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ["tmdb", *words], env={"COLUMNS": "200"})


@pytest.mark.usefixtures("fake_tmdb")
def test_a_key_that_works_is_said_to() -> None:
    ended = run("check")
    assert ended.exit_code == 0
    assert ended.output.startswith("The key works: The Movie Database answered within ")


def test_a_key_that_is_refused_is_one_sentence(fake_tmdb: Server) -> None:
    fake_tmdb.switch("401")
    ended = run("check")
    assert ended.exit_code == 2
    assert ended.output == "moviverse: The Movie Database does not accept the key of this site.\n"


def test_a_missing_key_is_one_sentence(settings: Settings) -> None:
    settings.TMDB_API_KEY = ""
    ended = run("check")
    assert ended.exit_code == 2
    assert "TMDB_API_KEY is not set" in ended.output


def test_usage_shows_calls_by_endpoint(fake_tmdb: Server) -> None:
    assert run("usage").output == "The Movie Database was not asked in the last 24 hours.\n"
    run("check")
    fake_tmdb.switch("html")
    run("check")
    said = run("usage", "--hours", "2").output
    assert "saved by the cache" in said
    row = next(line for line in said.splitlines() if "configuration" in line)
    assert row.split()[1:3] == ["2", "1"]


@pytest.mark.usefixtures("fake_tmdb")
def test_a_load_is_done_by_a_worker_and_its_end_is_told() -> None:
    assert "No run through TMDb was begun yet." in run("status").output
    assert run("load", "--top", "3").output.startswith("A worker fetches the 3 best known films")
    assert "page 1" in run("status").output
    assert [job.state for job in run_pending()] == ["done"]
    said = run("status").output
    rows = [line.split() for line in said.splitlines() if line.strip()]
    assert next(row for row in rows if row[0] == "load")[-2:] == ["3", "0"]
    assert ["synced", "3"] in rows


def test_what_failed_last_is_told_with_its_reason(fake_tmdb: Server) -> None:
    fake_tmdb.switch("malformed")
    with pytest.raises(tmdb.BadAnswer):
        services.sync_movie(tmdb_id=949, now=timezone.now())
    said = run("status").output
    assert ["949", "1"] in [line.split()[:2] for line in said.splitlines()]
    assert "cannot be used" in said


def test_a_load_without_a_key_is_refused(settings: Settings) -> None:
    settings.TMDB_API_KEY = ""
    ended = run("load", "--top", "3")
    assert ended.exit_code == 2
    assert "TMDB_API_KEY is not set" in ended.output
