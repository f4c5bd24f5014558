"""One log, as JSON lines, or readable in a terminal; without secrets in either.

Whatever writes, through structlog or through the standard library, passes the same chain: the
request's id is added, secrets are hidden, and control characters are escaped, so that nobody can
forge a line by asking for a path with a newline in it.
"""

from __future__ import annotations

import logging
import logging.config
import re
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

import orjson
import structlog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from structlog.typing import EventDict, Processor

HIDDEN = "[hidden]"
SECRET_NAME = re.compile(
    r"(^|[_-])(pass(word|wd|phrase)?|secret|token|refresh|access|authorization|cookie|csrf"
    r"|(api|secret|signing|private)_?key|credentials?|session_?(id|key)|dsn)s?$",
    re.IGNORECASE,
)
# What a secret looks like in running text, and what to leave of it.
SECRET_TEXT: Sequence[tuple[re.Pattern[str], str]] = (
    (re.compile(r"eyJ[\w-]{4,}\.[\w-]*(\.[\w-]*)?"), HIDDEN),  # a JWT
    (re.compile(r"\b(bearer|basic)\s+[^\s\"',]+", re.IGNORECASE), rf"\1 {HIDDEN}"),
    (re.compile(r"(://)[^\s/@:]*:[^\s/@]*@"), rf"\1{HIDDEN}@"),  # a password in an address
    (re.compile(r"(?<=[\w/])\?[^\s\"'<>]*=[^\s\"'<>]*"), f"?{HIDDEN}"),  # a query
    (
        re.compile(
            r"\b(\w*(?:password|passwd|secret|token|(?:api|secret)_?key|authorization|cookie"
            r"|sessionid))(\\*[\"']?\s*[=:]\s*)(\\*\"[^\"\\]*\\*\"|'[^']*'|[^\s,;&)}\]]+)",
            re.IGNORECASE,
        ),
        rf"\1\2{HIDDEN}",
    ),
)
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
LINE_OF_TRACEBACK = "    | "  # no line of it can pass for a line of the log
SHORTEST_SECRET = 6  # a shorter one would hide half of every word
# Libraries whose lower levels write statements, parameters or addresses.
QUIET = {
    "asyncio": "WARNING",
    "django.db.backends": "INFO",
    "django.server": "WARNING",
    "django.template": "INFO",
    "django.utils.autoreload": "INFO",
    "httpcore": "INFO",
    "httpx": "WARNING",
    "psycopg": "INFO",
    "psycopg.pool": "WARNING",
}


def configuration(*, level: str, terminal: bool, secrets: Sequence[str] = ()) -> dict[str, Any]:
    """Return what `apply` takes.

    Args:
        level: The lowest level that is written.
        terminal: Whether a person reads, instead of a machine.
        secrets: Values that are hidden wherever they stand.
    """
    hide = Hide([secret for secret in secrets if len(secret) >= SHORTEST_SECRET])
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if terminal
        else structlog.processors.JSONRenderer(serializer=_json)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _shared(),
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    hide,
                    renderer,
                ],
            }
        },
        "filters": {"traceback": {"()": HasTraceback}},
        "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["lines"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": "INFO"},
            "py.warnings": {"level": "WARNING"},
            **{name: {"level": quiet} for name, quiet in QUIET.items()},
            # The line of the request says the status; this one is for its tracebacks.
            "django.request": {"level": "ERROR", "filters": ["traceback"]},
        },
    }


def apply(settings: dict[str, Any]) -> None:
    """Set up both structlog and the standard library; named as `LOGGING_CONFIG`."""
    structlog.configure(
        processors=_chain(),
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(settings)


@cache
def _chain() -> list[Processor]:
    """Return the same list each time: a logger keeps the one that it began with."""
    return [
        structlog.stdlib.filter_by_level,
        *_shared(),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ]


def is_terminal() -> bool:
    """Say whether a person reads what is written."""
    return sys.stderr is not None and sys.stderr.isatty()


class HasTraceback(logging.Filter):
    """Lets a record pass that tells of an exception."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether it does."""
        return record.exc_info is not None


class Hide:
    """Replaces secrets by name, by look and by value, and escapes control characters."""

    def __init__(self, secrets: Sequence[str]) -> None:
        known = "|".join(re.escape(secret) for secret in sorted(secrets, key=len, reverse=True))
        self._known = re.compile(known) if known else None

    def __call__(self, _logger: Any, _name: str, event: EventDict) -> EventDict:
        """Return the event as it may be written."""
        traceback = event.pop("exception", None)
        clean = {str(name): self._cleaned(str(name), value) for name, value in event.items()}
        if traceback is not None:
            lines = [self._escaped(line) for line in str(traceback).splitlines()]
            clean["exception"] = "\n".join(LINE_OF_TRACEBACK + line for line in lines)
        return clean

    def _cleaned(self, name: str, value: Any) -> Any:
        if SECRET_NAME.search(name):
            return HIDDEN
        if isinstance(value, dict):
            return {str(key): self._cleaned(str(key), each) for key, each in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self._cleaned("", each) for each in value]
        if value is None or isinstance(value, bool | int | float):
            return value
        return self._escaped(str(value))

    def _escaped(self, text: str) -> str:
        if self._known:
            text = self._known.sub(HIDDEN, text)
        for pattern, left in SECRET_TEXT:
            text = pattern.sub(left, text)
        return CONTROL.sub(lambda found: found.group().encode("unicode_escape").decode(), text)


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _json(event: EventDict, **_ignored: Any) -> str:
    # Surrogates cannot be written as UTF-8; a path may hold them.
    return orjson.dumps(
        {name: _writable(value) for name, value in event.items()}, default=repr
    ).decode()


def _writable(value: Any) -> Any:
    return value.encode(errors="backslashreplace").decode() if isinstance(value, str) else value
