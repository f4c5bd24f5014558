"""What the synthetic members did, each table filled once, in the order in which it happened."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db import connection
from django.db.models import Max

from benchmarks.bigsite import copying, films
from benchmarks.bigsite.audience import Audience, Pairs
from moviverse.library.models import (
    AnonymousView,
    Favorite,
    Interaction,
    Rating,
    Review,
    Viewing,
    WatchlistItem,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from numpy.typing import NDArray

    from benchmarks.bigsite.size import Size

    Columns = Mapping[str, NDArray[Any]]

MEMBERS_SEED = 10
DAYS = 3 * 365
RECENT = 0.5  # share of the views that are of the last week
STALE = timedelta(days=1)  # after which "this week" is drawn anew
STORIES, LETTERS = 1_000, 400  # texts of reviews, and how long each is
FINISHED = 0.8  # share of the viewings
LONGEST_PROGRESS_SECONDS = 7_000


def ratings(size: Size, now: datetime) -> bool:
    """Make ratings unless there are any; say whether there were none."""
    if Rating.objects.exists():
        return False
    people = _audience(size, 20)
    pairs = people.pairs(size.ratings)
    value = copying.halves(people.ratings(pairs))
    _write(Rating, size, pairs, {"value": value, "rated_at": _moments(people, pairs, now)})
    return True


def interactions(size: Size, now: datetime) -> bool:
    """Make views and picked films, anew where the last week's are of another week."""
    newest = Interaction.objects.aggregate(newest=Max("happened_at"))["newest"]
    if newest and newest > now - STALE:
        return False
    people = _audience(size, 30)
    with copying.bare("library_interaction"), connection.cursor() as cursor:
        cursor.execute("truncate library_interaction")
        for kind, count, recent in (("view", size.views, RECENT), ("select", size.selects, 0.0)):
            pairs = people.views(count)
            at = _moments(people, pairs, now, recent=recent)
            told = {"type": copying.texts(kind, count), "happened_at": at}
            copying.write("library_interaction", {**_owned(size, pairs), **told})
    return True


def visitors(size: Size, now: datetime) -> bool:
    """Make the views of people who are not signed in."""
    newest = AnonymousView.objects.aggregate(newest=Max("viewed_at"))["newest"]
    if newest and newest > now - STALE:
        return False
    people = _audience(size, 40)
    pairs = people.views(size.visitors)
    digest = np.random.default_rng(41).bytes(16 * len(pairs.films)).hex().encode()
    with copying.bare("library_anonymousview"), connection.cursor() as cursor:
        cursor.execute("truncate library_anonymousview")
        columns = {
            "movie_id": _owned(size, pairs)["movie_id"],
            "visitor": np.frombuffer(digest, dtype="V32"),
            "viewed_at": _moments(people, pairs, now, recent=RECENT),
            "count": np.ones(len(pairs.films), dtype=">i4"),
        }
        copying.write("library_anonymousview", columns)
    return True


def favorites(size: Size, now: datetime) -> bool:
    """Make favourites unless there are any."""
    return _saved(Favorite, size, now, count=size.favorites, seed=50)


def watchlists(size: Size, now: datetime) -> bool:
    """Make films that people want to watch unless there are any."""
    return _saved(WatchlistItem, size, now, count=size.watchlist, seed=60)


def viewings(size: Size, now: datetime) -> bool:
    """Make watched films unless there are any, some of them left in the middle."""
    if Viewing.objects.exists():
        return False
    people, rng = _audience(size, 70), np.random.default_rng(71)
    pairs = people.pairs(size.viewings)
    at = _moments(people, pairs, now)
    told = {
        "progress_seconds": rng.integers(60, LONGEST_PROGRESS_SECONDS, len(at)).astype(">i4"),
        "is_finished": rng.random(len(at)) < FINISHED,
        "started_at": at,
        "watched_at": at,
    }
    _write(Viewing, size, pairs, told)
    return True


def reviews(size: Size, now: datetime) -> bool:
    """Make reviews unless there are any, each of a film that its author has rated."""
    if Review.objects.exists():
        return False
    people, rng = _audience(size, 20), np.random.default_rng(81)
    rated, some = people.pairs(size.ratings), slice(size.reviews)  # they are in random order
    pairs = Pairs(rated.members[some], rated.films[some], rated.liked[some])
    letters = [films.story(rng).encode("ascii", "ignore") * 3 for _ in range(STORIES)]
    texts = np.array([each[:LETTERS] for each in letters]).view(f"V{LETTERS}")
    at = _moments(people, pairs, now)
    told = {
        "text": texts[rng.integers(STORIES, size=len(at))],
        "created_at": at,
        "updated_at": at,
    }
    _write(Review, size, pairs, told)
    return True


def _saved(
    model: type[Favorite | WatchlistItem], size: Size, now: datetime, *, count: int, seed: int
) -> bool:
    if model.objects.exists():
        return False
    people = _audience(size, seed)
    pairs = people.pairs(count)
    nothing = copying.texts("", count)
    told = {"title": nothing, "poster_url": nothing, "added_at": _moments(people, pairs, now)}
    _write(model, size, pairs, told)
    return True


def _write(model: Any, size: Size, pairs: Pairs, told: Columns) -> None:
    table = model._meta.db_table  # noqa: SLF001 - public by Django's documentation
    with copying.bare(table):
        copying.write(table, {**_owned(size, pairs), **told})


def _owned(size: Size, pairs: Pairs) -> Columns:
    """Return the columns that say who did something with which film."""
    users = copying.uuids(size.members, np.random.default_rng(MEMBERS_SEED))
    movies = np.array(films.ids(size.films), dtype=">i8")
    return {
        "id": copying.uuids(len(pairs.films), np.random.default_rng()),
        "user_id": users[pairs.members],
        "movie_id": movies[pairs.films],
    }


def _audience(size: Size, seed: int) -> Audience:
    return Audience(size.members, size.films, rng=np.random.default_rng(seed))


def _moments(people: Audience, pairs: Pairs, now: datetime, *, recent: float = 0.0) -> NDArray[Any]:
    at = np.datetime64(now.replace(tzinfo=None), "us")
    return copying.moments(people.moments(len(pairs.films), now=at, days=DAYS, recent=recent))
