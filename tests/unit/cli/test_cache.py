from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from rest_framework.test import APIClient

from moviverse.api import caching
from moviverse.cli.cache import SCOPES
from moviverse.cli.commands import cli
from moviverse.core import tallies
from tests.factories import catalog

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = pytest.mark.django_db

PATHS = {
    "lists": "/api/movies/",
    "search": "/api/movies/search/?q=heat",
    "suggest": "/api/movies/suggest/?q=he",
    "genres": "/api/genres/",
}


@pytest.fixture(autouse=True)
def database_of_the_tests(settings: Settings) -> None:
    """The tests have the database up already."""
    settings.DATABASE_IS_EMBEDDED = False
    settings.REDIS_URL = ""


def done(*words: str) -> str:
    ended = CliRunner().invoke(cli, ["cache", *words], env={"COLUMNS": "200"})
    assert ended.exit_code == 0, ended.output
    return ended.output


def sources() -> dict[str, str]:
    return {kind: APIClient().get(path)["X-Cache"] for kind, path in PATHS.items()}


def test_nothing_was_asked_for_yet() -> None:
    tallies.forget()
    assert "Nothing was asked for yet." in done("stats")


def test_the_hit_ratio_is_shown_by_kind() -> None:
    catalog.film()
    for _ in range(4):
        APIClient().get("/api/movies/")
    said = done("stats")
    (line,) = [line for line in said.splitlines() if "lists" in line]
    assert line.split()[:6] == ["lists", "3", "1", "0", "0", "75.0%"]
    assert "REDIS_URL" in said


def test_one_kind_is_emptied_and_the_others_stay() -> None:
    catalog.film(title="Heat")
    assert set(sources().values()) == {"miss"}
    assert set(sources().values()) == {"hit"}
    done("clear", "--scope", "lists")
    assert sources() == {"lists": "miss", "search": "hit", "suggest": "hit", "genres": "hit"}


def test_everything_is_emptied() -> None:
    film = catalog.film(title="Heat")
    sources()
    APIClient().get(f"/api/movies/{film.pk}/")
    done("clear")
    assert set(sources().values()) == {"miss"}
    assert APIClient().get(f"/api/movies/{film.pk}/")["X-Cache"] == "miss"


def test_every_kind_that_is_kept_can_be_emptied() -> None:
    views = Path(caching.__file__).parent.rglob("*.py")
    kinds = {
        kind for path in views for kind in re.findall(r'@remembered\(\s*"(\w+)"', path.read_text())
    }
    assert {"lists", "trending"} <= kinds
    assert kinds <= set(SCOPES)


def test_a_kind_that_there_is_not_is_refused() -> None:
    ended = CliRunner().invoke(cli, ["cache", "clear", "--scope", "moods"])
    assert ended.exit_code == 2
    assert all(scope in ended.output for scope in SCOPES)
