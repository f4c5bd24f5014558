"""The only ways for a body to come in, bounded before anybody reads it.

JSON everywhere, in bytes, depth and range; a form with a file where a view asks for `UploadParser`.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

import orjson
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from rest_framework.exceptions import APIException, ParseError, UnsupportedMediaType
from rest_framework.parsers import BaseParser, DataAndFiles

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.http import QueryDict
    from django.http.request import HttpRequest

MAX_BYTES = 1024 * 1024  # of a body, unless the view's `max_body_bytes` says more
MAX_DEPTH = 32
INTEGERS = range(-(2**63), 2**63)  # what PostgreSQL's bigint holds
ENVELOPE_BYTES = 64 * 1024  # of a form, around its file
BOUNDARY_END = 1024  # bytes at the end of a form that hold its last boundary
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


class UploadParser(BaseParser):
    """Reads a form with at most one file, which goes to the disk as it comes in.

    For a view that says so: `parser_classes = (UploadParser,)`, with the largest file that it takes
    as its `max_body_bytes`. The serializer has a `FileField`; what it gives is an open temporary
    file, which is gone when the request is answered.
    """

    media_type = "multipart/form-data"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,  # noqa: ARG002 - Django reads it in the request, with the boundary
        parser_context: Mapping[str, Any] | None = None,
    ) -> DataAndFiles[Any, Any]:
        """Return the form's fields and its file.

        Raises:
            BodyTooLarge: the file, or all that is around it, has more bytes than the view allows.
            ParseError: it is not a form, has broken off, or names a field twice.
        """
        context = parser_context or {}
        request = context["request"]._request  # noqa: SLF001 - what Django's parser takes
        limit = getattr(context.get("view"), "max_body_bytes", MAX_BYTES)
        if _length(request) > limit + ENVELOPE_BYTES:
            raise BodyTooLarge
        read: Any = _EndKept(stream)
        try:
            parser = MultiPartParser(request.META, read, [_OneFile(request, limit)], "utf-8")
            fields, files = parser.parse()
        except MultiPartParserError as error:
            raise ParseError(f"The form cannot be read: {error}.") from error
        except (ValueError, LookupError) as error:  # a header within it, in no known encoding
            raise ParseError("The form cannot be read.") from error
        if read.is_broken_off:
            raise ParseError("The form has broken off.")
        _refuse_repeated(fields, files)
        return DataAndFiles(fields, files)


class _OneFile(TemporaryFileUploadHandler):
    """Writes the one file of a form to the disk, up to a limit."""

    def __init__(self, request: HttpRequest, limit: int) -> None:
        super().__init__(request)
        self._limit = limit
        self._has_begun = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin the file; a second one is refused before it is written.

        Raises:
            ParseError: it is the second.
        """
        if self._has_begun:
            raise ParseError("Send one file.")
        self._has_begun = True
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a piece.

        Raises:
            BodyTooLarge: it passes the limit.
        """
        if start + len(raw_data) > self._limit:
            self.file.close()  # which removes it
            raise BodyTooLarge
        super().receive_data_chunk(raw_data, start)


class _EndKept:
    """A stream that remembers its end: Django takes a form that broke off for a whole one."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._end = b""

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        piece = self._stream.read(size)
        self._end = (self._end + piece)[-BOUNDARY_END:]
        return piece

    @property
    def is_broken_off(self) -> bool:
        """Say whether there was a form whose last boundary, the one with `--` behind it, is missing."""
        return bool(self._end) and not self._end.rstrip().endswith(b"--")


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _refuse_repeated(fields: QueryDict, files: Mapping[str, Any]) -> None:
    for name, values in fields.lists():
        if len(values) > 1 or name in files:
            raise ParseError(f"The form names the field {name!r} twice.")
        if "\0" in name or "\0" in values[0]:
            raise ParseError("The body holds a NUL character.")


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
