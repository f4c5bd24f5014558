"""The ways in which the fake TMDb fails: what becomes of an answer that it had ready."""

from __future__ import annotations

import gzip
import json
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Callable

Mode = Literal[
    "ok", "500", "503", "429", "401", "404", "malformed", "truncated", "html", "wrong types",
    "nulls", "empty", "redirect", "reset", "slow", "hang", "drip", "drip headers", "huge", "bomb",
    "hostile",
]  # fmt: skip
MODES: tuple[Mode, ...] = get_args(Mode)
# What TMDb says of itself with each status.
WORDS = {
    401: (7, "Invalid API key: You must be granted a valid key."),
    404: (34, "The resource you requested could not be found."),
    429: (25, "Your request count (41) is over the allowed limit of (40)."),
    500: (11, "Internal error: Something went wrong, contact TMDb."),
    503: (9, "Service offline: This service is temporarily offline, try again later."),
}
HUGE_BYTES = 60 * 1024 * 1024
HTML = b"<!doctype html><html><title>502</title><h1>Bad gateway</h1><p>cloud-proxy/1.0</p></html>"
# A NUL, a line end, an escape sequence, a turned direction, markup, and what seems to have no end.
HOSTILE = (
    "\x00\x1b[31mHeat\r\nX-Forged: yes\u202egnp.exe\u2066<script>alert(1)</script>"
    "{{7*7}}'; drop table catalog_movie;-- \ufeff" + "A" * 10_000
)
HOSTILE_FIELDS = {
    "poster_path": "//evil.example/x.jpg",
    "backdrop_path": "/../../etc/passwd",
    "profile_path": "/x.jpg\r\nSet-Cookie: a=b",
    "homepage": "javascript:alert(1)",
    "imdb_id": "tt1' or '1'='1",
    "release_date": "9999-99-99",
    "original_language": "<b>",
    "popularity": 1e308,
    "vote_average": 11,
    "vote_count": -1,
    "runtime": 10**30,
    "budget": -5,
}


def own_words(status: int) -> bytes:
    """Return TMDb's body for a status that is no success."""
    code, message = WORDS[status]
    said = {"success": False, "status_code": code, "status_message": message}
    return json.dumps(said).encode()


def spoilt(mode: Mode, answer: dict[str, Any]) -> bytes:
    """Return the body that a mode makes of a good answer."""
    changed: dict[str, Callable[[], bytes]] = {
        "malformed": lambda: json.dumps(answer).encode()[:-20] + b",,}",
        "html": lambda: HTML,
        "empty": lambda: b"",
        "wrong types": lambda: json.dumps(_retyped(answer)).encode(),
        "nulls": lambda: json.dumps(
            {name: _nulled(each) for name, each in answer.items()}
        ).encode(),
        "hostile": lambda: json.dumps(_hostile(answer)).encode(),
    }
    return changed[mode]() if mode in changed else json.dumps(answer).encode()


@cache
def bomb() -> bytes:
    """Return some kilobytes that unpack to `HUGE_BYTES`."""
    return gzip.compress(b'{"results": [' + b" " * HUGE_BYTES, compresslevel=1)


def _retyped(value: Any) -> Any:
    """Return something of another type for each value; only the objects stay objects."""
    if isinstance(value, dict):
        return {name: _retyped(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_retyped(each) for each in value] or "none"
    if isinstance(value, str):
        return [len(value)]
    return {"value": value} if value is None else str(value)


def _nulled(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _nulled(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_nulled(each) if isinstance(each, dict) else None for each in value]
    return None


def _hostile(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _hostile(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_hostile(each, name) for each in value] + [None, 7, "x", [[]]]
    if name in HOSTILE_FIELDS:
        return HOSTILE_FIELDS[name]
    if name in {"title", "original_title", "name", "overview", "tagline", "character", "job"}:
        return str(value) + HOSTILE
    return value
