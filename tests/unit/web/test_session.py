from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from django.test import Client

from moviverse.accounts import services as accounts
from moviverse.accounts.models import User
from moviverse.core import errors
from moviverse.web.views import session
from tests.factories.accounts import PASSWORD

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries, Settings

pytestmark = pytest.mark.django_db

NEW = {"email": "nia@example.org", "username": "nia", "password": "a long enough passphrase 42"}


def sign_in(client: Client, **told: str) -> Any:
    return client.post("/login", {"identifier": "mara", "password": PASSWORD, **told})


def is_member(client: Client) -> bool:
    return b"Sign out" in client.get("/login", follow=True).content


@pytest.mark.usefixtures("member")
@pytest.mark.parametrize("identifier", ["mara", "MARA", "mara@example.com"])
def test_a_member_signs_in_by_name_or_address(client: Client, identifier: str) -> None:
    response = sign_in(client, identifier=identifier)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert is_member(client)


@pytest.mark.usefixtures("member")
def test_signing_in_leads_to_where_one_was_going_and_nowhere_else(client: Client) -> None:
    assert sign_in(client, next="/movies/949")["Location"] == "/movies/949"
    assert sign_in(Client(), next="https://evil.example/")["Location"] == "/"
    assert 'value="/movies/949"' in Client().get("/login?next=/movies/949").content.decode()


@pytest.mark.usefixtures("member")
@pytest.mark.parametrize("told", [{"password": "wrong"}, {"identifier": "nobody"}])
def test_a_wrong_name_and_a_wrong_password_are_told_the_same(
    client: Client, told: dict[str, str]
) -> None:
    response = sign_in(client, **told)
    assert response.status_code == 400
    assert "The email, user name or password is wrong." in response.content.decode()
    assert not is_member(client)
    assert PASSWORD not in response.content.decode()


@pytest.mark.usefixtures("member")
def test_too_many_wrong_passwords_are_stopped_with_a_page() -> None:
    answers = [sign_in(Client(), password="wrong") for _ in range(8)]
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) > 0
    assert sign_in(Client()).status_code == 429


@pytest.mark.usefixtures("member")
def test_an_address_behind_our_proxy_is_the_clients_own(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = 1
    for _ in range(8):
        Client().post(
            "/login",
            {"identifier": "mara", "password": "wrong"},
            headers={"X-Forwarded-For": "198.51.100.7"},
        )
    other = Client().post(
        "/login",
        {"identifier": "mara", "password": PASSWORD},
        headers={"X-Forwarded-For": "198.51.100.7, 203.0.113.9"},
    )
    assert other.status_code == 302


@pytest.mark.usefixtures("member")
def test_an_address_that_a_client_made_up_counts_for_nothing() -> None:
    answers = [
        Client().post(
            "/login",
            {"identifier": "mara", "password": "wrong"},
            headers={"X-Forwarded-For": f"198.51.100.{number}"},
        )
        for number in range(8)
    ]
    assert answers[-1].status_code == 429


@pytest.mark.usefixtures("member")
def test_signing_in_begins_a_new_session(client: Client) -> None:
    planted = client.session
    planted["seen"] = True
    planted.save()
    sign_in(client)
    assert client.cookies["sessionid"].value != planted.session_key


def test_a_session_dies_with_the_password_it_was_begun_with(
    signed_in: Client, member: User
) -> None:
    assert is_member(signed_in)
    accounts.change_password(
        user=member,
        old_password=PASSWORD,
        new_password="another long passphrase 43",
        address="127.0.0.1",
        now=member.date_joined,
    )
    assert not is_member(signed_in)


def test_signing_out_ends_the_session_and_needs_a_form(signed_in: Client) -> None:
    assert signed_in.get("/logout").status_code == 405
    assert is_member(signed_in)
    assert signed_in.post("/logout")["Location"] == "/"
    assert not is_member(signed_in)


@pytest.mark.parametrize("path", ["/login", "/register"])
def test_who_is_signed_in_needs_no_door(signed_in: Client, path: str) -> None:
    assert signed_in.get(path)["Location"] == "/"


def test_registering_makes_a_member_and_signs_them_in(client: Client) -> None:
    response = client.post("/register", {**NEW, "next": "/catalog"})
    assert response["Location"] == "/catalog"
    assert User.objects.get(username="nia").email == "nia@example.org"
    assert is_member(client)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "no address"),
        ("email", "mara@example.com"),
        ("username", "MARA"),
        ("username", "a"),
        ("username", "has space"),
        ("password", "12345678"),
        ("password", "x" * 500),
        ("email", ""),
        ("preferred_genres", "Nonsense"),
        ("username", "n\0ia"),
        ("email", "x" * 2_000),
    ],
)
@pytest.mark.usefixtures("member")
def test_what_is_wrong_is_told_beside_its_field(client: Client, field: str, value: str) -> None:
    response = client.post("/register", {**NEW, field: value})
    text = response.content.decode()
    assert response.status_code == 400
    assert text.count('class="errorlist"') == 1
    assert f'id="id_{field}_error"' in text
    assert NEW["password"] not in text
    assert User.objects.count() == 1


def test_what_concerns_no_field_is_told_above_the_form(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> NoReturn:
        raise errors.Invalid("Somebody was faster.")

    monkeypatch.setattr(accounts, "register", refuse)
    text = client.post("/register", NEW).content.decode()
    assert "Somebody was faster." in text
    assert 'class="errorlist nonfield"' in text


def test_new_accounts_of_one_address_are_limited(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "NEW_ACCOUNTS", 1)
    assert client.post("/register", NEW).status_code == 302
    other = {**NEW, "email": "ola@example.org", "username": "ola"}
    response = Client().post("/register", other)
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert User.objects.count() == 1


def test_doors_ask_the_database_little(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        client.get("/login")
    with django_assert_num_queries(1):  # the genres
        client.get("/register")


@pytest.mark.parametrize("path", ["/login", "/register"])
def test_forms_are_kept_by_nobody(client: Client, path: str) -> None:
    assert client.get(path)["Cache-Control"] == "private, no-store"
