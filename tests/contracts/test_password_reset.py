"""A forgotten password: the link tells nobody anything, works once, and ends what was before."""

from __future__ import annotations

import json
import logging
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from moviverse.accounts import password_reset, services
from moviverse.accounts.models import TokenFamily, User
from moviverse.core.models import Job
from tests.contracts.account_client import LOGIN, assert_error, opens, post
from tests.factories import accounts
from tests.factories.jobs import run_pending

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = pytest.mark.django_db

ASK, CONFIRM = "/api/auth/password-reset/", "/api/auth/password-reset/confirm/"
NEW = "four other words entirely"


@pytest.fixture
def ann() -> User:
    return accounts.member(username="Ann", email="ann@example.com")


def link(email: str = "ann@example.com") -> dict[str, str]:
    """Ask for a link, and return the words of the one that was mailed."""
    mail.outbox.clear()
    assert post(ASK, {"email": email}).status_code == 200
    run_pending()
    (letter,) = mail.outbox
    (found,) = re.findall(r"^https?://\S+/confirm\?\S+$", str(letter.body), re.MULTILINE)
    return {name: values[0] for name, values in parse_qs(urlsplit(found).query).items()}


def confirm(words: dict[str, str], **other: object) -> Any:
    return post(CONFIRM, {**words, "new_password": NEW, **other})


def status_of_login(password: str) -> int:
    status: int = post(LOGIN, {"username": "ann", "password": password}).status_code
    return status


class TestAsking:
    @pytest.mark.parametrize("email", ["ann@example.com", "ANN@example.com "])
    def test_mails_a_link_to_the_accounts_address(
        self, ann: User, email: str, settings: Settings
    ) -> None:
        settings.PUBLIC_URL = "https://films.example.org"
        words = link(email)
        (letter,) = mail.outbox
        assert letter.to == [ann.email]
        assert "https://films.example.org/password-reset/confirm?" in str(letter.body)
        assert words["uid"] == str(ann.id)

    @pytest.mark.usefixtures("ann")
    def test_answers_the_same_for_everybody_with_the_same_statements(self) -> None:
        accounts.member(username="gone", email="gone@example.com")
        User.objects.filter(username="gone").update(is_active=False)
        post(ASK, {"email": "first@example.com"})  # opens the window of this address
        told = []
        for email in ("ann@example.com", "nobody@example.com", "gone@example.com", "no address"):
            with CaptureQueriesContext(connection) as asked:
                answer = post(ASK, {"email": email})
            told.append((answer.status_code, {**answer.json(), "request_id": ""}, len(asked)))
        assert told[0][0] == 200
        assert all(each == told[0] for each in told)
        run_pending()
        assert [letter.to for letter in mail.outbox] == [["ann@example.com"]]
        assert all(job.state == "done" for job in Job.objects.all())

    def test_leaves_no_token_where_jobs_and_logs_are_read(
        self, ann: User, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.DEBUG):
            words = link()
            confirm(words)
            Client().get("/password-reset/confirm", words)
        rows = json.dumps([*Job.objects.values("name", "arguments", "message", "error")])
        for secret in (words["token"], NEW, ann.email):
            assert secret not in rows
        for secret in (words["token"], NEW):
            assert secret not in caplog.text

    @pytest.mark.usefixtures("ann")
    def test_a_link_leads_to_our_own_site_whatever_host_was_asked(self) -> None:
        answer = post(ASK, {"email": "ann@example.com"}, HTTP_HOST="localhost:1234")
        assert answer.status_code == 200
        run_pending()
        assert "localhost:1234" not in str(mail.outbox[0].body)

    @pytest.mark.parametrize("email", ["ann@example.com", "nobody@example.com"])
    @pytest.mark.usefixtures("ann")
    def test_too_many_for_one_account_are_passed_over_in_silence(self, email: str) -> None:
        answers = [post(ASK, {"email": email}) for _ in range(6)]
        assert {answer.status_code for answer in answers} == {200}
        assert Job.objects.count() == password_reset.LETTERS_PER_ACCOUNT

    def test_too_many_from_one_address_are_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(password_reset, "REQUESTS_PER_ADDRESS", 2)
        answers = [post(ASK, {"email": f"{number}@example.com"}) for number in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert int(answers[-1]["Retry-After"]) > 0

    @pytest.mark.usefixtures("ann")
    def test_who_asks_too_often_leaves_the_owner_their_letters(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(password_reset, "REQUESTS_PER_ADDRESS", 2)
        for _ in range(5):
            post(ASK, {"email": "ann@example.com"}, REMOTE_ADDR="198.51.100.7")
        assert Job.objects.count() == 2
        post(ASK, {"email": "ann@example.com"}, REMOTE_ADDR="203.0.113.9")
        assert Job.objects.count() == 3

    @pytest.mark.parametrize(
        "body",
        [{}, {"email": 1}, {"email": None}, {"email": ["a"]}, {"email": ""}, {"email": "a\0"},
         {"email": "x" * 300}, {"email": "ann@example.com", "is_staff": True}],
    )  # fmt: skip
    def test_a_body_of_another_shape_is_refused(self, body: dict[str, object]) -> None:
        answer = post(ASK, body)
        assert (answer.status_code, answer.json()["error"]) == (400, "VALIDATION_ERROR")


class TestConfirming:
    def test_sets_the_password_and_ends_every_session(self, ann: User) -> None:
        client = accounts.client_of(ann)
        page = Client()
        page.force_login(ann)
        access = post(LOGIN, {"username": "ann", "password": accounts.PASSWORD}).json()["access"]
        answer = confirm(link())
        assert answer.status_code == 200
        assert set(answer.json()) == {"message"}
        assert not opens(access)
        assert client.get("/api/auth/me/").status_code == 401
        assert b"Sign out" not in page.get("/login").content
        assert not TokenFamily.objects.exists()
        assert status_of_login(accounts.PASSWORD) == 401
        assert status_of_login(NEW) == 200

    @pytest.mark.usefixtures("ann")
    def test_tells_the_owner_of_the_change(self) -> None:
        confirm(link())
        mail.outbox.clear()
        run_pending()
        assert [letter.subject for letter in mail.outbox] == ["Your password was changed"]

    def test_opens_an_account_that_guesses_have_locked(self, ann: User) -> None:
        for number in range(8):
            post(LOGIN, {"username": ann.username, "password": f"guess {number}"})
        assert status_of_login(accounts.PASSWORD) == 429
        confirm(link())
        assert status_of_login(NEW) == 200

    @pytest.mark.usefixtures("ann")
    def test_a_link_works_once(self) -> None:
        words = link()
        assert confirm(words).status_code == 200
        again = confirm(words, new_password="yet another phrase 8")
        assert_error(again, 400, "VALIDATION_ERROR", "token")
        assert status_of_login(NEW) == 200

    def test_a_link_dies_with_any_change_of_the_password(self, ann: User) -> None:
        words = link()
        services.change_password(
            user=ann,
            old_password=accounts.PASSWORD,
            new_password="another good passphrase 7",
            address="192.0.2.1",
            now=timezone.now(),
        )
        assert_error(confirm(words), 400, "VALIDATION_ERROR", "token")

    @pytest.mark.usefixtures("ann")
    def test_a_link_expires(self, settings: Settings) -> None:
        settings.PASSWORD_RESET_MINUTES = 5
        words = link()
        with time_machine.travel(timezone.now() + timedelta(minutes=5, seconds=1)):
            assert_error(confirm(words), 400, "VALIDATION_ERROR", "token")
        with time_machine.travel(timezone.now() + timedelta(minutes=4)):
            assert confirm(words).status_code == 200

    def test_a_link_of_somebody_deactivated_is_worth_nothing(self, ann: User) -> None:
        words = link()
        User.objects.filter(id=ann.id).update(is_active=False)
        assert_error(confirm(words), 400, "VALIDATION_ERROR", "token")

    def test_a_link_is_for_one_account(self, ann: User) -> None:
        other = accounts.member()
        words = link()
        assert_error(confirm({**words, "uid": str(other.id)}), 400, "VALIDATION_ERROR", "token")
        ann.refresh_from_db()
        assert ann.check_password(accounts.PASSWORD)

    @pytest.mark.usefixtures("ann")
    def test_no_forged_token_sets_anything(self) -> None:
        words = link()
        issued, seal = words["token"].split("-")
        forged = [
            {"token": f"{int(issued, 16) + 1:x}-{seal}"},
            {"token": f"{issued}-{seal[:-1]}{'0' if seal[-1] != '0' else '1'}"},
            {"token": f"{issued}-{seal.upper()}"},
            {"token": f"0{issued}-{seal}0"},
            {"token": issued},
            {"token": "x"},
            {"token": "-" * 64},
            {"uid": "x"},
            {"uid": str(uuid4())},
            {"uid": "../admin"},
        ]
        for change in forged:
            answer = confirm({**words, **change})
            assert_error(answer, 400, "VALIDATION_ERROR", "token")
        assert status_of_login(accounts.PASSWORD) == 200

    @pytest.mark.parametrize("weak", ["short", "password", "1234567890", "x" * 129, "ann@example"])
    @pytest.mark.usefixtures("ann")
    def test_a_weak_password_is_refused_and_the_link_still_works(self, weak: str) -> None:
        words = link()
        assert_error(confirm(words, new_password=weak), 400, "VALIDATION_ERROR", "new_password")
        assert confirm(words).status_code == 200

    @pytest.mark.parametrize(
        "wrong",
        [{"uid": 1}, {"token": None}, {"token": ["x"]}, {"new_password": 1}, {"new_password": ""},
         {"token": "x" * 500}, {"is_staff": True}],
    )  # fmt: skip
    def test_a_body_of_another_shape_is_refused(self, wrong: dict[str, object]) -> None:
        answer = confirm({"uid": str(uuid4()), "token": "x"}, **wrong)
        assert_error(answer, 400, "VALIDATION_ERROR", *wrong)

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.usefixtures("ann")
    def test_of_twenty_at_once_one_wins(self) -> None:
        words = link()

        def attempt(number: int) -> int:
            try:
                status: int = confirm(words, new_password=f"{NEW} {number}").status_code
                return status
            finally:
                connection.close()

        with ThreadPoolExecutor(20) as pool:
            statuses = list(pool.map(attempt, range(20)))
        assert (statuses.count(200), statuses.count(400)) == (1, 19)
        assert status_of_login(f"{NEW} {statuses.index(200)}") == 200
