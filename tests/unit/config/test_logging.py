from __future__ import annotations

import json
import logging
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from moviverse.config import logging as log_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

CANARY = "canary-9f8e7d6c5b4a"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJl"


class Log:
    """The formatter of the settings, writing to memory."""

    def __init__(self, *, terminal: bool) -> None:
        chosen = log_settings.configuration(level="DEBUG", terminal=terminal, secrets=[CANARY, "x"])
        options = dict(chosen["formatters"]["lines"])
        formatter = options.pop("()")(**options)
        self.stream = StringIO()
        self.handler = logging.StreamHandler(self.stream)
        self.handler.setFormatter(formatter)

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture
def log() -> Iterator[Log]:
    yield from listening(Log(terminal=False))


@pytest.fixture
def terminal() -> Iterator[Log]:
    yield from listening(Log(terminal=True))


def listening(log: Log) -> Iterator[Log]:
    root = logging.getLogger()
    root.addHandler(log.handler)
    yield log
    root.removeHandler(log.handler)


def test_a_line_is_json_with_level_time_logger_and_the_requests_id(log: Log) -> None:
    with structlog.contextvars.bound_contextvars(request_id="trace-0001"):
        structlog.get_logger("moviverse.x").info("film_seen", tmdb_id=603)
        logging.getLogger("library").warning("half %s", "done")
    ours, theirs = log.lines
    assert ours["event"] == "film_seen"
    assert (ours["tmdb_id"], ours["level"], ours["logger"]) == (603, "info", "moviverse.x")
    assert (theirs["event"], theirs["level"]) == ("half done", "warning")
    assert ours["request_id"] == theirs["request_id"] == "trace-0001"
    assert ours["timestamp"]


@pytest.mark.parametrize(
    "fields",
    [
        {"password": CANARY},
        {"new_password": "anything"},
        {"access": JWT},
        {"refresh_token": "anything"},
        {"Authorization": "anything"},
        {"cookie": "anything"},
        {"api_key": "anything"},
        {"SECRET_KEY": "anything"},
        {"inner": {"password": "anything"}},
        {"note": f"token {JWT} came"},
        {"note": "Authorization: Bearer anything"},
        {"note": "postgresql://user:anything@host/db"},
        {"note": "GET /movies?q=anything"},
        {"note": "password=anything"},
        {"note": '{"token": "anything"}'},
        {"note": ["sessionid=anything; path=/"]},
        {"note": f"the key is {CANARY}."},
    ],
)
def test_a_secret_is_hidden_by_its_name_its_look_or_its_value(
    log: Log, fields: dict[str, Any]
) -> None:
    structlog.get_logger("x").warning("event", **fields)
    logging.getLogger("x").warning("%s", json.dumps(fields))
    assert "anything" not in log.lines[0].values()
    assert "anything" not in log.text
    assert CANARY not in log.text
    assert JWT not in log.text
    assert "[hidden]" in log.text


def test_what_is_no_secret_stays_readable(log: Log) -> None:
    structlog.get_logger("x").info("found", cache_key="movie:1", path="/movies/603", n=3, ok=True)
    line = log.lines[0]
    assert (line["cache_key"], line["path"], line["n"], line["ok"]) == (
        "movie:1",
        "/movies/603",
        3,
        True,
    )


def test_a_traceback_is_kept_without_its_secrets(log: Log) -> None:
    try:
        int(f"password={CANARY}")
    except ValueError:
        structlog.get_logger("x").exception("broken")
        logging.getLogger("x").exception("broken too")
    assert CANARY not in log.text
    for line in log.lines:
        assert "ValueError" in line["exception"]
        assert "test_logging.py" in line["exception"]


@pytest.mark.parametrize("forged", ["a\nINFO forged", "a\r\nforged", "a\x1b[31m", "a\u2028b"])
def test_nobody_can_forge_a_line(log: Log, terminal: Log, forged: str) -> None:
    logging.getLogger("x").warning("path %s", forged)
    structlog.get_logger("x").warning("event", path=forged)
    assert len(log.lines) == 2
    assert len(terminal.text.splitlines()) == 2
    assert forged not in terminal.text


def test_a_line_break_in_an_errors_message_forges_no_line_in_a_terminal(terminal: Log) -> None:
    try:
        Path("first\n2026-01-01 [info] forged").rmdir()
    except OSError as error:
        error.strerror, error.filename = "first\n2026-01-01 [info] forged", None
        structlog.get_logger("x").exception("broken")
    assert not any(line.startswith("2026-01-01 [info]") for line in terminal.text.splitlines())


def test_text_that_is_no_unicode_is_written_all_the_same(log: Log) -> None:
    structlog.get_logger("x").warning("event", path="\udcff/x", thing=object())
    assert log.lines[0]["path"] == "\\udcff/x"


def test_of_djangos_own_request_lines_only_tracebacks_are_written() -> None:
    passes = log_settings.HasTraceback().filter
    record = logging.makeLogRecord({"msg": "Not Found: /x"})
    assert not passes(record)
    record.exc_info = (ValueError, ValueError(), None)
    assert passes(record)
