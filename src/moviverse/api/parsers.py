"""The only way for JSON to come in: bounded in bytes, depth and range before anybody reads it."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

import orjson
from rest_framework.exceptions import APIException, ParseError, UnsupportedMediaType
from rest_framework.parsers import BaseParser

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MAX_BYTES = 1024 * 1024  # of a body, unless the view's `max_body_bytes` says more
MAX_DEPTH = 32
INTEGERS = range(-(2**63), 2**63)  # what PostgreSQL's bigint holds
CHARSETS = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})


class BodyTooLarge(APIException):
    """The body has more bytes than the view reads."""

    status_code = 413
    default_detail = "The body is too large."


class BoundedJSONParser(BaseParser):
    """Reads one JSON object."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Return the object in `stream`; an empty body is an empty object.

        Raises:
            BodyTooLarge: it has more bytes than the view allows.
            UnsupportedMediaType: it is not in UTF-8, by its own account.
            ParseError: it is not JSON, not an object, or beyond the bounds.
        """
        context = parser_context or {}
        _refuse_other_charsets(media_type or "")
        limit = getattr(context.get("view"), "max_body_bytes", MAX_BYTES)
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise BodyTooLarge
        if not raw.strip():
            return {}
        try:
            data = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            raise ParseError(f"The body is not valid JSON: {error}.") from error
        if not isinstance(data, dict):
            raise ParseError("The body must be a JSON object.")
        _refuse_beyond_bounds(data)
        return data


def _refuse_other_charsets(media_type: str) -> None:
    for parameter in media_type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        charset = value.strip().strip('"').lower()
        if name.strip().lower() == "charset" and charset not in CHARSETS:
            raise UnsupportedMediaType(media_type)


def _refuse_beyond_bounds(data: dict[str, Any]) -> None:
    """Walk level by level, without recursion, whatever the nesting."""
    level: list[Any] = [data]
    for _ in range(MAX_DEPTH):
        inside: list[Any] = []
        for container in level:
            if isinstance(container, dict):
                _refuse_scalars(container)
            children: Iterable[Any] = (
                container.values() if isinstance(container, dict) else container
            )
            inside.extend(_refuse_scalars(children))
        if not inside:
            return
        level = inside
    raise ParseError(f"The body is nested deeper than {MAX_DEPTH} levels.")


def _refuse_scalars(values: Iterable[Any]) -> list[Any]:
    """Return the objects and lists among `values`, having looked at all the others."""
    containers = []
    for value in values:
        if isinstance(value, dict | list):
            containers.append(value)
        elif isinstance(value, str):
            if "\0" in value:
                raise ParseError("The body holds a NUL character.")
        elif isinstance(value, int | float) and not (
            # An integer past 64 bits arrives as a float: JSON knows one kind of number.
            INTEGERS.start <= value < INTEGERS.stop
        ):
            raise ParseError("The body holds a number outside of 64 bits.")
    return containers
