"""What must hold for each operation that there is, by walking over the OpenAPI document.

Each test goes over all of them and tells every one that breaks the rule.
"""

from __future__ import annotations

import re
from io import BytesIO
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from tests.contracts import operations
from tests.contracts.operations import FORM, JSON, Operation
from tests.factories import accounts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_django import Settings

pytestmark = pytest.mark.django_db

EVERY = operations.every()
LIMITED = [operation for operation in EVERY if not operation.is_probe]
WITH_BODY = [operation for operation in EVERY if operation.takes]
SENTENCE = re.compile(r"\S.*[.!?]$", re.DOTALL)


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, settings: Settings) -> None:
    settings.AVATARS_DIR = tmp_path / "avatars"
    settings.THROTTLE_RATES = dict.fromkeys(settings.THROTTLE_RATES, 100_000)


@pytest.fixture
def anybody() -> APIClient:
    return APIClient()


@pytest.fixture
def admin() -> APIClient:
    return accounts.client_of(accounts.administrator())


def faults(
    chosen: list[Operation], ask: Callable[[Operation], Any], fault: Callable[[Any], object]
) -> dict[str, object]:
    """Return what is wrong with the answer of each operation, by its name."""
    found = {}
    for operation in chosen:
        wrong = fault(ask(operation))
        if wrong:
            found[str(operation)] = wrong
    return found


def misshapen(answer: Any, status: int, code: str = "") -> object:
    """Return what is wrong with an error; the shape is the same everywhere."""
    if answer.status_code != status:
        return answer.status_code, answer.content[:200]
    if answer["Content-Type"] != JSON:
        return answer["Content-Type"]
    body = answer.json()
    wrong = [
        set(body) - {"details"} != {"error", "message", "request_id"},
        code and body["error"] != code,
        not SENTENCE.match(body["message"]),
        body["request_id"] != answer["X-Request-ID"],
        "no-store" not in answer["Cache-Control"],
        status == 401 and not answer["WWW-Authenticate"].startswith("Bearer"),
        status == 400 and code == "VALIDATION_ERROR" and not _is_details(body.get("details")),
    ]
    return body if any(wrong) else None


def _is_details(details: Any) -> bool:
    """Say whether fields map to messages; of a body that is no JSON there are no fields."""
    return details is None or all(
        messages and all(isinstance(said, str) for said in messages)
        for messages in details.values()
    )


def test_nobody_gets_in_without_signing_in_but_where_anybody_may(anybody: APIClient) -> None:
    closed = [operation for operation in EVERY if not operation.is_public]
    assert closed
    found = faults(
        closed, lambda each: each.call(anybody), lambda a: misshapen(a, 401, "NOT_AUTHENTICATED")
    )
    assert not found


def test_an_open_operation_asks_nobody_to_sign_in(anybody: APIClient) -> None:
    opened = [each for each in EVERY if each.is_public and not each.path.startswith("/api/auth/")]
    found = faults(
        opened, lambda each: each.call(anybody), lambda a: a.status_code in {401, 403, 500}
    )
    assert not found


@pytest.mark.parametrize("token", ["Bearer", "Bearer ", "Bearer x", "Bearer a.b.c", "bearer x"])
def test_a_token_that_does_not_hold_is_refused_everywhere(anybody: APIClient, token: str) -> None:
    asked = [operation for operation in EVERY if operation.looks_at_tokens]
    found = faults(
        asked,
        lambda each: each.call(anybody, HTTP_AUTHORIZATION=token),
        lambda answer: misshapen(answer, 401, "AUTHENTICATION_FAILED"),
    )
    assert not found


def test_every_answer_says_where_the_client_stands_and_who_asked(anybody: APIClient) -> None:
    def fault(answer: Any) -> object:
        limits = [answer.get(f"RateLimit-{name}") for name in ("Limit", "Remaining", "Reset")]
        if not all(str(limit).isdigit() for limit in limits):
            return limits
        return answer.get("X-Request-ID") != "trace-0123" and answer.get("X-Request-ID")

    found = faults(LIMITED, lambda e: e.call(anybody, HTTP_X_REQUEST_ID="trace-0123"), fault)
    assert not found


def test_past_the_limit_every_operation_says_when_to_come_back(
    anybody: APIClient, settings: Settings
) -> None:
    settings.THROTTLE_RATES = dict.fromkeys(settings.THROTTLE_RATES, 0)

    def fault(answer: Any) -> object:
        waits = answer.get("Retry-After", ""), answer.get("RateLimit-Remaining")
        return misshapen(answer, 429, "RATE_LIMITED") or (
            not (waits[0].isdigit() and int(waits[0]) >= 1 and waits[1] == "0") and waits
        )

    assert not faults(LIMITED, lambda each: each.call(anybody), fault)


def test_each_path_works_in_all_its_spellings_without_a_redirect(anybody: APIClient) -> None:
    found = {}
    for operation in EVERY:
        path = operation.at({})
        spellings = [path, path[:-1]]
        if path.startswith("/api/"):
            spellings += [each.replace("/api/", "/api/v1/", 1) for each in spellings]
        said = []
        for spelling in spellings:
            cache.clear()
            said.append(operation.call(anybody, path=spelling).status_code)
        if len(set(said)) > 1 or 300 <= said[0] < 400:
            found[str(operation)] = said
    assert not found


def test_a_method_that_is_not_there_is_405_and_the_others_are_named(admin: APIClient) -> None:
    found = {}
    for path, here in groupby(EVERY, lambda each: each.path):
        known = list(here)
        methods = {each.method for each in known}
        extra = {"HEAD"} if "GET" in methods else set()
        for method in {*operations.METHODS, "TRACE", "BREW"} - methods:
            answer = admin.generic(method, known[0].at({}))
            allowed = set(answer.get("Allow", "").split(", "))
            wrong = misshapen(answer, 405, "METHOD_NOT_ALLOWED")
            if wrong or allowed != methods | extra | {"OPTIONS"}:
                found[f"{method} {path}"] = wrong or allowed
        options = admin.options(known[0].at({}))
        if (options.status_code, options.content) != (204, b""):
            found[f"OPTIONS {path}"] = options.status_code
    assert not found


def test_head_is_get_without_a_body(admin: APIClient) -> None:
    found = {}
    for operation in EVERY:
        if operation.method == "GET":
            read, head = operation.call(admin), admin.head(operation.at({}))
            if head.status_code != read.status_code or getattr(head, "content", b""):
                found[str(operation)] = read.status_code, head.status_code
            for answer in (read, head):
                answer.close()  # of a file, or it stays open
    assert not found


def test_a_body_in_another_form_is_415(admin: APIClient) -> None:
    for content_type in ("text/plain", "application/xml", "application/x-www-form-urlencoded"):
        found = faults(
            WITH_BODY,
            lambda each: each.call(admin, data=b"a=1", content_type=content_type),  # noqa: B023 - called at once
            lambda answer: misshapen(answer, 415, "UNSUPPORTED_MEDIA_TYPE"),
        )
        assert not found


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b'"text"', b"\xff", b'{"a": NaN}', b'{"a": "\\u0000"}', b'{"a": 1e400}',
     b"[" * 100_000, b'{"a":' * 100_000, b'{"unknown_field": 1}'],
    ids=lambda body: repr(body[:12]),
)  # fmt: skip
def test_a_body_that_is_not_as_it_should_be_is_400(admin: APIClient, body: bytes) -> None:
    json = [operation for operation in WITH_BODY if operation.takes == JSON]
    found = faults(
        json,
        lambda each: each.call(admin, data=body, content_type=JSON),
        # What a role or a missing thing refuses before is told first.
        lambda answer: answer.status_code != 404 and misshapen(answer, 400),
    )
    assert not found


def test_a_body_that_is_too_large_is_413(admin: APIClient) -> None:
    large = b'{"a": "' + b"x" * (2 * 1024 * 1024) + b'"}'
    found = faults(
        [operation for operation in WITH_BODY if operation.takes == JSON],
        lambda each: each.call(admin, data=large, content_type=JSON),
        # Some take more than others; nobody's things are not there, however large.
        lambda answer: answer.status_code not in {400, 404} and misshapen(answer, 413),
    )
    assert not found


def test_a_form_that_says_to_be_too_large_is_413_unread(admin: APIClient) -> None:
    # Unlike the test client's own, this input may be read to its end.
    told: dict[str, Any] = {"CONTENT_LENGTH": str(2**40), "wsgi.input": BytesIO(b"x")}
    found = faults(
        [operation for operation in WITH_BODY if operation.takes == FORM],
        lambda each: each.call(admin, data=b"x", content_type=f"{FORM}; boundary=edge", **told),
        lambda answer: misshapen(answer, 413, "VALIDATION_ERROR"),
    )
    assert not found


def test_every_post_that_creates_takes_an_idempotency_key(admin: APIClient) -> None:
    creating = [
        each
        for each in EVERY
        if each.method == "POST" and {"201", "202"} & set(each.told["responses"])
    ]
    assert creating

    def fault(answer: Any) -> object:
        wrong = misshapen(answer, 400, "VALIDATION_ERROR")
        return wrong or (set(answer.json()["details"]) != {"Idempotency-Key"} and answer.json())

    found = faults(creating, lambda e: e.call(admin, HTTP_IDEMPOTENCY_KEY="x" * 201), fault)
    assert not found


def test_a_parameter_that_is_not_known_is_never_ignored(admin: APIClient) -> None:
    with_query = [
        each
        for each in EVERY
        if each.method == "GET" and any(p["in"] == "query" for p in each.told.get("parameters", []))
    ]
    assert with_query
    found = faults(
        with_query,
        lambda each: admin.get(each.at({}), {"nonsense": "1"}),
        lambda answer: answer.status_code != 404 and misshapen(answer, 400, "VALIDATION_ERROR"),
    )
    assert not found


def test_what_may_be_kept_by_all_has_an_etag_and_is_304_when_known(anybody: APIClient) -> None:
    kept = []
    for operation in EVERY:
        if operation.method != "GET" or operation.is_probe:
            continue
        answer = operation.call(anybody)
        if answer.status_code == 200 and "public" in answer["Cache-Control"]:
            kept.append(operation)
            again = operation.call(anybody, HTTP_IF_NONE_MATCH=answer["ETag"])
            assert (str(operation), again.status_code) == (str(operation), 304)
        elif answer.status_code < 300:
            assert {"Authorization", "Cookie"} <= set(answer["Vary"].split(", ")), operation
    assert len(kept) >= 3
