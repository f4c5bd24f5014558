from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from hypothesis import settings as hypothesis_settings

from moviverse import tmdb
from moviverse.catalog import tmdb_usage
from moviverse.catalog.selectors import word_index
from moviverse.cli import embedded_postgres
from moviverse.core import tallies
from tests.fakes import tmdb_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import Settings

hypothesis_settings.register_profile("unhurried", deadline=None)  # any example may take long
hypothesis_settings.load_profile("unhurried")

NEVER_SECONDS = 3_600.0  # longer than any test
FAKE_KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
HOME = Path(os.environ.setdefault("MOVIVERSE_HOME", "var/test")).resolve()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,  # noqa: ARG001 - a database for each process
) -> Iterator[None]:
    """Keep the embedded PostgreSQL up, unless the environment names another."""
    if os.environ.get("DATABASE_URL"):
        yield
        return
    with embedded_postgres.running(HOME / "postgres"):
        yield


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Let no test be counted against the next one's limits, or find what was kept for the last."""
    cache.clear()
    tallies.forget()


@pytest.fixture(autouse=True)
def titles_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a search know of every film at once, however long a busy machine takes to index them."""
    monkeypatch.setattr(word_index, "FREE_SECONDS", NEVER_SECONDS)


@pytest.fixture(autouse=True)
def forgotten_tmdb(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let no test find TMDb as the last one left it: left alone, or with calls to be counted.

    What is written by itself, a second later and from another thread, no test takes back.
    """
    monkeypatch.setattr(tmdb_usage.recorder, "flush_seconds", NEVER_SECONDS)
    yield
    tmdb.forget()
    tmdb_usage.recorder.forget()


@pytest.fixture
def fake_tmdb(settings: Settings) -> Iterator[tmdb_server.Server]:
    """Run a TMDb of our own, and let the site believe that it is the real one."""
    with tmdb_server.running() as server:
        settings.TMDB_API_KEY = FAKE_KEY
        settings.TMDB_BASE_URL = server.url
        yield server
