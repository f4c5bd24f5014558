"""A site of any size in an empty database. What is there already is not made again.

Each stage is one transaction or, for films, the catalogue's own import, which goes on where it was
stopped: a fill that was killed is simply run again.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
from django.db import transaction

from benchmarks.bigsite import copying, deeds, films
from moviverse.accounts.models import Profile, User
from moviverse.catalog import services as catalog
from moviverse.catalog.models import Movie

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from numpy.typing import NDArray

    from benchmarks.bigsite.size import Size
    from moviverse.cli.console import Progress

FILMS_AT_ONCE, MEMBERS_AT_ONCE = 2_500, 5_000
NOBODYS_PASSWORD = "!synthetic"  # noqa: S105  # no password has this hash
DOMAIN = "@bigsite.example.org"


class AnotherSite(RuntimeError):
    """The database holds somebody's own site, which must not be filled with synthetic people."""


def fill(size: Size, *, now: datetime, progress: Progress) -> None:
    """Bring the site to its size.

    Raises:
        AnotherSite: there are people in the database that are not ours.
    """
    if User.objects.exclude(email__endswith=DOMAIN).exists():
        message = "The database holds accounts that this benchmark did not make; give it its own."
        raise AnotherSite(message)
    stages: tuple[tuple[str, Callable[[Size, datetime], bool]], ...] = (
        ("Ratings", deeds.ratings),
        ("Interactions", deeds.interactions),
        ("Views of visitors", deeds.visitors),
        ("Favourites", deeds.favorites),
        ("Watchlists", deeds.watchlists),
        ("Viewings", deeds.viewings),
        ("Reviews", deeds.reviews),
    )
    changed = [make(size, now, progress) for make in (_films, members)]
    for name, stage in stages:
        progress(0.0, name)
        changed.append(stage(size, now))
    if any(changed):
        progress(0.0, "Statistics")
        copying.settle()


def _films(size: Size, now: datetime, progress: Progress) -> bool:
    held = Movie.objects.count()
    if held >= size.films:
        return False
    rows, done = films.films(size.films), 0
    while batch := list(islice(rows, FILMS_AT_ONCE)):
        done += len(batch)
        if done > held:  # the last batch of a fill that was stopped is brought in again
            at = now - timedelta(days=365 * (1 - done / size.films))
            catalog.upsert_movies(batch, now=at)
        progress(done / size.films, "Films")
    return True


def members(size: Size, now: datetime, progress: Progress) -> bool:
    if User.objects.exists():
        return False
    rng = np.random.default_rng(deeds.MEMBERS_SEED)
    ids = iter(_as_uuids(copying.uuids(size.members, rng)))
    with transaction.atomic():
        for first in range(0, size.members, MEMBERS_AT_ONCE):
            numbers = range(first, min(first + MEMBERS_AT_ONCE, size.members))
            users = [_member(number, next(ids), now) for number in numbers]
            User.objects.bulk_create(users)
            Profile.objects.bulk_create(Profile(user=user) for user in users)
            progress(first / size.members, "Members")
    return True


def _member(number: int, id_: Any, now: datetime) -> User:
    return User(
        id=id_,
        email=f"member{number}{DOMAIN}",
        username=f"member{number}",
        username_key=f"member{number}",
        password=NOBODYS_PASSWORD,
        date_joined=now - timedelta(days=deeds.DAYS),
    )


def _as_uuids(raw: NDArray[Any]) -> Iterator[Any]:
    return (UUID(bytes=bytes(each)) for each in raw.tolist())
