from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import orjson
from django.http import HttpResponse
from django.urls import reverse
from django.views.generic import TemplateView
from drf_spectacular.generators import SchemaGenerator

from moviverse.api import caching
from moviverse.api.views import ApiView

if TYPE_CHECKING:
    from django.http import HttpRequest
    from rest_framework.request import Request

SCHEMA_SECONDS = 3600
# Both viewers write style elements; scripts come from our own files alone.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; "
    "img-src 'self' data:; font-src 'self' data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


@cache
def document() -> bytes:
    """Return the OpenAPI document; it only changes with the code."""
    return orjson.dumps(SchemaGenerator().get_schema(public=True))  # type: ignore[no-untyped-call]  # untyped library


class Schema(ApiView):
    """The OpenAPI document of this service."""

    public = True
    schema = None

    @caching.public(SCHEMA_SECONDS)
    def get(self, _request: Request) -> HttpResponse:
        """Answer with the document."""
        return HttpResponse(document(), content_type="application/json")


class Page(TemplateView):
    """A viewer of the document, served without any outside host."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with the page and a policy that allows no inline script."""
        response = super().get(request, *args, **kwargs)
        response["Content-Security-Policy"] = POLICY
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return where the document and the viewer's script are."""
        addresses = {"schema_url": reverse("schema"), "script_url": reverse("swagger-script")}
        return {**super().get_context_data(**kwargs), **addresses}


class Swagger(Page):
    """Swagger UI."""

    template_name = "docs/swagger.html"


class SwaggerScript(Page):
    """What starts Swagger UI, as a file of its own."""

    template_name = "docs/swagger.js"
    content_type = "text/javascript"


class Redoc(Page):
    """Redoc."""

    template_name = "docs/redoc.html"
