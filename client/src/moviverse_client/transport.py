"""One HTTP conversation: tokens, their refresh, patience, and errors."""

from __future__ import annotations

import random
import threading
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import httpx

from moviverse_client import errors
from moviverse_client.reading import read

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")

IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
ATTEMPTS = 3  # of a call that may be repeated
LONGEST_WAIT_SECONDS = 30.0  # that a call sleeps; what takes longer is the caller's decision
FIRST_WAIT_SECONDS = 0.2  # where the server does not say how long; doubled each time
UNAUTHORIZED, NO_CONTENT = 401, 204
TRY_AGAIN = frozenset({429, 503})
NOT_TRAINED = "MODEL_NOT_FOUND"  # a 503 that waiting does not mend: somebody has to train it
REFRESH = "/api/auth/token/refresh/"


@dataclass(frozen=True)
class Tokens:
    """What a session consists of. The refresh token is good once: keep the newest pair."""

    access: str
    refresh: str = ""


class Waiting(Protocol):
    """Sleeps; tests give one that does not."""

    def __call__(self, seconds: float, /) -> None: ...


class Transport:
    """Sends calls and keeps the session."""

    def __init__(
        self,
        *,
        http: httpx.Client,
        tokens: Tokens | None = None,
        on_tokens: Callable[[Tokens | None], None] | None = None,
        wait: Waiting = time.sleep,
    ) -> None:
        self.http = http
        self._tokens = tokens
        self._on_tokens = on_tokens
        self._wait = wait
        self._renewing = threading.Lock()

    @property
    def tokens(self) -> Tokens | None:
        """The session's tokens, or None when nobody is signed in."""
        return self._tokens

    def keep(self, tokens: Tokens | None) -> None:
        """Use these tokens from now on, and tell whoever stores them."""
        self._tokens = tokens
        if self._on_tokens is not None:
            self._on_tokens(tokens)

    def get(self, kind: type[T], path: str, **query: Any) -> T:
        """Return the answer to a GET as a dataclass."""
        return read(kind, self.call("GET", path, query=query))

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        files: Mapping[str, Any] | None = None,
        creates: bool = False,
        is_signed: bool = True,
    ) -> Any:
        """Return the JSON of an answer; None of one without a body.

        Args:
            method: Of HTTP.
            path: From `/api/` on.
            query: Parameters; those that are None are left out, lists are repeated.
            body: Sent as JSON.
            files: Sent as a form, in place of a body.
            creates: A POST that is safe to repeat: it gets an `Idempotency-Key`.
            is_signed: Send the access token, if there is one.

        Raises:
            ApiError: the API refused, by its subclass.
            ConnectionFailed: nobody answered.
            UnexpectedAnswer: the answer is no JSON.
        """
        response = self.send(
            method, path, query=query, body=body, files=files, creates=creates, is_signed=is_signed
        )
        if response.status_code == NO_CONTENT or not response.content:
            return None
        try:
            return response.json()
        except ValueError as error:
            raise errors.UnexpectedAnswer(f"{method} {path} did not answer with JSON.") from error

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        files: Mapping[str, Any] | None = None,
        creates: bool = False,
        is_signed: bool = True,
    ) -> httpx.Response:
        """Return a good answer as it came; the arguments and errors are those of `call`."""
        headers = {"Idempotency-Key": str(uuid.uuid4())} if creates else {}
        attempts = ATTEMPTS if creates or method in IDEMPOTENT else 1
        for attempt in range(1, attempts + 1):
            try:
                response = self._signed(
                    is_signed,
                    method=method,
                    url=path,
                    params=_parameters(query or {}),
                    json=None if body is None else {name: _plain(body[name]) for name in body},
                    files=files,
                    headers=headers,
                )
            except httpx.TransportError as error:
                if attempt == attempts:
                    raise errors.ConnectionFailed(f"{method} {path}: {error}") from error
                self._wait(_pause(attempt))
                continue
            if response.is_success:
                return response
            refused = errors.error_of(response)
            seconds = refused.retry_after_seconds
            seconds = _pause(attempt) if seconds is None else seconds
            if attempt == attempts or not _may_pass(refused) or seconds > LONGEST_WAIT_SECONDS:
                raise refused
            self._wait(seconds)
        raise AssertionError("The last attempt returns or raises.")

    def _signed(self, is_signed: bool, **request: Any) -> httpx.Response:  # noqa: FBT001 - passed along
        """Send a request once more with new tokens when the old ones have expired."""
        _rewind(request)
        tokens = self._tokens if is_signed else None
        if tokens is None:
            return self.http.request(**request)
        response = self.http.request(**_with_token(request, tokens))
        if response.status_code != UNAUTHORIZED or not tokens.refresh:
            return response
        renewed = self._renewed(tokens)
        if renewed is None:
            return response
        _rewind(request)
        return self.http.request(**_with_token(request, renewed))

    def _renewed(self, used: Tokens) -> Tokens | None:
        """Return tokens newer than `used`; None when the session has ended.

        One thread renews and the others take what it got: a refresh token is good once, and its
        second use would end the session for all.
        """
        with self._renewing:
            if self._tokens != used:
                return self._tokens
            response = self.http.post(REFRESH, json={"refresh": used.refresh})
            if response.status_code == UNAUTHORIZED:
                self.keep(None)
                return None
            if not response.is_success:
                raise errors.error_of(response)
            self.keep(read(Tokens, response.json()))
            return self._tokens


def given(**fields: Any) -> dict[str, Any]:
    """Return the fields that are not None: what is not told is not sent."""
    return {name: value for name, value in fields.items() if value is not None}


def _parameters(query: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in given(**query).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value


def _with_token(request: dict[str, Any], tokens: Tokens) -> dict[str, Any]:
    headers = {**request["headers"], "Authorization": f"Bearer {tokens.access}"}
    return {**request, "headers": headers}


def _rewind(request: dict[str, Any]) -> None:
    for _name, content, *_ in (request["files"] or {}).values():
        if hasattr(content, "seek"):
            content.seek(0)


def _may_pass(refused: errors.ApiError) -> bool:
    return refused.status in TRY_AGAIN and refused.code != NOT_TRAINED


def _pause(attempt: int) -> float:
    """Return a pause that grows, and differs between clients who were refused together."""
    longest: float = FIRST_WAIT_SECONDS * 2 ** (attempt - 1)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
