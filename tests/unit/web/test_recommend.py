from __future__ import annotations

import html
import re
import uuid
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from moviverse.recommendations.wishes import Answer, Reason, Recommendation
from moviverse.web import picks
from tests.factories import accounts
from tests.factories.library import rate
from tests.factories.recommendations import HEAT

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from moviverse.accounts.models import User
    from moviverse.catalog.selectors import MovieCard
    from tests.factories.recommendations import Site


def titles(client: Client, query: str = "") -> list[str]:
    text = client.get(f"/recommend{query}").content.decode()
    found = re.findall(r'\?from=[0-9a-f-]{36}">([^<]+)</a>', text)
    return [html.unescape(title) for title in found]


def test_a_list_says_of_each_film_why_it_is_there(
    site: Site,  # noqa: ARG001 - the films
    signed_in: Client,
    member: User,
) -> None:
    rate(member, {HEAT: 5})
    text = signed_in.get("/recommend").content.decode()
    assert len(titles(signed_in)) == 20
    assert "Heat" not in titles(signed_in)
    assert "Because you rated “Heat” 5 stars" in text
    assert text.count('<ul class="reasons">') == 20
    assert text.count('class="bar-share"') >= 20


def test_a_rating_changes_the_very_next_list(site: Site, signed_in: Client, member: User) -> None:
    rate(member, {HEAT: 5})
    before = titles(signed_in)
    rate(member, dict.fromkeys(site.ids[20:26], 5.0))
    assert titles(signed_in) != before


def test_who_has_rated_nothing_gets_a_start_that_says_so(site: Site, signed_in: Client) -> None:  # noqa: ARG001 - the films
    assert "You have rated nothing yet" in signed_in.get("/recommend").content.decode()
    assert titles(signed_in)


def test_what_others_turn_to_is_no_answer_to_what_a_member_likes(
    site: Site, signed_in: Client
) -> None:
    rate(accounts.member(), {site.ids[3]: 5})
    assert "You have rated nothing yet" in signed_in.get("/recommend").content.decode()


def test_a_genre_narrows_the_list(site: Site, signed_in: Client, member: User) -> None:
    rate(member, {HEAT: 5})
    of_war = {film.title for film in site.films if "War" in film.genres}
    found = titles(signed_in, "?genre=War")
    assert found
    assert set(found) <= of_war


def test_diversity_mixes_the_list(site: Site, signed_in: Client, member: User) -> None:
    rate(member, {HEAT: 5, site.ids[1]: 4})
    assert titles(signed_in, "?diversity=0") != titles(signed_in, "?diversity=1")


def test_the_slider_stands_where_the_list_does(site: Site, signed_in: Client) -> None:  # noqa: ARG001 - the films
    slider = '<input type="range" name="diversity" value="{}"'
    assert slider.format("0") in signed_in.get("/recommend").content.decode()
    assert slider.format("0.7") in signed_in.get("/recommend?diversity=0.7").content.decode()


@pytest.mark.parametrize(
    "query", ["diversity=2", "diversity=nan", "diversity=x", "genre=Nonsense", "diversity=-0.1"]
)
def test_a_wrong_wish_is_told_beside_its_field_and_the_list_is_shown(
    site: Site,  # noqa: ARG001 - the films
    signed_in: Client,
    query: str,
) -> None:
    response = signed_in.get(f"/recommend?{query}")
    assert response.status_code == 400
    assert 'class="errorlist"' in response.content.decode()
    assert 'class="picks"' in response.content.decode()


def test_a_site_without_a_model_says_so_with_a_page(
    bare_site: Site,  # noqa: ARG001 - the films
    signed_in: Client,
) -> None:
    response = signed_in.get("/recommend")
    assert response.status_code == 503
    assert response["Retry-After"]


def test_the_list_asks_the_database_a_fixed_number_of_times(
    site: Site,
    signed_in: Client,
    member: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    rate(member, {HEAT: 5})
    signed_in.get("/recommend")
    # Session, member, genres; history, cards, receipt; the list's footprint in a transaction.
    with django_assert_num_queries(9):
        signed_in.get("/recommend")
    rate(member, dict.fromkeys(site.ids[:10], 4.0))
    signed_in.get("/recommend")
    with django_assert_num_queries(9):
        signed_in.get("/recommend")


def test_bars_show_each_share_of_all_that_was_weighed() -> None:
    shares = [("strong", 0.6), ("weak", 0.2), ("against", -0.2)]
    shown = picks.bars([Reason(share=share, text=text) for text, share in shares])
    assert [(bar.text, bar.percent, bar.speaks_against) for bar in shown] == [
        ("strong", 60, False),
        ("weak", 20, False),
        ("against", 20, True),
    ]


def test_reasons_that_weigh_nothing_have_empty_bars() -> None:
    assert [bar.percent for bar in picks.bars([Reason(share=0.0, text="nothing")])] == [0]


@pytest.mark.parametrize(
    ("strategy", "personal"), [("hybrid", True), ("preferences", False), ("popular", False)]
)
def test_a_list_knows_whether_it_is_of_the_members_own_taste(
    strategy: str, *, personal: bool
) -> None:
    answer = Answer(uuid.uuid4(), "Hybrid", "1", strategy, timezone.now(), ())
    assert picks.of(answer).personal is personal


def test_a_film_without_reasons_says_nothing_of_why() -> None:
    card: MovieCard = None  # type: ignore[assignment]  # not looked at
    answer = Answer(
        uuid.uuid4(), "m", "1", "hybrid", timezone.now(), (Recommendation(1, 0.0, None, card, ()),)
    )
    assert picks.of(answer).items[0].why == ""
