"""Who is asking: by an access token, by a session of our own pages, or by a password in a form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import QueryDict
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, SessionAuthentication

from moviverse.accounts import services, tokens
from moviverse.core import clients, errors

if TYPE_CHECKING:
    from django.http import HttpRequest
    from rest_framework.request import Request

    from moviverse.accounts.models import User

SCHEME = "Bearer"


def caller(request: Request) -> User:
    """Return who is signed in.

    Raises:
        NotAuthenticated: nobody is.
    """
    if isinstance(request.user, AnonymousUser):
        raise errors.NotAuthenticated
    return request.user


class AccessTokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access>`, in this one spelling.

    Another scheme is somebody else's, such as a proxy's in front of us, and says nothing. A token
    that does not hold is refused on public operations too: its sender believes to be signed in.
    """

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        """Return whom the token is for, with one query.

        Raises:
            TokenRefused: the token does not hold.
        """
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if not scheme.lower().startswith(SCHEME.lower()):
            return None
        if scheme != SCHEME:
            raise tokens.TokenRefused
        return tokens.user_of(access=token, now=timezone.now()), None


class PageSessionAuthentication(SessionAuthentication):
    """The session of our own pages, with its CSRF token on every method that changes something."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        """Return whose session it is; who sends no cookie has none, and it need not be looked for."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        return super().authenticate(request)

    def enforce_csrf(self, request: Request) -> None:
        """Ask for the token in its header, `X-CSRFToken`, alone.

        Django would look into a form first, and so read an upload before its limits are known.
        """
        request._request._post = QueryDict()  # type: ignore[attr-defined]  # noqa: SLF001 - what Django reads
        super().enforce_csrf(request)


class LimitedPasswordBackend(ModelBackend):
    """Passwords typed into Django's own forms, the admin's among them, pass our limiter too."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,  # noqa: ARG002 - Django's signature
    ) -> User | None:
        """Return whose e-mail address or user name and password these are, if anybody's.

        Raises:
            PermissionDenied: there were too many attempts.
        """
        if request is None or username is None or password is None:
            return None
        try:
            return services.authenticate(
                identifier=username,
                password=password,
                address=clients.address(request),
                now=timezone.now(),
            )
        except errors.AuthenticationFailed:
            return None
        except errors.RateLimited as error:
            raise PermissionDenied from error
