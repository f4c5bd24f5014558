"""Making an account, as the contract writes it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from moviverse.accounts.models import Profile, TokenFamily, User
from moviverse.catalog.models import Genre
from moviverse.core.models import IdempotencyKey
from tests.contracts.account_client import (
    LOGOUT,
    ME,
    PROFILE,
    REFRESH,
    REGISTER,
    assert_error,
    opens,
    post,
)
from tests.factories import accounts

pytestmark = pytest.mark.django_db

ANN = {"email": "ann@example.com", "username": "ann", "password": accounts.PASSWORD}
WRONG_TEXTS: tuple[Any, ...] = (None, 1, 1.5, True, [], {}, ["ann"], {"a": 1})
WRONG_AGES: tuple[Any, ...] = ("31", 31.0, 31.5, True, False, [], {}, 0, -1, 151, 2**62)
WRONG_GENRES: tuple[Any, ...] = (
    "Drama", 1, True, {}, None, [1], [None], [[]], [{}], ["x"] * 51, ["x" * 51],
)  # fmt: skip


@pytest.fixture
def ann() -> User:
    return accounts.member(username="ann")


class TestRegister:
    def test_gives_the_account_with_its_tokens(self) -> None:
        answer = post(REGISTER, {**ANN, "age": 31, "gender": "f"})

        body = answer.json()
        assert answer.status_code == 201
        assert set(body) == {"message", "user", "token", "access", "refresh"}
        user = User.objects.get()
        assert body["user"] == {
            "id": str(user.id),
            "username": "ann",
            "email": "ann@example.com",
            "date_joined": user.date_joined.isoformat().replace("+00:00", "Z"),
            "is_staff": False,
            "roles": [],
            "profile": {**PROFILE, "age": 31, "gender": "f"},
        }
        assert body["token"] == body["access"]
        assert opens(body["access"])
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["RateLimit-Limit"] == "30"

    def test_takes_genres_that_the_catalogue_has_in_any_letter_case(self) -> None:
        Genre.objects.bulk_create([Genre(name="Drama"), Genre(name="Science Fiction")])
        wanted = ["science fiction", "Drama", "DRAMA"]
        answer = post(REGISTER, {**ANN, "preferred_genres": wanted})
        assert answer.json()["user"]["profile"]["preferred_genres"] == ["Science Fiction", "Drama"]

    def test_refuses_a_genre_that_the_catalogue_does_not_have(self) -> None:
        answer = post(REGISTER, {**ANN, "preferred_genres": ["Drama"]})
        assert_error(answer, 400, "VALIDATION_ERROR", "preferred_genres")
        assert not User.objects.exists()

    @pytest.mark.parametrize(
        ("taken", "field"),
        [({"email": "ANN@Example.com", "username": "bob"}, "email"),
         ({"email": "bob@example.com", "username": "ANN"}, "username"),
         ({"email": "bob@example.com", "username": "\uff21nn"}, "username")],
    )  # fmt: skip
    def test_refuses_a_taken_name_in_any_spelling(
        self, ann: User, taken: dict[str, str], field: str
    ) -> None:
        answer = post(REGISTER, {**ANN, **taken})
        assert_error(answer, 400, "VALIDATION_ERROR", field)
        assert User.objects.get() == ann

    @pytest.mark.parametrize("missing", ["email", "username", "password"])
    def test_needs_an_address_a_name_and_a_password(self, missing: str) -> None:
        body = {name: value for name, value in ANN.items() if name != missing}
        assert_error(post(REGISTER, body), 400, "VALIDATION_ERROR", missing)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            *[(field, value) for field in ("email", "username", "password", "gender")
              for value in WRONG_TEXTS],
            *[("age", value) for value in WRONG_AGES],
            *[("preferred_genres", value) for value in WRONG_GENRES],
            ("email", ""), ("email", "ann"), ("email", "a" * 250 + "@example.com"),
            ("username", ""), ("username", "an"), ("username", "a" * 51), ("username", "a b c"),
            ("username", "ann@example.com"), ("username", "ann\u200bb"), ("username", "..."),
            ("password", ""), ("password", "short"), ("password", "password"),
            ("password", "12345678901"), ("password", "ann@example.com"), ("password", "x" * 129),
            ("gender", "x" * 31),
            *[(field, value) for field, value in {
                "is_staff": True, "is_superuser": True, "is_active": True, "roles": ["admin"],
                "groups": [1], "id": "1", "session_stamp": 9, "date_joined": "2020-01-01",
                "profile": {}, "avatar_url": "x", "bio": "x",
            }.items()],
        ],
    )  # fmt: skip
    def test_refuses_what_breaks_a_rule_naming_the_field(self, field: str, value: object) -> None:
        answer = post(REGISTER, {**ANN, field: value})
        body = answer.json()
        assert (answer.status_code, body["error"]) == (400, "VALIDATION_ERROR")
        assert {name.split(".")[0] for name in body["details"]} == {field}
        assert not User.objects.exists()

    @pytest.mark.parametrize("field", ["email", "username", "password", "gender"])
    def test_refuses_a_nul(self, field: str) -> None:
        answer = post(REGISTER, {**ANN, field: "ann\0ann"})
        assert (answer.status_code, answer.json()["error"]) == (400, "VALIDATION_ERROR")

    def test_never_gives_the_password_back(self) -> None:
        assert accounts.PASSWORD not in post(REGISTER, ANN).content.decode()
        weak = post(REGISTER, {**ANN, "email": "no", "password": "short"}).content.decode()
        assert "short" not in weak.replace("too short", "")

    @pytest.mark.django_db(transaction=True)
    def test_makes_one_account_of_twenty_at_once(self) -> None:
        def attempt(number: int) -> tuple[int, set[str]]:
            name = "ANN" if number % 2 else "ann"
            answer = post(REGISTER, {**ANN, "username": name, "email": f"{name}@example.com"})
            connection.close()
            return answer.status_code, set(answer.json().get("details", ()))

        with ThreadPoolExecutor(20) as pool:
            outcomes = sorted(pool.map(attempt, range(20)), key=str)

        assert outcomes == [(201, set()), *[(400, {"email", "username"})] * 19]
        assert User.objects.count() == Profile.objects.count() == TokenFamily.objects.count() == 1


class TestRegisterWithAnIdempotencyKey:
    def register(self, body: dict[str, Any] | None = None, key: str = "a-key-of-mine") -> Any:
        return post(REGISTER, body or ANN, HTTP_IDEMPOTENCY_KEY=key)

    def test_gives_the_first_answer_again_to_the_letter(self) -> None:
        first, again = self.register(), self.register()
        assert (again.status_code, again.json()) == (first.status_code, first.json())
        assert first.status_code == 201
        assert User.objects.count() == TokenFamily.objects.count() == 1

    def test_keeps_no_secret_and_nothing_personal(self) -> None:
        body = self.register().json()
        kept = str(IdempotencyKey.objects.values().get())
        for secret in (accounts.PASSWORD, body["access"], body["refresh"], "ann", "example.com"):
            assert secret not in kept

    def test_opens_nothing_again_that_was_closed(self) -> None:
        first = self.register().json()
        post(LOGOUT, {"refresh": first["refresh"]})
        again = self.register().json()
        assert again["access"] == first["access"]
        assert not opens(again["access"])
        assert post(REFRESH, {"refresh": again["refresh"]}).status_code == 401

    def test_refuses_the_key_with_another_body(self) -> None:
        self.register()
        other = self.register({**ANN, "password": "another good passphrase 7"})
        assert_error(other, 409, "CONFLICT")

    def test_can_be_tried_again_after_an_error(self) -> None:
        assert_error(self.register({**ANN, "age": 0}), 400, "VALIDATION_ERROR", "age")
        assert self.register().status_code == 201

    def test_has_nothing_to_say_of_an_account_that_was_deleted(self) -> None:
        access = self.register().json()["access"]
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
        client.delete(ME, {"password": accounts.PASSWORD}, format="json")
        assert_error(self.register(), 404, "NOT_FOUND")

    @pytest.mark.django_db(transaction=True)
    def test_has_one_effect_of_twenty_at_once(self) -> None:
        def attempt(_: int) -> tuple[int, bytes]:
            answer = self.register()
            connection.close()
            return answer.status_code, answer.content

        with ThreadPoolExecutor(20) as pool:
            answers = set(pool.map(attempt, range(20)))

        assert len(answers) == 1
        assert answers.pop()[0] == 201
        assert User.objects.count() == TokenFamily.objects.count() == 1
