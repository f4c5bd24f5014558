from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.utils import timezone

from moviverse.library import selectors as library
from moviverse.recommendations import services as recommendations
from tests.factories import accounts
from tests.factories.jobs import unheard
from tests.factories.library import rate
from tests.factories.recommendations import HEAT

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from moviverse.accounts.models import User
    from tests.factories.recommendations import Site


def test_a_visitor_is_told_what_this_is_and_invited(site: Site, client: Client) -> None:  # noqa: ARG001 - the films
    text = client.get("/").content.decode()
    assert "the&nbsp;reason" in text or "reason&nbsp;why" in text
    assert "Popular now" in text
    assert "Newest releases" in text
    assert "Make an account" in text
    assert "For you" not in text


def test_a_member_sees_first_what_is_for_them_and_why(
    site: Site,  # noqa: ARG001 - the films
    signed_in: Client,
    member: User,
) -> None:
    rate(member, {HEAT: 5})
    text = signed_in.get("/").content.decode()
    assert text.index("For you</h2>") < text.index("Popular now")
    assert "Because you rated “Heat” 5 stars" in text
    assert "Make an account" not in text


def test_the_genres_that_a_member_prefers_come_first(site: Site, client: Client) -> None:  # noqa: ARG001 - the films
    client.force_login(accounts.member(preferred_genres=["War"]))
    text = client.get("/").content.decode()
    assert text.index(">War</h2>") < text.index(">Science Fiction</h2>")


def test_home_stays_up_while_no_model_is_trained(
    bare_site: Site,  # noqa: ARG001 - the films
    signed_in: Client,
    member: User,
) -> None:
    rate(member, {HEAT: 5})
    response = signed_in.get("/")
    assert response.status_code == 200
    assert "Popular now" in response.content.decode()
    assert "For you</h2>" not in response.content.decode()


def test_what_people_turn_to_is_a_row_once_it_is_a_trend(
    site: Site, client: Client, member: User
) -> None:
    assert "Trending this week" not in client.get("/").content.decode()
    rate(member, dict.fromkeys(site.ids[:6], 4.0))
    recommendations.flush_views(now=timezone.now() + timedelta(minutes=1), report=unheard)
    cache.clear()
    assert "Trending this week" in client.get("/").content.decode()


def test_an_empty_site_says_that_no_films_are_loaded(client: Client, db: None) -> None:  # noqa: ARG001 - an empty one
    text = client.get("/").content.decode()
    assert "No films have been loaded yet." in text
    assert '<h2 id="genres">' not in text


def test_what_a_member_was_shown_is_remembered_once(
    site: Site,  # noqa: ARG001 - the films
    signed_in: Client,
    member: User,
) -> None:
    rate(member, {HEAT: 5})
    signed_in.get("/")
    signed_in.get("/")
    shown = list(library.interactions(user=member, type="recommend"))
    assert len(shown) == 12
    assert len({row.movie_id for row in shown}) == 12


def test_home_asks_the_database_a_fixed_number_of_times(
    site: Site,  # noqa: ARG001 - the films
    client: Client,
    signed_in: Client,
    member: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client.get("/")  # remembers the trends
    # The genres' names, three rows, whether the trends were emptied, four rows of a genre with the genre.
    with django_assert_num_queries(1 + 3 + 1 + 4 * 2):
        client.get("/")
    rate(member, {HEAT: 5})
    signed_in.get("/")
    # With that: session, member, preferred genres; history, cards, receipt; a footprint in a transaction.
    with django_assert_num_queries(13 + 3 + 3 + 3):
        signed_in.get("/")


def test_a_demo_says_that_its_viewers_are_synthetic(site: Site, client: Client) -> None:  # noqa: ARG001 - a demo's models
    assert "synthetic viewers" in client.get("/").content.decode()


@pytest.mark.django_db
def test_a_site_without_the_demo_says_nothing_of_synthetic_viewers(client: Client) -> None:
    assert "synthetic" not in client.get("/").content.decode()
