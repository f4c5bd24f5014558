"""A web server whose database is frozen, stopped and started again, seen from outside."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
import psutil
import psycopg
import pytest

from moviverse.cli import embedded_postgres
from tests.integration.supervised import free_port, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ANSWER_WITHIN_SECONDS = 6
BACK_WITHIN_SECONDS = 15


@dataclass
class Web:
    """A web server with two threads, and the cluster that it stands on."""

    home: Path
    port: int

    @property
    def cluster(self) -> Path:
        return self.home / "postgres"

    def ask(self, path: str, method: str = "GET") -> httpx.Response:
        return httpx.request(
            method,
            f"http://127.0.0.1:{self.port}{path}",
            json={"email": "a@example.org", "password": "x"} if method == "POST" else None,
            timeout=ANSWER_WITHIN_SECONDS,
        )

    def is_ready(self) -> bool:
        try:
            return self.ask("/health/ready/").status_code == httpx.codes.OK
        except httpx.ConnectError:
            return False

    def said(self) -> str:
        return (self.home / "web.log").read_text(errors="replace")

    def database_processes(self) -> list[psutil.Process]:
        with psycopg.connect(embedded_postgres.url(self.cluster)) as connection:
            row = connection.execute("select pg_backend_pid()").fetchone()
            assert row is not None
            postmaster = psutil.Process(psutil.Process(row[0]).ppid())
        return [postmaster, *postmaster.children(recursive=True)]


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    web = Web(home=tmp_path_factory.mktemp("away"), port=free_port())
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATABASE_URL", "REDIS_URL", "SECRET_KEY"}
    }
    environment |= {
        "MOVIVERSE_HOME": str(web.home),
        "DJANGO_SETTINGS_MODULE": "moviverse.config.settings.dev",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(web.port)]
    with embedded_postgres.running(web.cluster), (web.home / "web.log").open("wb") as log:
        process = subprocess.Popen(
            [
                *command,
                "--workers",
                "1",
                "--blocking-threads",
                "2",
                "moviverse.config.wsgi:application",
            ],
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_for(web.is_ready, 60, web.said)
            yield web
        finally:
            process.terminate()
            process.wait(20)


def refuses_politely(web: Web) -> None:
    assert web.ask("/health/live/").status_code == 200
    for path, method in (("/health/", "GET"), ("/health/ready/", "GET")):
        response = web.ask(path, method)
        assert response.status_code == 503
        assert response.headers["retry-after"]
    response = web.ask("/api/auth/login/", "POST")
    assert response.status_code == 503
    assert response.headers["retry-after"] == "5"
    assert response.json()["error"] == "INTERNAL_ERROR"
    assert response.json()["request_id"] == response.headers["x-request-id"]


def test_a_frozen_database_is_503_in_time_and_back_by_itself(web: Web) -> None:
    frozen = web.database_processes()
    for process in frozen:
        process.suspend()
    try:
        refuses_politely(web)
    finally:
        for process in frozen:
            with contextlib.suppress(psutil.NoSuchProcess):  # a connection was given up meanwhile
                process.resume()
    wait_for(web.is_ready, BACK_WITHIN_SECONDS, web.said)


def test_a_stopped_database_is_503_in_time_and_back_by_itself(web: Web) -> None:
    embedded_postgres.stop(web.cluster)
    refuses_politely(web)
    embedded_postgres.ensure(web.cluster)
    wait_for(web.is_ready, BACK_WITHIN_SECONDS, web.said)
    assert "Traceback" not in web.said()
