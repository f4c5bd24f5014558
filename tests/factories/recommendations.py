"""A small site with trained models: 60 films of the demo and 150 of its synthetic viewers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from moviverse.catalog import services as catalog
from moviverse.recommendations import corpora, services
from moviverse.transfer import demo
from moviverse_engine.interactions import Interactions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pytest_django import DjangoDbBlocker, Settings

    from moviverse.transfer.demo import DemoFilm

FILMS, VIEWERS = 60, 150
HEAT = 949


@dataclass(frozen=True)
class Site:
    """Where the models and corpora of a site lie, and which films it has."""

    models: Path
    corpora: Path
    films: Sequence[DemoFilm]

    @property
    def ids(self) -> list[int]:
        """Return the public ids of the films."""
        return [film.tmdb_id or 0 for film in self.films]


@cache
def chosen_films() -> tuple[DemoFilm, ...]:
    """Return the best known films of the demo, Heat among them."""
    known = sorted(demo.films(), key=lambda film: (film.tmdb_id != HEAT, -film.fame, film.title))
    return tuple(known[:FILMS])


def load_films() -> None:
    """Bring the films into the catalogue."""
    catalog.upsert_movies(chosen_films(), now=timezone.now())


def load_viewers(*, seed: int = 0) -> None:
    """Store what the viewers rated as a corpus."""
    viewers = demo.viewers(chosen_films(), count=VIEWERS, rng=np.random.default_rng(seed))
    data = Interactions.from_columns(*viewers)
    corpora.save(corpora.DEMO, data, source="demo", synthetic=True, now=timezone.now())


def quiet(fraction: float, message: str) -> None:
    """Show no progress."""


def train(*names: str) -> None:
    """Train models, all of them when none is named."""
    services.train(
        names=names or None, now=timezone.now(), rng=np.random.default_rng(0), progress=quiet
    )


@pytest.fixture(scope="session")
def trained_once(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,  # noqa: ARG001 - the tables must be there
    django_db_blocker: DjangoDbBlocker,
) -> Site:
    """Train once for all tests; the films are taken back, and each test brings its own in."""
    home = tmp_path_factory.mktemp("site")
    made = Site(home / "models", home / "corpora", chosen_films())
    places = override_settings(MODELS_DIR=made.models, CORPORA_DIR=made.corpora)
    with django_db_blocker.unblock(), places, transaction.atomic():
        load_films()
        load_viewers()
        train()
        transaction.set_rollback(True)
    return made


@pytest.fixture
def site(trained_once: Site, db: None, settings: Settings) -> Site:  # noqa: ARG001 - the films go into it
    """Give a test a site with trained models, which it must not change."""
    settings.MODELS_DIR, settings.CORPORA_DIR = trained_once.models, trained_once.corpora
    load_films()
    return trained_once


@pytest.fixture
def bare_site(tmp_path: Path, db: None, settings: Settings) -> Site:  # noqa: ARG001 - the films go into it
    """Give a test the films and the viewers of its own site, and no models."""
    settings.MODELS_DIR, settings.CORPORA_DIR = tmp_path / "models", tmp_path / "corpora"
    load_films()
    load_viewers()
    return Site(settings.MODELS_DIR, settings.CORPORA_DIR, chosen_films())
