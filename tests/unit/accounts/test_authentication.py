"""The ways in beside the access token: a session of the pages, and Django's own forms."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import auth
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from moviverse.accounts import services, tokens
from moviverse.accounts.models import User
from moviverse.api.authentication import caller
from moviverse.core import errors
from tests.factories import accounts

pytestmark = pytest.mark.django_db

ME = "/api/auth/me/"


@pytest.fixture
def ann() -> User:
    return accounts.member(username="ann")


@pytest.fixture
def browser(ann: User) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ann)
    return client


def edit(browser: Client, **headers: str) -> Any:
    return browser.patch(ME, {"name": "Ann"}, content_type="application/json", headers=headers)


def test_a_session_of_the_pages_may_call_the_api(browser: Client) -> None:
    answer = browser.get(ME)
    assert answer.status_code == 200
    assert answer.json()["user"]["username"] == "ann"


def test_a_session_changes_nothing_without_its_csrf_token(browser: Client, ann: User) -> None:
    answer = edit(browser)
    assert (answer.status_code, answer.json()["error"]) == (403, "PERMISSION_DENIED")
    ann.profile.refresh_from_db()
    assert ann.profile.name == ""

    browser.cookies["csrftoken"] = "a" * 32
    assert edit(browser, X_CSRFToken="a" * 32).status_code == 200


def test_a_token_that_does_not_hold_is_not_made_good_by_a_session(browser: Client) -> None:
    answer = browser.get(ME, headers={"Authorization": "Bearer x.y.z"})
    assert answer.status_code == 401


def test_a_session_dies_with_a_logout_everywhere(browser: Client, ann: User) -> None:
    tokens.revoke_all(user=ann)
    assert browser.get(ME).status_code == 401


def test_a_session_dies_with_the_password(browser: Client, ann: User) -> None:
    services.change_password(
        user=ann,
        old_password=accounts.PASSWORD,
        new_password="another good passphrase 7",
        address="192.0.2.1",
        now=timezone.now(),
    )
    assert browser.get(ME).status_code == 401


def test_a_session_dies_with_a_deactivation(browser: Client, ann: User) -> None:
    User.objects.filter(id=ann.id).update(is_active=False)
    assert browser.get(ME).status_code == 401


def test_a_session_outlives_the_logout_of_a_token(browser: Client, ann: User) -> None:
    now = timezone.now()
    tokens.revoke(refresh=tokens.issue(user=ann, now=now).refresh, now=now)
    assert browser.get(ME).status_code == 200


def test_nobody_is_the_caller_of_an_anonymous_request() -> None:
    with pytest.raises(errors.NotAuthenticated):
        caller(Request(APIRequestFactory().get("/")))


class TestDjangosOwnForms:
    def attempt(self, password: str) -> object:
        request = HttpRequest()
        request.META["REMOTE_ADDR"] = "192.0.2.1"
        return auth.authenticate(request, username="ann@example.com", password=password)

    def test_let_the_right_password_in(self, ann: User) -> None:
        assert self.attempt(accounts.PASSWORD) == ann

    @pytest.mark.usefixtures("ann")
    def test_lock_out_who_guesses(self) -> None:
        for number in range(5):
            assert self.attempt(f"guess {number}") is None
        assert self.attempt(accounts.PASSWORD) is None

    @pytest.mark.usefixtures("ann")
    def test_try_nothing_without_a_request_a_name_and_a_password(self) -> None:
        password = accounts.PASSWORD
        assert auth.authenticate(None, username="ann", password=password) is None
        assert auth.authenticate(HttpRequest(), username=None, password=password) is None
        assert auth.authenticate(HttpRequest(), username="ann", password=None) is None

    def test_let_a_session_live_on(self, browser: Client) -> None:
        assert browser.get(ME).status_code == 200

    def test_lock_out_who_guesses_at_the_admin(self) -> None:
        admin = accounts.administrator(username="root")
        browser = Client()
        login = {"username": admin.email, "password": "a wrong guess"}
        for _ in range(5):
            assert browser.post("/admin/login/", login).status_code == 200
        right = {**login, "password": accounts.PASSWORD}
        assert browser.post("/admin/login/", right).status_code == 200  # the form again
        assert "_auth_user_id" not in browser.session
