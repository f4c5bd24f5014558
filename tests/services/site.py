"""The processes of a site as an operator runs them: web servers, Redis, Celery workers, beat."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import httpx
import psycopg

from tests.integration.supervised import free_port, wait_for

if TYPE_CHECKING:
    from collections.abc import Sequence

SOON_SECONDS = 60
PASSWORD = "four other words"
WORKERS = ("one", "two")
CELERY = ("-m", "celery", "-A", "moviverse.config.celery")


@dataclass
class Member:
    """Somebody who is signed in, each request on a connection of its own."""

    site: Site
    email: str
    token: str

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self.site.ask(method, path, token=self.token, **options)


@dataclass
class Site:
    """One site; what is started by `start` is stopped by `stop`."""

    home: Path
    postgres: str  # its address
    database: str = field(default=f"moviverse_services_{os.getpid()}")
    web_port: int = field(default_factory=free_port)
    redis_port: int = field(default_factory=free_port)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def database_url(self) -> str:
        return urlunsplit(urlsplit(self.postgres)._replace(path=f"/{self.database}"))

    @property
    def environment(self) -> dict[str, str]:
        redis = f"redis://127.0.0.1:{self.redis_port}"
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "moviverse.config.settings.prod",
            "SECRET_KEY": "the-key-of-a-site-that-lives-for-a-minute-0123456789",
            "ALLOWED_HOSTS": "127.0.0.1",
            "DATABASE_URL": self.database_url,
            "REDIS_URL": f"{redis}/0",
            "CELERY_BROKER_URL": f"{redis}/1",
            "MOVIVERSE_HOME": str(self.home),
            "EMAIL_URL": f"file://{self.home}/mail",
            "TRUSTED_PROXIES": "1",
            "CACHE_TTL_TRENDING": "1",
            "REMAP_SIGTERM": "SIGQUIT",  # as the Procfile has it
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        }

    def start(self) -> None:
        """Make the database, fill it, and start everything."""
        with psycopg.connect(self.postgres, autocommit=True) as line:
            line.execute(f"create database {self.database}")
        self.start_redis()
        fill = [sys.executable, "-m", "tests.services.fill"]
        subprocess.run(fill, env=self.environment, check=True, timeout=120)
        self.start_web()
        for name in WORKERS:
            self.start_worker(name)
        self.run("beat", [sys.executable, *CELERY, "beat"])
        wait_for(self.is_ready, SOON_SECONDS, partial(self.said, "web"))
        for name in WORKERS:
            wait_for(
                partial(self.has_said, name, " ready."), SOON_SECONDS, partial(self.said, name)
            )

    def start_redis(self) -> None:
        self.run(
            "redis",
            ["redis-server", "--port", str(self.redis_port), "--bind", "127.0.0.1", "--save", ""],
        )

    def start_web(self) -> None:
        granian = str(Path(sys.executable).with_name("granian"))
        words = f"--interface wsgi --host 127.0.0.1 --port {self.web_port} --workers 2".split()
        words += ["--blocking-threads", "4", "--log-level", "warning"]
        self.run("web", [granian, *words, "moviverse.config.web_worker:application"])

    def start_worker(self, name: str) -> None:
        words = f"worker -c 1 -n {name}@%h --without-gossip --without-mingle".split()
        self.run(name, [sys.executable, *CELERY, *words])

    def run(self, name: str, command: Sequence[str]) -> None:
        with (self.home / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                command,
                env=self.environment,
                cwd=Path(__file__).parents[2],
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a signal to a program and all that it has started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.running[name].pid, number)

    def kill(self, name: str) -> None:
        self.signal(name, signal.SIGKILL)
        self.running.pop(name).wait()

    def stop(self) -> None:
        for name in list(self.running):
            self.kill(name)
        with psycopg.connect(self.postgres, autocommit=True) as line:
            line.execute(f"drop database if exists {self.database} with (force)")

    def said(self, name: str) -> str:
        return (self.home / f"{name}.log").read_text(errors="replace")

    def has_said(self, name: str, words: str) -> bool:
        return words in self.said(name)

    def is_ready(self) -> bool:
        try:
            return self.ask("GET", "/health/ready/").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database_url, autocommit=True) as line:
            asked = line.execute(statement, values)
            return asked.fetchall() if asked.description else []

    def ask(
        self,
        method: str,
        path: str,
        *,
        token: str = "",
        address: str = "192.0.2.1",
        **options: Any,
    ) -> httpx.Response:
        """Send a request as the proxy in front would: from `address`, and by TLS."""
        headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": address}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        url = f"http://127.0.0.1:{self.web_port}{path}"
        return httpx.request(method, url, headers=headers, timeout=10, **options)

    def member(self, name: str) -> Member:
        """Register somebody."""
        told = {"username": name, "email": f"{name}@example.org", "password": PASSWORD}
        answer = self.ask("POST", "/api/auth/register/", json=told)
        assert answer.is_success, answer.text
        return Member(self, told["email"], str(answer.json()["access"]))

    def mails_to(self, email: str) -> int:
        """Return how many mails to somebody were sent."""
        folder = self.home / "mail"
        files = folder.glob("*.log") if folder.is_dir() else ()
        return sum(file.read_text(errors="replace").count(f"\nTo: {email}") for file in files)

    def work(self) -> str:
        """Return the jobs as they are, for the message of a test that failed."""
        rows = self.sql(
            "select name, state, attempts, progress, message, error, created_at, started_at,"
            " finished_at, worker from core_job order by created_at"
        )
        return "\n".join(map(str, rows))

    def job(self, job_id: str) -> dict[str, Any]:
        ((row,),) = self.sql("select to_jsonb(core_job)::text from core_job where id = %s", job_id)
        found: dict[str, Any] = json.loads(row)
        return found
