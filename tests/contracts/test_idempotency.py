"""A POST that is sent twice has one effect and one answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test import Client

from moviverse.core.models import Counter, IdempotencyKey
from tests.contracts.laboratory import SECRET
from tests.factories import accounts

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.contracts.laboratory")]


def create(client: Client, name: str, key: str | None, *, path: str = "creates") -> Answer:
    headers = {"idempotency-key": key} if key else {}
    return client.post(
        f"/api/{path}/", {"name": name}, content_type="application/json", headers=headers
    )


def test_the_same_key_and_body_give_the_first_answer_again(client: Client) -> None:
    first, again = create(client, "once", "key-1"), create(client, "once", "key-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json() == {"created": "once"}
    assert not first.has_header("Idempotency-Replayed")
    assert again["Idempotency-Replayed"] == "true"
    assert Counter.objects.count() == 1


def test_the_order_of_the_fields_does_not_make_another_body(client: Client) -> None:
    for body in (b'{"name": "a", "movie_id": 1}', b'{"movie_id": 1, "name": "a"}'):
        response = client.post(
            "/api/creates/",
            body,
            content_type="application/json",
            headers={"idempotency-key": "key-1"},
        )
        assert response.status_code == 201


def test_the_same_key_with_another_body_is_a_conflict(client: Client) -> None:
    create(client, "once", "key-1")
    response = create(client, "twice", "key-1")
    assert (response.status_code, response.json()["error"]) == (409, "CONFLICT")
    assert Counter.objects.count() == 1


def test_without_a_key_every_post_has_its_effect(client: Client) -> None:
    create(client, "once", None)
    create(client, "twice", None)
    assert Counter.objects.count() == 2
    assert not IdempotencyKey.objects.exists()


def test_keys_of_two_addresses_and_of_two_paths_never_meet(client: Client) -> None:
    create(client, "once", "key-1")
    elsewhere = Client(REMOTE_ADDR="10.1.2.3")
    assert create(elsewhere, "twice", "key-1").status_code == 201
    assert create(client, "thrice", "key-1", path="creates-secretly").status_code == 201


def test_keys_of_a_member_are_their_own_wherever_they_are(client: Client) -> None:
    create(client, "once", "key-1")
    client.force_login(accounts.member())
    assert create(client, "twice", "key-1").status_code == 201
    elsewhere = Client(REMOTE_ADDR="10.1.2.3")
    elsewhere.cookies = client.cookies
    assert create(elsewhere, "twice", "key-1")["Idempotency-Replayed"] == "true"


def test_both_spellings_of_a_path_are_one(client: Client) -> None:
    create(client, "once", "key-1")
    again = client.post(
        "/api/v1/creates",
        {"name": "once"},
        content_type="application/json",
        headers={"idempotency-key": "key-1"},
    )
    assert again["Idempotency-Replayed"] == "true"


def test_an_error_is_not_kept_and_its_effect_is_undone(client: Client) -> None:
    refused = client.post(
        "/api/creates/",
        {"name": "once", "rating": 5},
        content_type="application/json",
        headers={"idempotency-key": "key-1"},
    )
    assert refused.status_code == 409
    assert not Counter.objects.exists()
    assert create(client, "once", "key-1").status_code == 201


@pytest.mark.parametrize("key", ["", " ", "x" * 201, "schlüssel", "tab\there"])
def test_a_malformed_key_is_named(client: Client, key: str) -> None:
    response = client.post(
        "/api/creates/",
        {"name": "once"},
        content_type="application/json",
        headers={"idempotency-key": key},
    )
    assert response.status_code == 400
    assert list(response.json()["details"]) == ["Idempotency-Key"]


def test_a_secret_is_answered_once_and_never_stored(client: Client) -> None:
    first = create(client, "once", "key-1", path="creates-secretly")
    again = create(client, "once", "key-1", path="creates-secretly")
    assert first.json() == {"name": "once", "token": SECRET}
    assert again.json() == {"name": "once"}
    assert SECRET not in str(IdempotencyKey.objects.values().get())


@pytest.mark.django_db(transaction=True)
def test_twenty_parallel_requests_with_one_key_have_one_effect() -> None:
    def send(_number: int) -> tuple[int, bytes]:
        try:
            response = create(Client(), "once", "key-1")
            return response.status_code, response.content
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        answers = set(pool.map(send, range(20)))
    assert answers == {(201, b'{"created":"once"}')}
    assert Counter.objects.count() == 1
