"""The few errors that everything raised on purpose derives from.

One handler a transport maps them: `moviverse.api.errors` to JSON, `moviverse.web.errors` to
pages, the command line to one sentence and an exit code. `code` is the public name in an answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class MoviverseError(Exception):
    """Something went wrong that has a name and a sentence for the person who asked."""

    code = "INTERNAL_ERROR"
    message = "Something went wrong on our side."

    def __init__(self, message: str | None = None, *, details: Any = None) -> None:
        self.message = message or type(self).message
        self.details = details
        super().__init__(self.message)


class NotFound(MoviverseError):
    """The thing does not exist, or not for this person."""

    code = "NOT_FOUND"
    message = "There is nothing here."


class Invalid(MoviverseError):
    """What was sent breaks a rule; `fields` maps a field to its messages."""

    code = "VALIDATION_ERROR"
    message = "Some of what was sent is not valid."

    def __init__(
        self, message: str | None = None, *, fields: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        details = {name: list(said) for name, said in fields.items()} if fields else None
        super().__init__(message, details=details)


class NotAuthenticated(MoviverseError):
    """Nobody is signed in, and somebody must be."""

    code = "NOT_AUTHENTICATED"
    message = "Sign in first."


class AuthenticationFailed(MoviverseError):
    """The credentials or the token do not hold."""

    code = "AUTHENTICATION_FAILED"
    message = "The credentials are not valid."


class PermissionRefused(MoviverseError):
    """The person is known and may not do this."""

    code = "PERMISSION_DENIED"
    message = "You may not do this."


class Conflict(MoviverseError):
    """It contradicts what is already there."""

    code = "CONFLICT"
    message = "This contradicts what is already there."


class RateLimited(MoviverseError):
    """Too many requests; try again after `retry_after_seconds`."""

    code = "RATE_LIMITED"
    message = "Too many requests. Try again later."

    def __init__(self, message: str | None = None, *, retry_after_seconds: int) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class Unavailable(MoviverseError):
    """Something that we stand on is down; try again after `retry_after_seconds`."""

    code = "INTERNAL_ERROR"
    message = "A part of the service is not available. Try again shortly."

    def __init__(
        self, message: str | None = None, *, retry_after_seconds: int = 5, details: Any = None
    ) -> None:
        super().__init__(message, details=details)
        self.retry_after_seconds = retry_after_seconds


class UpstreamAway(Unavailable):
    """An outside service does not answer; try again after `retry_after_seconds`."""

    code = "API_ERROR"
    message = "An outside service does not answer. Try again shortly."


class UpstreamFailed(MoviverseError):
    """An outside service answered, but not with anything that can be used."""

    code = "API_ERROR"
    message = "An outside service gave an answer that cannot be used."
