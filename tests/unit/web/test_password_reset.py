from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client

from moviverse.core.models import Job
from tests.factories.jobs import run_pending

if TYPE_CHECKING:
    from moviverse.accounts.models import User

pytestmark = pytest.mark.django_db

NEW = "four other words entirely"


def link(client: Client) -> str:
    """Ask for a link by the page, and return its path with its words."""
    assert client.post("/password-reset", {"email": "mara@example.com"}).status_code == 200
    run_pending()
    (found,) = re.findall(r"https?://\S+/confirm\?\S+", str(mail.outbox[0].body))
    parts = urlsplit(found)
    return f"{parts.path}?{parts.query}"


def words_of(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(uid|token)" value="([^"]*)"', page))


def test_the_door_leads_to_it(client: Client) -> None:
    assert 'href="/password-reset"' in client.get("/login").content.decode()


@pytest.mark.usefixtures("member")
def test_a_link_is_asked_for_followed_and_used(client: Client) -> None:
    asked = client.get(link(client))
    text = asked.content.decode()
    assert asked.status_code == 200
    answer = client.post("/password-reset/confirm", {**words_of(text), "new_password": NEW})
    assert (answer.status_code, answer["Location"]) == (302, "/login")
    assert "Your password was changed." in client.get("/login").content.decode()
    signed_in = client.post("/login", {"identifier": "mara", "password": NEW})
    assert signed_in["Location"] == "/"


@pytest.mark.usefixtures("member")
def test_to_follow_a_link_changes_nothing(client: Client, member: User) -> None:
    path = link(client)
    for _ in range(2):
        assert client.get(path).status_code == 200
    before = member.password
    member.refresh_from_db()
    assert member.password == before


@pytest.mark.usefixtures("member")
def test_the_page_of_a_link_tells_its_address_to_nobody(client: Client) -> None:
    response = client.get(link(client))
    assert response["Referrer-Policy"] == "strict-origin"
    assert response["Cache-Control"] == "private, no-store"
    assert 'action="/password-reset/confirm"' in response.content.decode()


@pytest.mark.usefixtures("member")
def test_somebody_and_nobody_are_told_the_same() -> None:
    pages = []
    for email in ("mara@example.com", "nobody@example.com"):
        response = Client().post("/password-reset", {"email": email})
        pages.append(
            (response.status_code, re.sub(r'value="\w{64}"', "", response.content.decode()))
        )
    assert pages[0] == pages[1]
    assert Job.objects.count() == 2


@pytest.mark.usefixtures("member")
def test_what_is_wrong_is_told_and_the_link_kept(client: Client) -> None:
    words = words_of(client.get(link(client)).content.decode())
    weak = client.post("/password-reset/confirm", {**words, "new_password": "short"})
    assert weak.status_code == 400
    assert 'id="id_new_password_error"' in weak.content.decode()
    assert words_of(weak.content.decode()) == words
    forged = {**words, "token": words["token"][::-1], "new_password": NEW}
    refused = client.post("/password-reset/confirm", forged)
    assert refused.status_code == 400
    assert "Ask for a new one." in refused.content.decode()


def test_a_page_without_words_is_a_form_that_leads_nowhere(client: Client) -> None:
    assert client.get("/password-reset/confirm").status_code == 200
    refused = client.post("/password-reset/confirm", {"new_password": NEW})
    assert refused.status_code == 400
    assert client.post("/password-reset", {"email": ""}).status_code == 400


def test_what_a_link_says_is_shown_as_text(client: Client) -> None:
    text = client.get("/password-reset/confirm", {"token": '"><script>'}).content.decode()
    assert '"><script>' not in text


def test_the_forms_need_our_own_page() -> None:
    outside = Client(enforce_csrf_checks=True)
    for path in ("/password-reset", "/password-reset/confirm"):
        assert outside.post(path, {"email": "mara@example.com"}).status_code == 403
