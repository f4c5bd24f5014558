from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from benchmarks.bigsite import copying, filling, films
from benchmarks.bigsite.size import Size
from django.db import connection

from moviverse.catalog import selectors as catalog
from moviverse.library.models import (
    AnonymousView,
    Favorite,
    Interaction,
    Rating,
    Review,
    Viewing,
    WatchlistItem,
)
from tests.factories import accounts

if TYPE_CHECKING:
    from collections.abc import Mapping
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
SMALL = Size(
    films=120,
    members=80,
    ratings=900,
    views=400,
    selects=100,
    visitors=60,
    favorites=90,
    watchlist=70,
    viewings=80,
    reviews=50,
)
MODELS = (Rating, Interaction, AnonymousView, Favorite, WatchlistItem, Viewing, Review)


def quiet(fraction: float, message: str) -> None:
    """Show no progress."""


@pytest.fixture
def site(db: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - a fixture
    monkeypatch.setattr(copying, "settle", lambda: None)  # VACUUM is for no transaction
    filling.fill(SMALL, now=NOW, progress=quiet)


def rows() -> Mapping[str, int]:
    return {model.__name__: model.objects.count() for model in MODELS}


def keys_and_indexes() -> set[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select conname, pg_get_constraintdef(oid) from pg_constraint "
            "where conrelid::regclass::text like 'library_%%' union all "
            "select indexname, indexdef from pg_indexes where tablename like 'library_%%'"
        )
        return set(cursor.fetchall())


@pytest.mark.django_db
def test_filling_leaves_every_key_and_index_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "settle", lambda: None)
    before = keys_and_indexes()
    filling.fill(SMALL, now=NOW, progress=quiet)
    assert keys_and_indexes() == before


@pytest.mark.usefixtures("site")
def test_a_site_is_filled_once_and_to_its_size() -> None:
    assert rows() == {
        "Rating": 900,
        "Interaction": 500,
        "AnonymousView": 60,
        "Favorite": 90,
        "WatchlistItem": 70,
        "Viewing": 80,
        "Review": 50,
    }
    filling.fill(SMALL, now=NOW, progress=quiet)
    assert sum(rows().values()) == SMALL.deeds


@pytest.mark.usefixtures("site")
def test_what_people_did_reads_back_as_it_was_meant() -> None:
    values = set(Rating.objects.values_list("value", flat=True))
    assert values <= {step / 2 for step in range(1, 11)}
    assert len(values) > 3
    assert all(moment <= NOW for moment in Rating.objects.values_list("rated_at", flat=True))
    for user, movie in Review.objects.values_list("user", "movie"):
        assert Rating.objects.filter(user=user, movie=movie).exists()


@pytest.mark.usefixtures("site")
def test_the_search_finds_a_synthetic_film_by_its_title_and_its_people() -> None:
    film = next(films.films(SMALL.films))
    assert film.tmdb_id in catalog.search(q=film.title).ids
    assert film.tmdb_id in catalog.search(q=film.cast[0].name).ids


@pytest.mark.django_db
def test_somebody_elses_site_is_never_filled() -> None:
    accounts.member()
    with pytest.raises(filling.AnotherSite):
        filling.fill(SMALL, now=NOW, progress=quiet)
