"""The one shape of an error, looked at wherever a test reads one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.contracts import laboratory

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer


def error_of(response: Answer) -> dict[str, Any]:
    """Return the body of an error, having looked at its shape."""
    assert response["Content-Type"] == "application/json"
    body: dict[str, Any] = json.loads(response.content)
    assert set(body) - {"details"} == {"error", "message", "request_id"}
    assert body["request_id"] == response["X-Request-ID"]
    assert body["message"]
    assert laboratory.SECRET not in response.content.decode()
    return body
