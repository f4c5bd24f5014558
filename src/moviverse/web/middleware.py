from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

TMDB_IMAGES = "https://image.tmdb.org"  # where the catalogue finds posters, with a key
HEADER = "Content-Security-Policy"
CLOSED = "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
# The admin's interface is Alpine's: it keeps expressions in attributes and styles in elements.
ADMIN = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    f"style-src 'self' 'unsafe-inline'; img-src 'self' data: {TMDB_IMAGES}; "
    f"font-src 'self' data:; {CLOSED}"
)
ADMIN_PATH = "/admin/"


class ContentSecurityPolicyMiddleware:
    """Say what an answer may load: our own files, and pictures from where the catalogue has them.

    A view that needs another policy has set it already.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, with a policy."""
        response = self.get_response(request)
        if HEADER not in response:
            response[HEADER] = ADMIN if request.path.startswith(ADMIN_PATH) else of_pages()
        response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        return response


def of_pages() -> str:
    """Return the policy of our pages: no inline script, no inline style, no outside host."""
    images = f"'self' {TMDB_IMAGES}" if settings.TMDB_API_KEY else "'self'"
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
        f"connect-src 'self'; manifest-src 'self'; img-src {images}; {CLOSED}"
    )
