"""What a call may raise: one class a situation that a program reacts to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

RETRY_AFTER = "Retry-After"


class ApiError(Exception):
    """The API answered with an error.

    Attributes:
        status: The HTTP status.
        code: The contract's name of it, such as `VALIDATION_ERROR`.
        message: A sentence for a person.
        details: Of a validation error: field -> list of messages.
        request_id: What to name when asking the site's operator; also in the server's log.
        retry_after_seconds: When to try again, if the server said so.
    """

    def __init__(
        self,
        *,
        status: int,
        code: str,
        message: str,
        details: Any = None,
        request_id: str = "",
        retry_after_seconds: float | None = None,
    ) -> None:
        self.status = status
        self.code = code
        self.message = message
        self.details = details
        self.request_id = request_id
        self.retry_after_seconds = retry_after_seconds
        super().__init__(f"{code} ({status}): {message}{_told(details)}")


class Invalid(ApiError):
    """What was sent breaks a rule (400)."""


class NotAuthenticated(ApiError):
    """Nobody is signed in, or the session has ended (401)."""


class PaymentRequired(ApiError):
    """This needs a subscription (402)."""


class PermissionRefused(ApiError):
    """The person may not do this (403)."""


class NotFound(ApiError):
    """There is no such thing, or not for this person (404)."""


class Conflict(ApiError):
    """It contradicts what is already there (409)."""


class RateLimited(ApiError):
    """Too many requests (429)."""


class Unavailable(ApiError):
    """The service, or something that it stands on, is away (502, 503, 504)."""


class ConnectionFailed(Exception):
    """Nobody answered, or not in time."""


class UnexpectedAnswer(Exception):
    """The answer is not what the contract says: something other than a MoviVerse is listening."""


OF_STATUS: dict[int, type[ApiError]] = {
    400: Invalid,
    401: NotAuthenticated,
    402: PaymentRequired,
    403: PermissionRefused,
    404: NotFound,
    409: Conflict,
    411: Invalid,
    413: Invalid,
    415: Invalid,
    429: RateLimited,
    502: Unavailable,
    503: Unavailable,
    504: Unavailable,
}


def error_of(response: httpx.Response) -> ApiError:
    """Return the error that an answer tells, also when a proxy's page stands in its place."""
    try:
        said = response.json()
    except ValueError:
        said = None
    body: dict[str, Any] = said if isinstance(said, dict) else {}
    kind = OF_STATUS.get(response.status_code, ApiError)
    return kind(
        status=response.status_code,
        code=str(body.get("error", "INTERNAL_ERROR")),
        message=str(body.get("message") or response.reason_phrase),
        details=body.get("details"),
        request_id=str(body.get("request_id") or response.headers.get("X-Request-ID", "")),
        retry_after_seconds=retry_after(response),
    )


def retry_after(response: httpx.Response) -> float | None:
    """Return the seconds that the server asks to wait, or None when it does not say."""
    said = response.headers.get(RETRY_AFTER, "")
    return float(said) if said.isascii() and said.isdigit() else None


def _told(details: Any) -> str:
    if not isinstance(details, dict) or not details:
        return ""
    said = [
        f"{name}: {' '.join(map(str, messages)) if isinstance(messages, list) else messages}"
        for name, messages in details.items()
    ]
    return f" [{'; '.join(said)}]"
