"""A running site is asked how it is."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from moviverse.cli.commands import cli

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click.testing import Result
    from pytest_django import Settings

FINE = {"status": "ok", "checks": {"database": "ok", "model": "ready"}}
AWAY = {"status": "unavailable", "checks": {"database": "away", "model": "ready"}}


@contextmanager
def answering(status: int, body: str) -> Iterator[tuple[int, list[str]]]:
    """Give a server's port, and the hosts that it is asked by."""
    hosts = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hosts.append(self.headers["Host"])
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_said: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_port, hosts
        server.shutdown()
        thread.join()


def asked(*words: str) -> Result:
    return CliRunner().invoke(cli, ["health", *words])


@pytest.mark.parametrize(
    ("status", "body", "code", "said"),
    [(200, FINE, 0, "The site is ok."), (503, AWAY, 1, "The site is unavailable.")],
)
def test_a_site_says_what_it_stands_on(
    status: int, body: dict[str, object], code: int, said: str
) -> None:
    with answering(status, json.dumps(body)) as (port, _):
        ended = asked("--url", f"http://127.0.0.1:{port}")
    assert ended.exit_code == code
    assert said in ended.output
    assert "database" in ended.output


def test_the_site_of_the_settings_is_asked_by_a_host_that_it_answers_to(
    settings: Settings,
) -> None:
    with answering(200, json.dumps(FINE)) as (port, hosts):
        settings.HOST, settings.PORT = "127.0.0.1", port
        settings.ALLOWED_HOSTS = [".example.org", "films.example.org"]
        assert asked().exit_code == 0
    assert hosts == ["films.example.org"]


@pytest.mark.parametrize(
    ("status", "body"), [(200, "<h1>Welcome</h1>"), (404, "{}"), (200, "[]"), (200, '{"a": 1}')]
)
def test_somebody_else_is_told_from_us(status: int, body: str) -> None:
    with answering(status, body) as (port, _):
        ended = asked("--url", f"http://127.0.0.1:{port}")
    assert ended.exit_code == 2
    assert "is not MoviVerse" in ended.output


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://127.0.0.1:99999", "ftp://x", "x"])
def test_an_address_where_nobody_answers_is_an_error(url: str) -> None:
    ended = asked("--url", url)
    assert ended.exit_code == 2
    assert url in ended.output
    assert "Traceback" not in ended.output
