"""Views that do one thing each, to try the ground rules on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path
from rest_framework import exceptions, serializers
from rest_framework.response import Response

from moviverse.api import caching, idempotency
from moviverse.api.pagination import paged
from moviverse.api.parsers import UploadParser
from moviverse.api.serializers import (
    BigIdField,
    PageQuery,
    RatingField,
    StrictSerializer,
    TextField,
)
from moviverse.api.views import ApiView
from moviverse.core import errors
from moviverse.core.models import Counter

if TYPE_CHECKING:
    from rest_framework.request import Request

SECRET = "a-canary-that-nobody-may-see"

RAISED: dict[str, BaseException] = {
    "not-found": errors.NotFound(),
    "invalid": errors.Invalid(fields={"year": ["Too early."]}),
    "not-authenticated": errors.NotAuthenticated(),
    "authentication-failed": errors.AuthenticationFailed(),
    "permission-refused": errors.PermissionRefused(),
    "conflict": errors.Conflict(),
    "rate-limited": errors.RateLimited(retry_after_seconds=7),
    "unavailable": errors.Unavailable(retry_after_seconds=3),
    "upstream-away": errors.UpstreamAway(retry_after_seconds=7),
    "upstream-failed": errors.UpstreamFailed(),
    "unnamed": errors.MoviverseError(),
    "http404": Http404(SECRET),
    "permission-denied": PermissionDenied(SECRET),
    "suspicious": SuspiciousOperation(SECRET),
    "too-big": RequestDataTooBig(SECRET),
    "django-validation": DjangoValidationError({"name": ["Too long."]}),
    "django-validation-whole": DjangoValidationError("Contradicts itself."),
    "nested": exceptions.ValidationError({"rows": [{}, {"rating": ["Too high."]}]}),
    "whole": exceptions.ValidationError({"non_field_errors": ["Contradicts itself."]}),
    "integrity": IntegrityError(SECRET),
    "data": DataError(SECRET),
    "operational": OperationalError(SECRET),
    "interface": InterfaceError(SECRET),
    "bug": RuntimeError(SECRET),
    "memory": MemoryError(SECRET),
    "recursion": RecursionError(SECRET),
}


class Body(StrictSerializer):
    movie_id = BigIdField(required=False)
    rating = RatingField(required=False)
    name = TextField(required=False, max_length=50)
    payload = serializers.JSONField(required=False)


class NumberSerializer(serializers.Serializer[Any]):
    def to_representation(self, instance: int) -> dict[str, int]:
        return {"number": instance}


class Echo(ApiView):
    public = True

    def post(self, _request: Request) -> Response:
        return Response(self.body(Body))

    def patch(self, _request: Request) -> Response:
        return Response(self.body(Body))


class Private(ApiView):
    def get(self, _request: Request) -> Response:
        return Response({})

    def post(self, _request: Request) -> Response:
        return Response(self.body(Body))


class Raises(ApiView):
    public = True

    def get(self, _request: Request, what: str) -> NoReturn:
        raise RAISED[what]


class Listing(ApiView):
    public = True

    def get(self, request: Request) -> Response:
        self.query(PageQuery)
        return paged(request, range(45), NumberSerializer)


class Rows(ApiView):
    public = True

    def get(self, request: Request) -> Response:
        self.query(PageQuery)
        rows = Counter.objects.order_by("key").values_list("count", flat=True)
        return paged(request, rows, NumberSerializer)


class Shared(ApiView):
    public = True

    @caching.public(60)
    def get(self, _request: Request) -> Response:
        return Response({"everybody": "the same"})


class Mixed(ApiView):
    public = True

    @caching.public(60, personal_when_signed_in=True)
    def get(self, request: Request) -> Response:
        return Response({"signed_in": request.user.is_authenticated})


class Creates(ApiView):
    public = True

    @idempotency.idempotent
    def post(self, _request: Request) -> Response:
        valid = self.body(Body)
        row = Counter.objects.create(key=valid["name"], count=1, expires_at="2100-01-01T00:00Z")
        if valid.get("rating"):
            raise errors.Conflict("After the effect.")
        return Response({"created": row.key}, status=201)


class CreatesSecretly(ApiView):
    public = True

    @idempotency.idempotent_without("token")
    def post(self, _request: Request) -> Response:
        return Response({"token": SECRET, "name": self.body(Body)["name"]}, status=201)


class UploadBody(StrictSerializer):
    file = serializers.FileField()
    note = TextField(required=False, max_length=50)


class Upload(ApiView):
    public = True
    parser_classes = (UploadParser,)
    max_body_bytes = 100_000

    @idempotency.idempotent
    def post(self, _request: Request) -> Response:
        valid = self.body(UploadBody)
        file = valid["file"]
        told = {
            "bytes": file.size,
            "on_disk": Path(file.temporary_file_path()).exists(),
            "path": file.temporary_file_path(),
            "text": file.read().decode(errors="replace")[:10],
            "note": valid.get("note"),
        }
        return Response(told, status=201)


class UploadForMembers(Upload):
    public = False


class Small(ApiView):
    public = True
    max_body_bytes = 100

    def post(self, _request: Request) -> Response:
        return Response(self.body(Body))


def page(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("a page")


def page_of_a_site_without_database(_request: HttpRequest) -> HttpResponse:
    raise OperationalError(SECRET)


def page_with_a_mistake(_request: HttpRequest) -> HttpResponse:
    raise RuntimeError(SECRET)


def unavailable(_request: HttpRequest, _exc: Exception) -> HttpResponse:
    return HttpResponse("<h1>Away</h1>", status=503)


def breaks_before_any_view(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("<h1>Server Error</h1>", status=500)


urlpatterns = [
    path("api/echo/", Echo.as_view()),
    path("api/private/", Private.as_view()),
    path("api/raises/<str:what>/", Raises.as_view()),
    path("api/listing/", Listing.as_view()),
    path("api/rows/", Rows.as_view()),
    path("api/shared/", Shared.as_view()),
    path("api/mixed/", Mixed.as_view()),
    path("api/creates/", Creates.as_view()),
    path("api/creates-secretly/", CreatesSecretly.as_view()),
    path("api/upload/", Upload.as_view()),
    path("api/upload-for-members/", UploadForMembers.as_view()),
    path("api/small/", Small.as_view()),
    path("api/plain/", breaks_before_any_view),
    path("api/away/", page_of_a_site_without_database),
    path("api/", include("moviverse.api.unknown.urls")),
    path("page", page),
    path("breaks", page_with_a_mistake),
    path("away", page_of_a_site_without_database),
]
handler503 = "tests.contracts.laboratory.unavailable"
