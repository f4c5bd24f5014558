"""A whole site in processes of its own, as `make run` starts it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import psutil
import psycopg

from moviverse.cli import embedded_postgres

if TYPE_CHECKING:
    from collections.abc import Callable

READY_WITHIN_SECONDS = 150
BACK_WITHIN_SECONDS = 20


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@dataclass
class Site:
    """The supervisor of one home folder; `start` and `kill` it as often as a test wants."""

    home: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.home / "supervisor.log"

    @property
    def environment(self) -> dict[str, str]:
        """What a newcomer has: no setting but where to live and where to listen."""
        ours = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE"}
        others = {name: value for name, value in os.environ.items() if name not in ours}
        return {**others, "MOVIVERSE_HOME": str(self.home), "PORT": str(self.port)}

    def command(self) -> subprocess.Popen[bytes]:
        self.home.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "moviverse.cli", "serve"],
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def start(self) -> None:
        self.process = self.command()
        wait_for(self.answers, READY_WITHIN_SECONDS, self.said)
        wait_for(lambda: "Stop with Ctrl-C" in self.said(), BACK_WITHIN_SECONDS, self.said)

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def answers(self) -> bool:
        try:
            return self.get("/api/movies/?page_size=1").status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    def get(self, path: str, *, token: str = "") -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.get(f"http://127.0.0.1:{self.port}{path}", headers=headers, timeout=10)

    def put(self, path: str, *, token: str, body: dict[str, float]) -> httpx.Response:
        return httpx.put(
            f"http://127.0.0.1:{self.port}{path}",
            headers={"Authorization": f"Bearer {token}"},
            json=body,
            timeout=10,
        )

    def login(self) -> str:
        member = json.loads((self.home / "credentials.json").read_text())["member"]
        answer = httpx.post(
            f"http://127.0.0.1:{self.port}/api/auth/login/",
            json={"email": member["email"], "password": member["password"]},
            timeout=10,
        )
        assert answer.status_code == httpx.codes.OK, answer.text
        return str(answer.json()["access"])

    def web_processes(self) -> list[psutil.Process]:
        assert self.process is not None
        family = psutil.Process(self.process.pid).children(recursive=True)
        return [each for each in family if lives(each) and "granian" in each.name()]

    def workers(self) -> list[psutil.Process]:
        assert self.process is not None
        family = psutil.Process(self.process.pid).children()
        return [each for each in family if lives(each) and "moviverse.worker" in each.cmdline()]

    def postmaster(self) -> int:
        with psycopg.connect(embedded_postgres.url(self.home / "postgres")) as connection:
            row = connection.execute("select current_setting('data_directory')").fetchone()
        assert row is not None
        return int((Path(row[0]) / "postmaster.pid").read_text().splitlines()[0])

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(100)


def lives(process: psutil.Process) -> bool:
    """Say whether it still runs: a zombie whom nobody reaped does not."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def wait_for(holds: Callable[[], bool], seconds: float, said: Callable[[], str]) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, said()[-3_000:]
        time.sleep(0.1)
