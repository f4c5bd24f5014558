"""Clients that ask a real server at once, and what their answers took."""

from __future__ import annotations

import http.client
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import psutil
from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Sequence

CLIENTS = 8


@dataclass(frozen=True, slots=True)
class Request:
    """One request; `access` is the token of who asks, if they are signed in."""

    path: str
    access: str = ""
    method: str = "GET"
    body: bytes | None = None

    def headers(self) -> dict[str, str]:
        """Return its headers."""
        told = {"Accept": "application/json"}
        if self.access:
            told["Authorization"] = f"Bearer {self.access}"
        if self.body is not None:
            told["Content-Type"] = "application/json"
        return told


@dataclass
class Answers:
    """What a number of requests took, in milliseconds of the clock and of the processors."""

    took: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    from_cache: int = 0
    seconds: float = 0.0
    web_cpu: float = 0.0
    database_cpu: float = 0.0

    def percentiles(self) -> tuple[float, ...]:
        """Return the times that 50, 95 and 99 of 100 answers took at most."""
        return tuple(np.percentile(self.took, [50, 95, 99]).tolist())

    def __add__(self, other: Answers) -> Answers:
        """Return both together, one after the other."""
        return Answers(
            self.took + other.took,
            self.errors + other.errors,
            self.from_cache + other.from_cache,
            self.seconds + other.seconds,
            self.web_cpu + other.web_cpu,
            self.database_cpu + other.database_cpu,
        )


def ask(port: int, web: psutil.Process, requests: Sequence[Request]) -> Answers:
    """Ask with `CLIENTS` connections at once, which are kept open, each for its share."""
    database = postgres()
    before = cpu_ms(web), cpu_ms(database)
    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        shares = [requests[number::CLIENTS] for number in range(CLIENTS)]
        parts = list(pool.map(lambda share: _asked(port, share), shares))
    answers = sum(parts, Answers())
    answers.seconds = time.perf_counter() - began
    answers.web_cpu = cpu_ms(web) - before[0]
    answers.database_cpu = cpu_ms(database) - before[1]
    return answers


def _asked(port: int, requests: Sequence[Request]) -> Answers:
    connection_ = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    answers = Answers()
    for request in requests:
        began = time.perf_counter()
        try:
            connection_.request(
                request.method, request.path, body=request.body, headers=request.headers()
            )
            response = connection_.getresponse()
            body = response.read()
        except OSError as error:
            answers.errors.append(repr(error))
            connection_.close()
            continue
        answers.took.append((time.perf_counter() - began) * 1_000)
        answers.from_cache += response.headers.get("X-Cache") == "hit"
        if response.status >= http.client.BAD_REQUEST:
            answers.errors.append(f"{request.path}: {response.status} {body[:200]!r}")
    connection_.close()
    return answers


def postgres() -> psutil.Process | None:
    """Return the database server, if it runs on this machine."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        (pid,) = cursor.fetchone()
    try:
        server = psutil.Process(pid).parent()
    except psutil.NoSuchProcess:
        return None
    return server if server and "postgres" in server.name() else None


def cpu_ms(process: psutil.Process | None) -> float:
    """Return how long a process and those that it started have computed."""
    if process is None:
        return float("nan")
    ended = process.cpu_times()
    total = ended.children_user + ended.children_system  # of those that are gone by now
    for each in (process, *process.children(recursive=True)):
        try:
            times = each.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total * 1_000
