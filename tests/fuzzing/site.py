"""What requests are sent to: films, trained models, a member who has something of everything."""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from django.conf import settings
from django.core import management
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.utils import timezone

from moviverse.accounts import selectors, tokens
from moviverse.accounts import services as accounts
from moviverse.cli import embedded_postgres
from moviverse.library import services as library
from tests.factories import recommendations
from tests.factories.accounts import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator

RATED = 12  # films of the member, and of somebody else
CHANCE = 3  # one in so many ids stays as it was made up: an unknown film must be answered too


@dataclass(frozen=True)
class Somebody:
    """Who asks: with a fresh token each time, whatever the last request did to their sessions."""

    username: str

    @property
    def header(self) -> str:
        """What `Authorization` says."""
        user = selectors.named(identifier=self.username)
        return f"Bearer {tokens.issue(user=user, now=timezone.now()).access}"


@dataclass(frozen=True)
class Site:
    """A site in this process."""

    app: Any
    movie_ids: list[int]
    member: Somebody
    admin: Somebody


@contextmanager
def standing() -> Iterator[Site]:
    """Have the site up within the block."""
    with embedded_postgres.running(settings.HOME / "postgres"):
        connection.settings_dict["CONN_MAX_AGE"] = None
        management.call_command("migrate", verbosity=0)
        recommendations.load_films()
        recommendations.load_viewers()
        recommendations.train()
        yield _furnished()
        connection.close()


def _furnished() -> Site:
    now, rng = timezone.now(), np.random.default_rng(0)
    ids = [film.tmdb_id or 0 for film in recommendations.chosen_films()]
    for name, make in {
        "admin": accounts.create_administrator,
        "member": accounts.register,
        "other": accounts.register,
    }.items():
        user = make(email=f"{name}@example.org", username=name, password=PASSWORD, now=now)
        for movie_id in rng.choice(ids, RATED, replace=False).tolist():
            library.rate(user=user, movie_id=movie_id, value=4.0, now=now)
    return Site(
        app=get_wsgi_application(),
        movie_ids=ids,
        member=Somebody("member"),
        admin=Somebody("admin"),
    )


class Ids:
    """Gives most requests the id of a film that is there; made-up ones alone find little."""

    def __init__(self, site: Site) -> None:
        self._films = itertools.cycle(site.movie_ids)
        self._turns = itertools.count(1)

    def known(self, made_up: Any) -> Any:
        """Return a film of the site, or now and then the id that was made up."""
        if next(self._turns) % CHANCE == 0:
            return made_up
        return next(self._films)
