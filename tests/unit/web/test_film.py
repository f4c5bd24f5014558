from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from moviverse.catalog.rows import CastRow
from tests.factories import accounts, catalog
from tests.factories.library import rate
from tests.factories.recommendations import HEAT

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from moviverse.accounts.models import User
    from tests.factories.recommendations import Site


def test_a_film_is_told_with_its_people_and_facts(site: Site, client: Client) -> None:  # noqa: ARG001 - the films
    text = client.get(f"/movies/{HEAT}").content.decode()
    for said in (
        "Heat",
        "Michael Mann",
        "Al Pacino",
        "Vincent Hanna",
        "2 h 50 min",
        "English",
        "15 December 1995",
    ):
        assert said in text
    assert "Similar films" in text
    assert "Viewers of this also liked" in text


def test_a_visitor_is_asked_to_sign_in_to_rate(site: Site, client: Client) -> None:  # noqa: ARG001 - the films
    text = client.get(f"/movies/{HEAT}").content.decode()
    assert f'href="/login?next=/movies/{HEAT}"' in text
    assert 'type="radio"' not in text


def test_a_member_has_ten_half_stars_with_their_names(
    site: Site,  # noqa: ARG001 - the films
    signed_in: Client,
) -> None:
    text = signed_in.get(f"/movies/{HEAT}").content.decode()
    assert text.count('type="radio"') == 10
    for said in (">½ star<", ">1 star<", ">1½ stars<", ">5 stars<"):
        assert said in "".join(text.split("\n"))
    assert "checked" not in text


def test_a_rating_is_shown_with_a_way_to_take_it_back(
    site: Site,  # noqa: ARG001 - the films
    signed_in: Client,
    member: User,
) -> None:
    rate(member, {HEAT: 4.5})
    rate(accounts.member(), {HEAT: 3})
    text = " ".join(signed_in.get(f"/movies/{HEAT}").content.decode().split())
    assert "Your rating: 4.5" in text
    assert 'value="4.5" required checked' in text
    assert 'name="remove"' in text
    assert "3.8 of 5 from 2 ratings" in text


def test_a_member_is_told_what_they_might_say_and_why(
    site: Site, signed_in: Client, member: User
) -> None:
    others = [movie_id for movie_id in site.ids if movie_id != HEAT][:8]
    rate(member, dict.fromkeys(others, 4.5))
    text = signed_in.get(f"/movies/{HEAT}").content.decode()
    assert "you might say" in text
    assert 'class="bar-share"' in text


def test_a_film_has_its_page_while_no_model_is_trained(
    bare_site: Site,  # noqa: ARG001 - the films
    signed_in: Client,
) -> None:
    response = signed_in.get(f"/movies/{HEAT}")
    assert response.status_code == 200
    assert "Similar films" not in response.content.decode()


@pytest.mark.django_db
def test_a_film_of_which_nothing_is_known_has_a_page(client: Client) -> None:
    film = catalog.film(title="Lost")
    assert client.get(f"/movies/{film.pk}").status_code == 200


@pytest.mark.django_db
def test_what_sources_say_is_written_as_text(client: Client) -> None:
    bad = "<script>alert(1)</script>"
    film = catalog.film(
        title=bad,
        overview=bad,
        tagline=bad,
        keywords=("<b>k</b>",),
        cast=(CastRow(bad, bad),),
        released_on=date(1995, 1, 2),
    )
    text = client.get(f"/movies/{film.pk}").content.decode()
    assert bad not in text
    assert "<b>k" not in text


def test_a_film_asks_the_database_a_fixed_number_of_times(
    site: Site,  # noqa: ARG001 - the films
    client: Client,
    signed_in: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    # The film, its cast, its crew; what members think and write; of two rows that it exists, and
    # the cards.
    with django_assert_num_queries(3 + 2 + 4):
        client.get(f"/movies/{HEAT}")
    signed_in.get(f"/movies/{HEAT}")
    # With that: session, member, what the film is to them, their review and history, the footprint
    # in a transaction.
    with django_assert_num_queries(9 + 8):
        signed_in.get(f"/movies/{HEAT}")
