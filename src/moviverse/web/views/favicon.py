from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponsePermanentRedirect
from django.templatetags.static import static

from moviverse.web.pages import page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

DAY_SECONDS = 86_400


@page()
def favicon(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - it is the same for all
    """Lead browsers that look at a picture or at JSON to the site's mark."""
    return HttpResponsePermanentRedirect(
        static("web/mark.svg"), headers={"Cache-Control": f"public, max-age={DAY_SECONDS}"}
    )
