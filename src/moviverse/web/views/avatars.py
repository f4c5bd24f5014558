from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse

from moviverse.accounts import avatars
from moviverse.web.pages import page

if TYPE_CHECKING:
    from django.http import HttpRequest

YEAR_SECONDS = 31_536_000


@page()
def avatar(request: HttpRequest, *, name: str) -> HttpResponse:  # noqa: ARG001 - it is the same for all
    """Answer with a person's picture: another picture has another name, so it may be kept for long."""
    return HttpResponse(
        avatars.read(name=name),
        content_type="image/webp",
        headers={
            "Cache-Control": f"public, max-age={YEAR_SECONDS}, immutable",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        },
    )
