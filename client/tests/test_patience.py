"""Which calls are repeated, how long after, and what is told when all was in vain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from moviverse_client import Client, ConnectionFailed, RateLimited, Unavailable, UnexpectedAnswer
from moviverse_client.transport import ATTEMPTS, Transport

if TYPE_CHECKING:
    from collections.abc import Callable

    Answer = httpx.Response | Exception

FINE = {"tmdb_id": 603, "rating": 4.5, "rated_at": "2026-03-01T21:10:00Z"}


class Server:
    """Answers with what it was given, in this order, the last one again and again."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def conversation() -> Callable[[Server], tuple[Transport, list[float]]]:
    """Return what makes a conversation with a server that notes its pauses and makes none."""

    def with_server(server: Server) -> tuple[Transport, list[float]]:
        http = httpx.Client(base_url="http://testserver", transport=httpx.MockTransport(server))
        pauses: list[float] = []
        return Transport(http=http, wait=pauses.append), pauses

    return with_server


def refusal(status: int, code: str, **headers: str) -> httpx.Response:
    body = {"error": code, "message": "Not now.", "request_id": "request-1"}
    return httpx.Response(status, json=body, headers=headers)


def busy(seconds: str) -> httpx.Response:
    return refusal(429, "RATE_LIMITED", **{"Retry-After": seconds})


def test_retry_after_is_obeyed(conversation: Any) -> None:
    server = Server(busy("7"), refusal(503, "API_ERROR", **{"Retry-After": "2"}), _fine())
    transport, pauses = conversation(server)
    assert transport.call("GET", "/api/user/ratings/603/") == FINE
    assert pauses == [7.0, 2.0]


def test_a_wait_that_is_too_long_is_the_callers_to_decide(conversation: Any) -> None:
    transport, pauses = conversation(Server(busy("3600")))
    with pytest.raises(RateLimited) as refused:
        transport.call("GET", "/api/genres/")
    assert refused.value.retry_after_seconds == 3600
    assert refused.value.request_id == "request-1"
    assert pauses == []


def test_attempts_are_counted(conversation: Any) -> None:
    server = Server(busy("1"))
    transport, pauses = conversation(server)
    with pytest.raises(RateLimited):
        transport.call("PUT", "/api/user/ratings/603/", body={"rating": 4.5})
    assert len(server.asked) == ATTEMPTS
    assert len(pauses) == ATTEMPTS - 1


def test_what_may_happen_twice_is_not_repeated(conversation: Any) -> None:
    server = Server(busy("1"))
    transport, _ = conversation(server)
    with pytest.raises(RateLimited):
        transport.call("POST", "/api/auth/login/", body={})
    assert len(server.asked) == 1


def test_what_creates_is_repeated_with_one_key(conversation: Any) -> None:
    server = Server(httpx.ReadError("reset"), busy("1"), _fine(201))
    transport, _ = conversation(server)
    assert transport.call("POST", "/api/interactions/", body={}, creates=True) == FINE
    keys = {request.headers["Idempotency-Key"] for request in server.asked}
    assert (len(server.asked), len(keys)) == (3, 1)


def test_two_calls_have_two_keys(conversation: Any) -> None:
    server = Server(_fine(201), _fine(201))
    transport, _ = conversation(server)
    for _ in range(2):
        transport.call("POST", "/api/interactions/", body={}, creates=True)
    assert len({request.headers["Idempotency-Key"] for request in server.asked}) == 2


def test_a_broken_connection_is_tried_again_after_growing_pauses(conversation: Any) -> None:
    transport, pauses = conversation(Server(httpx.ConnectError("refused")))
    with pytest.raises(ConnectionFailed, match="refused"):
        transport.call("GET", "/api/genres/")
    assert len(pauses) == ATTEMPTS - 1
    assert 0.1 <= pauses[0] <= 0.2 <= pauses[1] <= 0.4


def test_a_model_that_is_not_trained_is_not_waited_for(conversation: Any) -> None:
    server = Server(refusal(503, "MODEL_NOT_FOUND", **{"Retry-After": "1"}))
    transport, pauses = conversation(server)
    with pytest.raises(Unavailable) as refused:
        transport.call("GET", "/api/movies/recommendations/")
    assert refused.value.code == "MODEL_NOT_FOUND"
    assert (len(server.asked), pauses) == (1, [])


def test_a_proxys_page_is_an_error_too(conversation: Any) -> None:
    transport, _ = conversation(Server(httpx.Response(502, text="<h1>Bad Gateway</h1>")))
    with pytest.raises(Unavailable) as refused:
        transport.call("GET", "/api/genres/")
    assert (refused.value.status, refused.value.message) == (502, "Bad Gateway")


def test_a_page_in_place_of_json_is_no_answer() -> None:
    page = httpx.MockTransport(lambda _request: httpx.Response(200, text="<h1>Welcome</h1>"))
    with (
        Client("http://testserver", transport=page) as client,
        pytest.raises(UnexpectedAnswer, match="/api/genres/"),
    ):
        client.movies.genres()


def _fine(status: int = 200) -> httpx.Response:
    return httpx.Response(status, json=FINE)
