"""The demo site on a real server with two workers, in a home of its own.

Importing this module chooses the settings, so it is imported before anything of Django's.
"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import django
from django.apps import apps

if TYPE_CHECKING:
    from collections.abc import Iterator

WORKERS, THREADS = 2, 4
START_SECONDS = 60

if not apps.ready:
    HOME = Path(os.environ.get("BENCHMARK_HOME") or tempfile.mkdtemp(prefix="moviverse-"))
    if "BENCHMARK_HOME" not in os.environ:
        atexit.register(shutil.rmtree, HOME, ignore_errors=True)
    os.environ.update(
        MOVIVERSE_HOME=str(HOME),
        DJANGO_SETTINGS_MODULE="benchmarks.floor_settings",
        OPENBLAS_NUM_THREADS="1",
        LOG_LEVEL="WARNING",
    )
    for name in ("DATABASE_URL", "DATABASE_NAME", "REDIS_URL"):
        os.environ.pop(name, None)
    if "BENCHMARK_DATABASE_URL" in os.environ:  # never the site's own by accident
        os.environ["DATABASE_URL"] = os.environ["BENCHMARK_DATABASE_URL"]
    django.setup()


@dataclass(frozen=True)
class Server:
    """A web server that answers."""

    port: int
    pid: int


@contextmanager
def serving() -> Iterator[Server]:
    """Start the web server on a free port and stop it at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [
        str(Path(sys.executable).with_name("granian")),
        *("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", str(WORKERS), "--blocking-threads", str(THREADS)),
        *("--log-level", "warning", "moviverse.config.web_worker:application"),
    ]
    process = subprocess.Popen(command, start_new_session=True)
    try:
        _wait(port, process)
        yield Server(port, process.pid)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("The web server did not start.")
