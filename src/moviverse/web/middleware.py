from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

HEADER = "Content-Security-Policy"
CLOSED = "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
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
            is_admin = request.path.startswith(ADMIN_PATH)
            response[HEADER] = of_admin() if is_admin else of_pages()
        response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        return response


def of_pages() -> str:
    """Return the policy of our pages: no inline script, no inline style, no outside host."""
    images = f"'self' {_tmdb_images()}" if settings.TMDB_API_KEY else "'self'"
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
        f"connect-src 'self'; manifest-src 'self'; img-src {images}; {CLOSED}"
    )


def of_admin() -> str:
    """Return the policy of the admin, whose interface is Alpine's.

    It keeps expressions in attributes and styles in elements.
    """
    return (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
        f"style-src 'self' 'unsafe-inline'; img-src 'self' data: {_tmdb_images()}; "
        f"font-src 'self' data:; {CLOSED}"
    )


def _tmdb_images() -> str:
    """Return the host on which the catalogue finds posters, with a key."""
    parts = urlsplit(settings.TMDB_IMAGE_URL)
    return f"{parts.scheme}://{parts.netloc}"
