"""The OpenAPI document: what it says of every operation without being told, and the rest in brief."""

from __future__ import annotations

import re
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeAlias

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers

from moviverse.api.views import ApiView

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

REQUEST_ID = "5d0c1a7e-3c4f-4e0b-9d5a-1f7b2c9e8a60"
# The errors that a view may answer: their status, and a sentence for the example.
ERRORS = {
    "MISSING_DATA": (400, "Send a JSON body."),
    "MISSING_CONTEXT": (400, "Give a context: the films to start from."),
    "MISSING_MODEL": (400, "Give a model."),
    "INVALID_MODEL": (400, "There is no such model."),
    "INVALID_CONTEXT": (400, "The context is not a list of films."),
    "VALIDATION_ERROR": (400, "Some of what was sent is not valid."),
    "NOT_AUTHENTICATED": (401, "Sign in first."),
    "AUTHENTICATION_FAILED": (401, "The credentials are not valid."),
    "PAYMENT_REQUIRED": (402, "This needs a subscription."),
    "PERMISSION_DENIED": (403, "You may not do this."),
    "NOT_FOUND": (404, "There is nothing here."),
    "METHOD_NOT_ALLOWED": (405, "This method is not allowed here."),
    "CONFLICT": (409, "This contradicts what is already there."),
    "UNSUPPORTED_MEDIA_TYPE": (415, "Send the body as application/json."),
    "RATE_LIMITED": (429, "Too many requests. Try again later."),
    "INTERNAL_ERROR": (500, "Something went wrong on our side."),
    "MODEL_NOT_FOUND": (503, "This model is not trained yet."),
    "API_ERROR": (503, "A service that we ask did not answer."),
}
# A code whose other statuses are documented with it: an upstream is away, or talks nonsense.
ALSO = {"API_ERROR": (502,)}
ERROR = {"$ref": "#/components/schemas/Error"}
EVERYWHERE = ("RATE_LIMITED", "INTERNAL_ERROR")
WITH_BODY = ("VALIDATION_ERROR", "UNSUPPORTED_MEDIA_TYPE")
TOO_LARGE = (413, "The body is too large.")  # of every body; its code is VALIDATION_ERROR too
SIGNED_IN = ("NOT_AUTHENTICATED", "AUTHENTICATION_FAILED")
# Of an example: "request", or a status, with a media type where that is not JSON.
Place: TypeAlias = str | int | tuple[int, str]
NOT_A_NAME = re.compile(r"[^A-Za-z0-9_]+")


class ErrorSerializer(serializers.Serializer[Any]):
    """Every answer that is not a success."""

    error = serializers.ChoiceField(choices=sorted(ERRORS))
    message = serializers.CharField(help_text="A sentence for a person.")
    details = serializers.JSONField(required=False, help_text="Field -> list of messages.")
    request_id = serializers.CharField(help_text="Also in the header X-Request-ID and in the log.")


class AccessTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # untyped library
    """The access token of a client."""

    target_class = "moviverse.api.authentication.AccessTokenAuthentication"
    name = "accessToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:  # noqa: ARG002 - the library's signature
        """Return the scheme."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class PageSessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # untyped library
    """The session of our own pages."""

    target_class = "moviverse.api.authentication.PageSessionAuthentication"
    name = "pageSession"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:  # noqa: ARG002 - the library's signature
        """Return the scheme."""
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "With the header X-CSRFToken for every method that changes something.",
        }


class ContractSchema(AutoSchema):
    """Adds to each operation what holds for all: its security and the errors that any may answer."""

    def get_operation_id(self) -> str:
        """Return the method with the path: two addresses of one view are two operations."""
        place = (
            self.path.removeprefix("/api/")
            if self.path.startswith("/api/")
            else "server" + self.path
        )
        return "_".join([self.method.lower(), *NOT_A_NAME.sub(" ", place).split()])

    def get_tags(self) -> list[str]:
        """Return the name of the view's package: accounts, catalog, library, ..."""
        return [type(self.view).__module__.removeprefix("moviverse.api.").split(".")[0]]

    def get_auth(self) -> list[dict[str, list[str]]]:
        """Return the schemes; of what is public also none at all, first."""
        schemes: list[dict[str, list[str]]] = [{"accessToken": []}, {"pageSession": []}]
        if not self.view.authentication_classes:
            return [{}]
        super().get_auth()  # registers the schemes' definitions
        is_public = isinstance(self.view, ApiView) and self.view.is_public_for(self.method)
        return [{}, *schemes] if is_public else schemes


def add_common_errors(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """Name the errors that go without saying in every operation; a hook of the generator."""
    for path in result["paths"].values():
        for operation in path.values():
            codes = [*EVERYWHERE]
            if "requestBody" in operation:
                codes += WITH_BODY
                _add_error(operation["responses"], "VALIDATION_ERROR", *TOO_LARGE)
            if {} not in operation["security"]:
                codes += SIGNED_IN
            elif operation["security"] != [{}]:  # who sends a token is told that it does not hold
                codes.append("AUTHENTICATION_FAILED")
            for code in codes:
                _add_error(operation["responses"], code, *ERRORS[code])
            operation["responses"] = dict(sorted(operation["responses"].items()))
    return result


def documented(
    *,
    summary: str,
    request: Any = None,
    responses: Any = None,
    examples: Mapping[Place, Any] | None = None,
    errors: Sequence[str] = (),
    query: Any = None,
    description: str = "",
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Describe a handler in the OpenAPI document.

    Args:
        summary: One line.
        request: The serializer of the body, if there is one.
        responses: The serializer of the 200, or a mapping from status to serializer or None; an
            answer that is no JSON has its media type beside its status.
        examples: `{"request": {...}, 200: {...}}`: one of the body, and one an answer.
        errors: The contract's codes that this operation may answer, besides those that any may.
        query: The serializer of the query's parameters.
        description: More than the summary says.
    """
    shown = dict(examples or {})
    answers = responses if isinstance(responses, dict) else {200: responses}
    described: dict[int | tuple[int, str], Any] = {
        status: OpenApiResponse(serializer, description=_phrase(_parts(status)[0]))
        for status, serializer in answers.items()
    }
    return extend_schema(
        summary=summary,
        description=description or None,
        request=request,
        parameters=[query] if query else None,
        responses={**described, **error_responses(errors)},
        examples=[_example(place, value, request) for place, value in shown.items()],
    )


@cache
def page_of(serializer_class: type[serializers.Serializer[Any]]) -> serializers.Serializer[Any]:
    """Return the serializer of a page of these rows, for the document alone.

    The same one every time: two classes of one name would be two components.
    """
    whole, link = serializers.IntegerField, serializers.URLField
    name = serializer_class.__name__.removesuffix("Serializer")
    page: serializers.Serializer[Any] = inline_serializer(
        name=f"{name}Page",
        fields={
            "count": whole(),
            "page": whole(),
            "page_size": whole(),
            "total_pages": whole(),
            "next": link(allow_null=True),
            "previous": link(allow_null=True),
            "results": serializer_class(many=True),
        },
    )
    return page


def page_example(*rows: Mapping[str, Any]) -> dict[str, Any]:
    """Return an example of a page with these rows."""
    return {
        "count": len(rows),
        "page": 1,
        "page_size": 20,
        "total_pages": 1,
        "next": None,
        "previous": None,
        "results": list(rows),
    }


def error_responses(codes: Sequence[str]) -> dict[int, OpenApiResponse]:
    """Return the answers of these codes, with an example of each."""
    examples: dict[int, list[OpenApiExample]] = {}
    for code in dict.fromkeys(codes):
        for status in (ERRORS[code][0], *ALSO.get(code, ())):
            example = OpenApiExample(
                code,
                value=_error(code, ERRORS[code][1]),
                response_only=True,
                status_codes=[str(status)],
            )
            examples.setdefault(status, []).append(example)
    return {
        status: OpenApiResponse(ErrorSerializer, description=_phrase(status), examples=shown)
        for status, shown in examples.items()
    }


def _add_error(responses: dict[str, Any], code: str, status: int, message: str) -> None:
    empty = {"content": {"application/json": {"schema": ERROR}}, "description": _phrase(status)}
    content = responses.setdefault(str(status), empty)["content"]["application/json"]
    content.setdefault("examples", {}).setdefault(code, {"value": _error(code, message)})


def _error(code: str, message: str) -> dict[str, str]:
    return {"error": code, "message": message, "request_id": REQUEST_ID}


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase


def _parts(status: int | tuple[int, str]) -> tuple[int, str]:
    return status if isinstance(status, tuple) else (status, "application/json")


def _example(place: Place, value: Any, request: Any) -> OpenApiExample:
    if isinstance(place, str):
        media_type = "multipart/form-data" if _holds_file(request) else "application/json"
        return OpenApiExample("request", value=value, request_only=True, media_type=media_type)
    status, media_type = _parts(place)
    return OpenApiExample(
        f"answer {status}",
        value=value,
        response_only=True,
        status_codes=[str(status)],
        media_type=media_type,
    )


def _holds_file(serializer_class: Any) -> bool:
    fields = getattr(serializer_class, "_declared_fields", {}).values()
    return any(isinstance(field, serializers.FileField) for field in fields)
