"""Signing in and out, and one's own account, as the contract writes it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from rest_framework.test import APIClient

from moviverse.accounts.models import Profile, TokenFamily, User
from moviverse.catalog.models import Genre
from tests.contracts.account_client import (
    LOGIN,
    LOGOUT,
    ME,
    PROFILE,
    REFRESH,
    assert_error,
    opens,
    post,
)
from tests.factories import accounts

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries, Settings

pytestmark = pytest.mark.django_db

PASSWORD_CHANGE = "/api/auth/password-change/"


@pytest.fixture
def ann() -> User:
    return accounts.member(username="ann")


@pytest.mark.usefixtures("ann")
class TestLogin:
    @pytest.mark.parametrize(
        "who",
        [{"email": "ann@example.com"}, {"email": "ANN@EXAMPLE.COM"}, {"username": "Ann"},
         {"username": "ann@example.com"}, {"email": "ann"},
         {"email": "ann@example.com", "username": "ann"}],
    )  # fmt: skip
    def test_takes_an_address_or_a_name(self, who: dict[str, str]) -> None:
        answer = post(LOGIN, {**who, "password": accounts.PASSWORD})
        body = answer.json()
        assert answer.status_code == 200
        assert set(body) == {"message", "user", "token", "access", "refresh"}
        assert body["token"] == body["access"]
        assert body["user"]["email"] == "ann@example.com"
        assert opens(body["access"])

    def test_says_the_same_of_a_wrong_password_and_an_unknown_user(self) -> None:
        told = []
        for who in ({"username": "ann"}, {"email": "ann@example.com"}, {"username": "nobody"},
                    {"email": "nobody@example.com"}):  # fmt: skip
            answer = post(LOGIN, {**who, "password": "a wrong guess"})
            assert_error(answer, 401, "AUTHENTICATION_FAILED")
            told.append({**answer.json(), "request_id": ""})
        assert all(one == told[0] for one in told)

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"password": accounts.PASSWORD},
            {"email": "ann@example.com"},
            {"email": "", "password": "x"},
            {"email": 1, "password": "x"},
            {"username": ["ann"], "password": "x"},
            {"username": {"$ne": ""}, "password": "x"},
            {"username": "ann", "password": {"$ne": ""}},
            {"username": "ann", "password": True},
            {"username": "ann", "password": "x" * 129},
            {"username": "x" * 255, "password": "x"},
            {"username": "ann\0", "password": "x"},
            {"username": "ann", "password": "x", "is_staff": True},
        ],
    )
    def test_refuses_a_body_of_another_shape(self, body: dict[str, object]) -> None:
        answer = post(LOGIN, body)
        assert (answer.status_code, answer.json()["error"]) == (400, "VALIDATION_ERROR")

    def test_looks_at_the_body_alone_and_not_at_an_old_token(self) -> None:
        answer = post(
            LOGIN, {"username": "ann", "password": accounts.PASSWORD}, HTTP_AUTHORIZATION="Bearer x"
        )
        assert answer.status_code == 200

    def test_is_locked_before_the_twentieth_wrong_guess(self) -> None:
        live = accounts.client_of(User.objects.get())
        answers = [post(LOGIN, {"username": "ann", "password": f"guess {n}"}) for n in range(20)]
        assert_error(answers[-1], 429, "RATE_LIMITED")
        assert 1 <= int(answers[-1]["Retry-After"]) <= 3600

        right = post(LOGIN, {"username": "ann", "password": accounts.PASSWORD})
        assert_error(right, 429, "RATE_LIMITED")
        assert live.get(ME).status_code == 200

    @pytest.mark.parametrize("proxies", [0, 1])
    def test_is_not_unlocked_by_disguises(self, proxies: int, settings: Settings) -> None:
        settings.TRUSTED_PROXIES = proxies
        paths = [LOGIN, LOGIN[:-1], "/api/v1/auth/login/", "/api/v1/auth/login", "/api/login/"]
        names = ["ann", "ANN", " ann", "\uff41nn", "ann@example.com", "ANN@example.com"]
        statuses = []
        for number in range(20):
            name = names[number % len(names)]
            field = "email" if number % 2 else "username"
            # What a client writes itself; our own proxy adds the last entry.
            forwarded = f"203.0.113.{number}" + ", 198.51.100.9" * proxies
            answer = post(
                paths[number % len(paths)],
                {field: name, "password": f"guess {number}"},
                HTTP_X_FORWARDED_FOR=forwarded,
                HTTP_X_REAL_IP=f"203.0.113.{number}",
                HTTP_FORWARDED=f"for=203.0.113.{number}",
                HTTP_X_CLIENT_IP=f"203.0.113.{number}",
                HTTP_USER_AGENT=f"agent {number}",
            )
            statuses.append(answer.status_code)
        assert set(statuses) == {401, 429}
        assert statuses[-1] == 429

    @pytest.mark.django_db(transaction=True)
    def test_tries_no_more_than_five_of_sixty_guesses_at_once(self) -> None:
        def guess(number: int) -> int:
            status: int = post(LOGIN, {"username": "ann", "password": f"{number}"}).status_code
            connection.close()
            return status

        with ThreadPoolExecutor(20) as pool:
            statuses = list(pool.map(guess, range(60)))

        assert statuses.count(401) == 5
        assert statuses.count(429) == 55

    def test_moves_a_client_that_left_out_the_prefix(self) -> None:
        answer = post("/login", {}, HTTP_ACCEPT="application/json")
        assert answer.status_code == 308
        assert answer["Location"].startswith("/api/login")


class TestTokens:
    def signed_in(self, user: User) -> dict[str, str]:
        answer = post(LOGIN, {"username": user.username, "password": accounts.PASSWORD})
        body: dict[str, str] = answer.json()
        return body

    @pytest.mark.parametrize("path", [REFRESH, "/api/auth/refresh/", "/api/auth/refresh"])
    def test_a_refresh_gives_a_new_pair_and_kills_the_old_refresh(
        self, ann: User, path: str
    ) -> None:
        first = self.signed_in(ann)
        answer = post(path, {"refresh": first["refresh"]})

        second = answer.json()
        assert answer.status_code == 200
        assert set(second) == {"token", "access", "refresh"}
        assert second["token"] == second["access"]
        assert second["refresh"] != first["refresh"]
        assert opens(second["access"])
        again = post(path, {"refresh": first["refresh"]})
        assert_error(again, 401, "AUTHENTICATION_FAILED")
        assert not opens(second["access"])
        assert post(path, {"refresh": second["refresh"]}).status_code == 401

    def test_a_refresh_needs_no_access_token_that_holds(self, ann: User) -> None:
        refresh = self.signed_in(ann)["refresh"]
        answer = post(REFRESH, {"refresh": refresh}, HTTP_AUTHORIZATION="Bearer expired")
        assert answer.status_code == 200

    @pytest.mark.django_db(transaction=True)
    def test_of_twenty_refreshes_at_once_at_most_one_wins(self, ann: User) -> None:
        refresh = self.signed_in(ann)["refresh"]

        def renewal(_: int) -> int:
            status: int = post(REFRESH, {"refresh": refresh}).status_code
            connection.close()
            return status

        with ThreadPoolExecutor(20) as pool:
            statuses = list(pool.map(renewal, range(20)))

        assert (statuses.count(200), statuses.count(401)) == (1, 19)

    @pytest.mark.parametrize("path", [REFRESH, LOGOUT])
    @pytest.mark.parametrize(
        "body", [{}, {"refresh": None}, {"refresh": 1}, {"refresh": ["x"]}, {"refresh": ""},
                 {"refresh": "x" * 5000}, {"refresh": "x", "user": "x"}],
    )  # fmt: skip
    def test_a_body_of_another_shape_is_refused(self, path: str, body: dict[str, object]) -> None:
        answer = post(path, body)
        assert (answer.status_code, answer.json()["error"]) == (400, "VALIDATION_ERROR")

    def test_a_logout_ends_this_session_at_once_and_no_other(self, ann: User) -> None:
        here, there = self.signed_in(ann), self.signed_in(ann)
        answer = post(LOGOUT, {"refresh": here["refresh"]})
        assert (answer.status_code, answer.content) == (204, b"")
        assert not opens(here["access"])
        assert post(REFRESH, {"refresh": here["refresh"]}).status_code == 401
        assert opens(there["access"])
        assert post(REFRESH, {"refresh": there["refresh"]}).status_code == 200

    def test_a_logout_everywhere_ends_all_sessions_of_this_person(self, ann: User) -> None:
        pairs = [self.signed_in(ann) for _ in range(3)]
        other = accounts.client_of(accounts.member())
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {pairs[0]['access']}")
        assert client.post("/api/auth/logout/all/").status_code == 204
        assert not any(opens(pair["access"]) for pair in pairs)
        assert other.get(ME).status_code == 200

    def test_a_logout_everywhere_is_for_who_is_signed_in(self) -> None:
        assert_error(post("/api/auth/logout/all/", {}), 401, "NOT_AUTHENTICATED")

    def test_a_changed_password_ends_all_sessions(self, ann: User) -> None:
        pairs = [self.signed_in(ann) for _ in range(2)]
        new = "another good passphrase 7"
        answer = accounts.client_of(ann).post(
            PASSWORD_CHANGE, {"old_password": accounts.PASSWORD, "new_password": new}, format="json"
        )
        assert answer.status_code == 200
        assert set(answer.json()) == {"message"}
        for pair in pairs:
            assert not opens(pair["access"])
            assert post(REFRESH, {"refresh": pair["refresh"]}).status_code == 401
        assert post(LOGIN, {"username": "ann", "password": accounts.PASSWORD}).status_code == 401
        assert post(LOGIN, {"username": "ann", "password": new}).status_code == 200

    def test_a_password_change_asks_for_the_old_password_and_a_good_new_one(
        self, ann: User
    ) -> None:
        client = accounts.client_of(ann)
        for body, field in (
            ({"old_password": "wrong", "new_password": "another good one 7"}, "old_password"),
            ({"old_password": accounts.PASSWORD, "new_password": "short"}, "new_password"),
            ({"old_password": accounts.PASSWORD}, "new_password"),
        ):
            answer = client.post(PASSWORD_CHANGE, body, format="json")
            assert_error(answer, 400, "VALIDATION_ERROR", field)
        assert_error(post(PASSWORD_CHANGE, {}), 401, "NOT_AUTHENTICATED")


class TestMe:
    @pytest.mark.parametrize("path", [ME, "/api/auth/user", "/api/profile", "/api/v1/auth/me"])
    def test_shows_my_account_at_each_of_its_addresses(self, ann: User, path: str) -> None:
        answer = accounts.client_of(ann).get(path)
        assert answer.status_code == 200
        assert set(answer.json()) == {"user"}
        assert answer.json()["user"]["profile"] == PROFILE
        assert answer["Cache-Control"] == "private, no-store"
        assert {"Authorization", "Cookie"} <= set(answer["Vary"].split(", "))

    def test_takes_two_queries_the_token_and_the_account(
        self, ann: User, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        client = accounts.client_of(ann)
        with django_assert_num_queries(2):
            client.get(ME)

    def test_shows_the_roles_that_the_database_holds_now(self) -> None:
        admin = accounts.administrator()
        client = accounts.client_of(admin)
        user = client.get(ME).json()["user"]
        assert (user["is_staff"], user["roles"]) == (True, ["admin"])
        admin.groups.clear()
        assert client.get(ME).json()["user"]["roles"] == []

    @pytest.mark.parametrize("method", ["get", "patch", "delete"])
    def test_is_for_who_is_signed_in(self, method: str) -> None:
        answer = getattr(APIClient(), method)(ME, {"nonsense": 1}, format="json")
        assert_error(answer, 401, "NOT_AUTHENTICATED")

    @pytest.mark.parametrize("within", [False, True])
    def test_edits_the_profile_by_itself_or_as_it_was_given(self, ann: User, within: bool) -> None:  # noqa: FBT001 - pytest gives it by name
        Genre.objects.create(name="Drama")
        edit = {"name": "Ann", "age": 31, "locale": "pt-BR", "preferred_genres": ["drama"]}
        answer = accounts.client_of(ann).patch(
            ME, {"profile": edit} if within else edit, format="json"
        )
        assert answer.status_code == 200
        shown = {**PROFILE, **edit, "preferred_genres": ["Drama"]}
        assert answer.json()["user"]["profile"] == shown

    def test_an_edit_leaves_the_rest_and_may_take_things_back(self, ann: User) -> None:
        client = accounts.client_of(ann)
        client.patch(ME, {"name": "Ann", "age": 31, "bio": "Noir."}, format="json")
        answer = client.patch(ME, {"age": None, "bio": "", "preferred_genres": []}, format="json")
        assert answer.json()["user"]["profile"] == {**PROFILE, "name": "Ann"}
        assert client.patch(ME, {}, format="json").status_code == 200
        Genre.objects.create(name="Drama")
        told = {"surname": "Lee", "age": 31, "gender": "f", "locale": "de", "bio": "Noir.",
                "preferred_genres": ["Drama"]}  # fmt: skip
        client.patch(ME, told, format="json")
        answer = client.patch(ME, dict.fromkeys(told), format="json")
        assert answer.json()["user"]["profile"] == {**PROFILE, "name": "Ann"}

    @pytest.mark.parametrize(
        "body",
        [
            {"is_staff": True}, {"is_superuser": True}, {"is_active": False}, {"roles": ["admin"]},
            {"groups": ["admin"]}, {"email": "bob@example.com"}, {"username": "bob"},
            {"password": "x"}, {"id": "1"}, {"session_stamp": 1}, {"date_joined": "2020-01-01"},
            {"avatar_url": "https://example.com/pixel.gif"}, {"user": {"is_staff": True}},
            {"user_id": "1"}, {"profile": {"is_staff": True}}, {"profile": {"user": "1"}},
            {"profile": "x"}, {"profile": None}, {"profile": []}, {"name": "Ann", "is_staff": True},
            {"profile": {"name": "Ann"}, "name": "Bob"},
            {"name": 1}, {"name": []}, {"name": "x" * 101}, {"name": "a\0"},
            {"surname": {}}, {"age": "31"}, {"age": 0}, {"age": 151}, {"age": True}, {"age": 1.5},
            {"gender": "x" * 31}, {"locale": ""}, {"locale": "not a locale"}, {"locale": "../.."},
            {"bio": "x" * 2001}, {"bio": 7}, {"preferred_genres": ["Nonsense"]},
            {"preferred_genres": "Drama"}, {"preferred_genres": [1]}, {"preferred_genres": [None]},
        ],
    )  # fmt: skip
    def test_an_edit_of_anything_else_is_refused_whole(
        self, ann: User, body: dict[str, object]
    ) -> None:
        before = User.objects.values().get(), Profile.objects.values().get()
        answer = accounts.client_of(ann).patch(ME, body, format="json")
        assert (answer.status_code, answer.json()["error"]) == (400, "VALIDATION_ERROR")
        assert (User.objects.values().get(), Profile.objects.values().get()) == before

    def test_is_deleted_with_the_password_and_all_that_is_in_it(self, ann: User) -> None:
        client = accounts.client_of(ann)
        for body in ({}, {"password": "wrong"}, {"password": 1}):
            answer = client.delete(ME, body, format="json")
            assert_error(answer, 400, "VALIDATION_ERROR", "password")
        answer = client.delete(ME, {"password": accounts.PASSWORD}, format="json")
        assert (answer.status_code, answer.content) == (204, b"")
        assert not User.objects.exists()
        assert not TokenFamily.objects.exists()
        assert_error(client.get(ME), 401, "AUTHENTICATION_FAILED")

    def test_cannot_be_deleted_by_guessing(self, ann: User) -> None:
        client = accounts.client_of(ann)
        for number in range(5):
            client.delete(ME, {"password": f"guess {number}"}, format="json")
        answer = client.delete(ME, {"password": accounts.PASSWORD}, format="json")
        assert_error(answer, 429, "RATE_LIMITED")
        assert User.objects.get() == ann
