"""What becomes of a body, whatever somebody sends, by real requests to a view that echoes it."""

from __future__ import annotations

import json
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from hypothesis import HealthCheck, given
from hypothesis import settings as chosen
from hypothesis import strategies as st

from tests.contracts.error_shape import error_of

if TYPE_CHECKING:
    from django.test import Client


pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.contracts.laboratory")]

FIELDS = {"movie_id", "rating", "name", "payload"}


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"nonsense",
        b"[]",
        b"1",
        b"null",
        b'"text"',
        b"\xff\xfe",
        b'{"name": "\xff"}',
        b'{"name": "\\ud800"}',
        b'{"name": "a\\u0000b"}',
        b'{"\\u0000": 1}',
        b'{"movie_id": NaN}',
        b'{"movie_id": Infinity}',
        b'{"movie_id": 1e400}',
        b'{"movie_id": 9223372036854775808}',
        b'{"movie_id": -9223372036854775809}',
        b'{"movie_id": 1000000000000000000000000000000}',
        b'{"payload": ' + b"[" * 33 + b"]" * 33 + b"}",
        b'{"payload": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"payload": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}",
        b"[" * 100_000,
    ],
)
def test_a_malformed_body_is_a_validation_error(client: Client, body: bytes) -> None:
    response = client.post("/api/echo/", body, content_type="application/json")
    assert response.status_code == 400
    assert error_of(response)["error"] == "VALIDATION_ERROR"


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**80), 2**80)
    | st.floats()
    | st.text(st.characters(exclude_categories=[]), max_size=20),
    lambda inside: (
        st.lists(inside, max_size=4)
        | st.dictionaries(st.text(max_size=5) | st.sampled_from(sorted(FIELDS)), inside, max_size=4)
    ),
)


@chosen(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(body=st.dictionaries(st.sampled_from(sorted(FIELDS)), JSON) | JSON | st.binary())
def test_no_body_whatever_breaks_the_service(client: Client, body: object) -> None:
    cache.clear()
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = client.generic("POST", "/api/echo/", sent, content_type="application/json")
    assert response.status_code in {200, 400}
    if response.status_code == 400:
        error_of(response)


def test_a_body_within_the_bounds_is_read(client: Client) -> None:
    payload = b"[" * 31 + b"]" * 31
    body = b'{"movie_id": 9223372036854775807, "rating": 4.5, "payload": ' + payload + b"}"
    response = client.post("/api/echo/", body, content_type="application/json")
    assert response.status_code == 200
    assert response.json()["movie_id"] == 2**63 - 1
    assert response.json()["rating"] == 4.5


@pytest.mark.parametrize("body", [b"", b"  \n"])
def test_an_empty_body_is_an_empty_object(client: Client, body: bytes) -> None:
    response = client.post("/api/echo/", body, content_type="application/json")
    assert (response.status_code, response.json()) == (200, {})


def test_of_a_field_that_is_given_twice_the_last_counts(client: Client) -> None:
    body = b'{"movie_id": 1, "movie_id": 2}'
    assert client.post("/api/echo/", body, content_type="application/json").json() == {
        "movie_id": 2
    }


def test_a_field_that_is_not_known_is_named(client: Client) -> None:
    response = client.post(
        "/api/echo/", {"movi_id": 1, "rating": 9}, content_type="application/json"
    )
    assert set(error_of(response)["details"]) == {"movi_id", "rating"}


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "application/json; charset=utf-16",
        "application/json; charset=latin-1",
        "",
        ";;;",
    ],
)
def test_a_body_of_another_type_is_415(client: Client, content_type: str) -> None:
    response = client.generic("POST", "/api/echo/", b'{"movie_id": 1}', content_type=content_type)
    assert response.status_code == 415
    assert error_of(response)["error"] == "UNSUPPORTED_MEDIA_TYPE"


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/json; charset=UTF-8", "APPLICATION/JSON"]
)
def test_json_in_utf8_is_taken_however_it_is_spelt(client: Client, content_type: str) -> None:
    response = client.generic("POST", "/api/echo/", b'{"movie_id": 1}', content_type=content_type)
    assert response.status_code == 200


def test_a_body_beyond_its_limit_is_413_and_the_limit_is_the_views(client: Client) -> None:
    large = b'{"name": "' + b"x" * 200 + b'"}'
    response = client.post("/api/small/", large, content_type="application/json")
    assert response.status_code == 413
    assert error_of(response)["error"] == "VALIDATION_ERROR"
    larger = b'{"name": "' + b"x" * 1024 * 1024 + b'"}'
    assert client.post("/api/echo/", larger, content_type="application/json").status_code == 413


def test_a_body_of_unknown_length_is_411_and_not_taken_for_empty(client: Client) -> None:
    response = client.generic("POST", "/api/echo/", headers={"transfer-encoding": "chunked"})
    assert response.status_code == 411
    assert error_of(response)["error"] == "VALIDATION_ERROR"


def test_who_may_not_come_in_learns_nothing_about_the_body(client: Client) -> None:
    response = client.post("/api/private/", b"{", content_type="application/json")
    assert response.status_code == 401
    assert error_of(response)["error"] == "NOT_AUTHENTICATED"


def test_a_body_that_was_refused_is_read_to_its_end_so_that_the_connection_lives_on(
    client: Client,
) -> None:
    body = BytesIO(b"x" * 200_000)
    sent: dict[str, Any] = {"wsgi.input": body}
    refused = client.generic(
        "POST",
        "/api/movies/",
        body.getvalue(),
        content_type="application/json",
        HTTP_AUTHORIZATION="Bearer expired",
        **sent,
    )
    assert refused.status_code == 401
    assert not body.read()


def test_the_api_answers_in_json_whatever_is_accepted(client: Client) -> None:
    for accept in ("text/html", "image/png", "application/xml", "*/*", "nonsense"):
        response = client.get("/api/listing/", headers={"accept": accept})
        assert response.status_code == 200
        assert response["Content-Type"] == "application/json"
