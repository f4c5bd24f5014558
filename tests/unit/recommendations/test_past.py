"""What became of the films that were shown, and for how long that is known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from moviverse.catalog import selectors as movies
from moviverse.library import services as library
from moviverse.recommendations import receipts, selectors, services
from moviverse.recommendations.models import Feedback, Receipt
from moviverse.recommendations.receipts import Page
from moviverse.recommendations.wishes import Answer, Recommendation, Wish
from tests.factories import accounts, catalog

if TYPE_CHECKING:
    from uuid import UUID

    from pytest_django import DjangoAssertNumQueries, Settings

    from moviverse.accounts.models import User
    from moviverse.catalog.models import Movie

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def viewer() -> User:
    return accounts.member(now=NOW)


def kept(user: User, films: list[Movie], *, now: datetime, first: UUID | None = None) -> UUID:
    """Keep a receipt that shows some films."""
    cards = movies.cards([film.pk for film in films]).values()
    answer = Answer(
        request_id=uuid4(),
        model="Hybrid",
        model_version="1",
        strategy="hybrid",
        generated_at=now,
        results=tuple(
            Recommendation(rank=rank, score=1.0, predicted_rating=None, movie=card, reasons=())
            for rank, card in enumerate(cards, start=1)
        ),
    )
    receipts.keep(answer=answer, user_id=user.pk, said={}, wish=Wish(), page=Page(first=first))
    return answer.request_id


def told(user: User) -> dict[UUID, dict[int, list[tuple[str, float | None]]]]:
    shown = selectors.shown(user=user, receipts=list(selectors.receipts(user=user)))
    return {
        each.receipt.id: {
            film: [(o.action, o.rating) for o in outcomes]
            for film, outcomes in each.outcomes.items()
        }
        for each in shown
    }


def test_a_deed_counts_for_the_latest_list_that_showed_the_film(
    viewer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    one, two, three = catalog.films(3)
    old = kept(viewer, [one, two], now=NOW)
    new = kept(viewer, [two, three], now=NOW + DAY)
    for film in (one, two, three):
        library.record(user=viewer, movie_id=film.pk, type="select", now=NOW + 2 * DAY)
    with django_assert_num_queries(3):  # the lists, the deeds, the showings
        found = told(viewer)
    assert found[old] == {one.pk: [("select", None)]}
    assert found[new] == {two.pk: [("select", None)], three.pk: [("select", None)]}


def test_a_later_list_counts_even_where_the_page_does_not_hold_it(viewer: User) -> None:
    (film,) = catalog.films(1)
    old = kept(viewer, [film], now=NOW)
    kept(viewer, [film], now=NOW + HOUR)
    library.record(user=viewer, movie_id=film.pk, type="view", now=NOW + 2 * HOUR)
    page = [selectors.receipt(user=viewer, request_id=old)]
    assert selectors.shown(user=viewer, receipts=page)[0].outcomes == {}


def test_what_happens_before_or_long_after_has_nothing_to_do_with_it(viewer: User) -> None:
    one, two = catalog.films(2)
    library.record(user=viewer, movie_id=one.pk, type="view", now=NOW - HOUR)
    request_id = kept(viewer, [one, two], now=NOW)
    library.record(user=viewer, movie_id=two.pk, type="view", now=NOW + 8 * DAY)
    assert told(viewer)[request_id] == {}


def test_every_kind_of_deed_is_told_once_in_its_order(viewer: User) -> None:
    film, other = catalog.films(2)
    request_id = kept(viewer, [film], now=NOW)
    library.record(user=viewer, movie_id=film.pk, type="view", now=NOW + HOUR)
    library.record(user=viewer, movie_id=film.pk, type="recommend", now=NOW + HOUR)
    library.rate(user=viewer, movie_id=film.pk, value=4.5, now=NOW + 2 * HOUR)
    library.record(user=viewer, movie_id=film.pk, type="view", now=NOW + 3 * HOUR)
    services.give_feedback(
        user=viewer, movie_id=film.pk, action="more_like_this", now=NOW + 4 * HOUR
    )
    library.record(user=viewer, movie_id=other.pk, type="view", now=NOW + HOUR)
    assert told(viewer)[request_id] == {
        film.pk: [("rate", 4.5), ("view", None), ("more_like_this", None)]
    }


def test_feedback_is_about_the_list_that_it_names(viewer: User) -> None:
    (film,) = catalog.films(1)
    named = kept(viewer, [film], now=NOW)
    latest = kept(viewer, [film], now=NOW + HOUR)
    services.give_feedback(
        user=viewer, movie_id=film.pk, action="dismiss", request_id=named, now=NOW + 2 * HOUR
    )
    assert told(viewer) == {named: {film.pk: [("dismiss", None)]}, latest: {}}


def test_nobody_elses_deeds_count(viewer: User) -> None:
    (film,) = catalog.films(1)
    request_id = kept(viewer, [film], now=NOW)
    other = accounts.member(now=NOW)
    kept(other, [film], now=NOW + HOUR)
    library.record(user=other, movie_id=film.pk, type="view", now=NOW + 2 * HOUR)
    library.record(user=viewer, movie_id=film.pk, type="view", now=NOW + 3 * HOUR)
    assert told(viewer)[request_id] == {film.pk: [("view", None)]}


def test_old_receipts_are_removed_with_their_pages_and_feedback_stays(
    viewer: User, settings: Settings
) -> None:
    settings.RECEIPTS_KEPT_DAYS = 30
    (film,) = catalog.films(1)
    old = kept(viewer, [film], now=NOW - 31 * DAY)
    kept(viewer, [film], now=NOW - 31 * DAY + HOUR, first=old)
    young = kept(viewer, [film], now=NOW - 29 * DAY)
    services.give_feedback(
        user=viewer, movie_id=film.pk, action="dismiss", request_id=old, now=NOW - 31 * DAY
    )
    assert services.prune_receipts(now=NOW) == 2
    assert services.prune_receipts(now=NOW) == 0
    assert list(Receipt.objects.values_list("id", flat=True)) == [young]
    assert Feedback.objects.get().receipt_id is None
