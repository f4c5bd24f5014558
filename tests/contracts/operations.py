"""Every operation of the OpenAPI document, and how to call it."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile

from moviverse.api.docs.views import document
from moviverse.api.permissions import PUBLIC_OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rest_framework.test import APIClient

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
PARAMETER = re.compile(r"{(\w+)}")
NOBODYS = uuid.UUID(int=7)
UNKNOWN_FILM = 1_999_999_999
JSON, FORM = "application/json", "multipart/form-data"


@dataclass(frozen=True)
class Operation:
    """One method at one path."""

    method: str
    path: str
    told: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_public(self) -> bool:
        return (self.method, self.path) in PUBLIC_OPERATIONS

    @property
    def looks_at_tokens(self) -> bool:
        return bool(self.told["security"] != [{}])

    @property
    def is_probe(self) -> bool:
        """Say whether it is asked without limits and without a name."""
        return "health" in self.path

    @property
    def parameters(self) -> list[str]:
        return PARAMETER.findall(self.path)

    @property
    def takes(self) -> str:
        """Return the media type of its body, if it has one."""
        content = self.told.get("requestBody", {}).get("content", {})
        return next(iter(content), "")

    @property
    def example(self) -> dict[str, Any]:
        """Return the body that the document shows."""
        if not self.takes:
            return {}
        examples = self.told["requestBody"]["content"][self.takes]["examples"]
        value: dict[str, Any] = next(iter(examples.values()))["value"]
        return value

    def at(self, ids: Mapping[str, object]) -> str:
        """Return the path with its parameters; an id that is not given is nobody's."""
        return PARAMETER.sub(
            lambda found: str(ids.get(found[1], self._nobodys(found[1]))), self.path
        )

    def call(self, client: APIClient, ids: Mapping[str, object] | None = None, **told: Any) -> Any:
        """Call it with the body that the document shows, unless another is given."""
        path = told.pop("path", None) or self.at(ids or {})
        if "data" in told or not self.takes:
            return client.generic(self.method, path, **told)
        if self.takes == FORM:
            form = {**self.example, "file": SimpleUploadedFile("a.csv", b"no file of any kind")}
            return getattr(client, self.method.lower())(path, form, format="multipart", **told)
        return getattr(client, self.method.lower())(path, self.example, format="json", **told)

    def _nobodys(self, name: str) -> object:
        schemas = {each["name"]: each["schema"] for each in self.told.get("parameters", [])}
        kind = schemas.get(name, {})
        if kind.get("type") == "integer":
            return UNKNOWN_FILM
        return NOBODYS


def every() -> list[Operation]:
    """Return all operations, in an order that stays."""
    paths = json.loads(document())["paths"]
    return [
        Operation(method, path, paths[path][method.lower()])
        for path in sorted(paths)
        for method in METHODS
        if method.lower() in paths[path]
    ]
