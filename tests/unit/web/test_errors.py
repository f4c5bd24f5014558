"""None of these tests may read the database, and so none of the pages does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404

from moviverse.core import errors, outages
from moviverse.recommendations.errors import ModelNotTrained
from moviverse.web import errors as pages

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.test import RequestFactory


@pytest.fixture
def request_(rf: RequestFactory) -> HttpRequest:
    request = rf.get("/somewhere")
    request.request_id = "a-request-of-tests"  # type: ignore[attr-defined]  # as the middleware does
    return request


def test_each_page_of_djangos_own_errors_is_in_the_sites_look(request_: HttpRequest) -> None:
    answers: dict[int, HttpResponse] = {
        400: pages.bad_request(request_, SuspiciousOperation("odd")),
        403: pages.permission_denied(request_, PermissionDenied()),
        404: pages.page_not_found(request_, Http404()),
        500: pages.server_error(request_),
        503: pages.unavailable(request_, outages.DatabaseAway()),
    }
    for status, response in answers.items():
        text = response.content.decode()
        assert response.status_code == status
        assert "site.css" in text
        assert f">{status}<" in text
        assert "a-request-of-tests" in text
        assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.Invalid("No such order."), 400),
        (errors.AuthenticationFailed("Not you."), 403),
        (errors.PermissionRefused("Not here."), 403),
        (errors.NotFound("No film has this id."), 404),
        (errors.Conflict("It is there."), 409),
        (errors.RateLimited("Slow down.", retry_after_seconds=7), 429),
        (errors.Unavailable("It rests.", retry_after_seconds=9), 503),
        (errors.UpstreamAway("It rests outside.", retry_after_seconds=9), 503),
        (errors.UpstreamFailed("It mumbles."), 502),
        (ModelNotTrained("Train it first."), 503),
        (errors.MoviverseError("Odd."), 500),
    ],
)
def test_an_error_of_ours_says_its_own_sentence(
    request_: HttpRequest, error: errors.MoviverseError, status: int
) -> None:
    response = pages.answer(request_, error)
    assert response.status_code == status
    assert error.message in response.content.decode()


def test_a_limit_and_an_outage_say_when_to_try_again(request_: HttpRequest) -> None:
    limited = pages.answer(request_, errors.RateLimited(retry_after_seconds=7))
    away = pages.answer(request_, errors.Unavailable(retry_after_seconds=9))
    assert (limited["Retry-After"], away["Retry-After"]) == ("7", "9")


def test_a_sentence_is_written_as_text(request_: HttpRequest) -> None:
    response = pages.answer(request_, errors.NotFound("<script>alert(1)</script>"))
    assert b"<script>alert" not in response.content
