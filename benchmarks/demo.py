"""The demo with trained models, and members who rated some of its films."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from django.conf import settings
from django.db import connection
from django.utils import timezone

from benchmarks import site
from moviverse.accounts import services as accounts
from moviverse.accounts import tokens
from moviverse.catalog.models import Movie
from moviverse.cli import embedded_postgres, first_start
from moviverse.library import services as library

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moviverse.accounts.models import User

MEMBERS = 24
RATINGS = (20, 100)  # of each member


@contextmanager
def loaded() -> Iterator[None]:
    """Have the database up within the block, the demo in it and its models trained."""
    home = settings.HOME / "postgres"
    embedded_postgres.ensure(home)
    try:
        first_start.prepare(
            data=None, now=timezone.now(), rng=np.random.default_rng(0), progress=_quiet
        )
        yield
    finally:
        connection.close()
        embedded_postgres.stop(home)


def members() -> list[tuple[User, str]]:
    """Make members with ratings, and an access token for each."""
    now, rng = timezone.now(), np.random.default_rng(1)
    ids = list(Movie.objects.order_by("tmdb_id").values_list("tmdb_id", flat=True))
    made = []
    for number in range(MEMBERS):
        user = accounts.register(
            email=f"viewer{number}@example.org",
            username=f"viewer{number}",
            password=secrets.token_urlsafe(),
            now=now,
        )
        for movie_id in rng.choice(ids, rng.integers(*RATINGS), replace=False).tolist():
            value = float(rng.integers(3, 11)) / 2
            library.rate(user=user, movie_id=movie_id, value=value, now=now)
        made.append((user, tokens.issue(user=user, now=now).access))
    return made


def _quiet(fraction: float, message: str) -> None:
    """Show no progress."""


__all__ = ["loaded", "members", "site"]
