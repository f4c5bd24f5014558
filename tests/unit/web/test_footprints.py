"""What pages remember by themselves."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from moviverse.library import selectors as library
from moviverse.library import services as library_services
from tests.factories import accounts
from tests.factories.library import rate
from tests.factories.recommendations import HEAT

if TYPE_CHECKING:
    from typing import NoReturn

    from moviverse.accounts.models import User
    from tests.factories.recommendations import Site


def left(user: User, kind: str) -> list[int]:
    return [row.movie_id for row in library.interactions(user=user, type=kind)]


def first_link(client: Client) -> str:
    text = client.get("/recommend").content.decode()
    found = re.search(r'href="(/movies/\d+\?from=[^"]+)"', text)
    assert found is not None
    return found[1]


def test_looking_at_a_film_is_a_view_and_a_reload_is_not_another(
    site: Site,  # noqa: ARG001 - the films
    signed_in: Client,
    member: User,
) -> None:
    for _ in range(3):
        signed_in.get(f"/movies/{HEAT}")
    assert left(member, "view") == [HEAT]


def test_looking_again_later_is_another_view(
    site: Site,  # noqa: ARG001 - the films
    signed_in: Client,
    member: User,
) -> None:
    signed_in.get(f"/movies/{HEAT}")
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        signed_in.get(f"/movies/{HEAT}")
    assert left(member, "view") == [HEAT, HEAT]


def test_a_visitor_leaves_nothing(site: Site, client: Client, member: User) -> None:  # noqa: ARG001 - the films
    assert client.get(f"/movies/{HEAT}?from={uuid.uuid4()}").status_code == 200
    assert left(member, "view") == []


def test_a_browser_that_loads_ahead_leaves_nothing(
    site: Site,  # noqa: ARG001 - the films
    signed_in: Client,
    member: User,
) -> None:
    signed_in.get(f"/movies/{HEAT}", headers={"Sec-Purpose": "prefetch"})
    assert left(member, "view") == []


def test_following_a_link_of_ones_own_list_is_a_pick_once(
    site: Site,  # noqa: ARG001 - the films
    signed_in: Client,
    member: User,
) -> None:
    rate(member, {HEAT: 5})
    link = first_link(signed_in)
    signed_in.get(link)
    signed_in.get(link)
    assert [f"/movies/{left(member, 'select')[0]}"] == [link.split("?")[0]]
    assert len(left(member, "select")) == 1


def test_the_list_that_was_shown_is_remembered_once(
    site: Site,  # noqa: ARG001 - the films
    signed_in: Client,
    member: User,
) -> None:
    rate(member, {HEAT: 5})
    signed_in.get("/recommend")
    signed_in.get("/recommend")
    assert len(left(member, "recommend")) == 20


@pytest.mark.parametrize(
    "made_up", ["x", "", "00000000-0000-4000-8000-000000000001", "\0", "1" * 500]
)
def test_a_list_that_somebody_made_up_makes_no_pick(
    site: Site,  # noqa: ARG001 - the films
    signed_in: Client,
    member: User,
    made_up: str,
) -> None:
    response = signed_in.get(f"/movies/{HEAT}", {"from": made_up})
    assert response.status_code == 200
    assert left(member, "select") == []


def test_anothers_list_makes_no_pick(site: Site, signed_in: Client, member: User) -> None:  # noqa: ARG001 - the films
    other = accounts.member()
    client = Client()
    client.force_login(other)
    rate(other, {HEAT: 5})
    signed_in.get(first_link(client))
    assert left(member, "select") == []


def test_a_film_that_was_not_in_the_list_makes_no_pick(
    site: Site,  # noqa: ARG001 - the films
    signed_in: Client,
    member: User,
) -> None:
    rate(member, {HEAT: 5})
    _, _, query = first_link(signed_in).partition("?")
    signed_in.get(f"/movies/{HEAT}?{query}")
    assert left(member, "select") == []


def test_a_page_is_shown_when_nothing_can_be_remembered(
    site: Site,  # noqa: ARG001 - the films
    signed_in: Client,
    member: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(**_: object) -> NoReturn:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(library_services, "record_batch", refuse)
    assert signed_in.get(f"/movies/{HEAT}").status_code == 200
    assert left(member, "view") == []
