"""A Redis of one's own, and a line to it that can go wrong in every way a network knows."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import redis

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = shutil.which("redis-server")
START_SECONDS = 10.0
CHUNK = 65_536

Mode = Literal["ok", "refused", "silent", "slow", "reset", "garbage"]


@contextmanager
def running() -> Iterator[Path]:
    """Run a Redis that nobody else knows; return its socket."""
    assert PROGRAM
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:
        path = Path(folder) / "redis.sock"
        server = subprocess.Popen(
            [PROGRAM, "--port", "0", "--unixsocket", str(path), "--save", "", "--dir", folder],
            stdout=subprocess.DEVNULL,
        )
        try:
            deadline = time.monotonic() + START_SECONDS
            while not _answers(path):
                assert time.monotonic() < deadline, "Redis did not start."
                time.sleep(0.02)
            yield path
        finally:
            server.terminate()
            server.wait(10)


def _answers(path: Path) -> bool:
    with suppress(redis.RedisError), redis.Redis(unix_socket_path=str(path)) as client:
        return bool(client.ping())
    return False


class Line:
    """A proxy on a port of its own before a Redis; its `mode` can be changed while it is used.

    `ok` passes everything on. `refused` hangs up on who calls. `silent` takes what is said and
    answers nothing, `slow` answers after `slow_seconds`, `reset` breaks off at the first word,
    `garbage` answers what no Redis says.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._mode: Mode = "ok"
        self.slow_seconds = 2.0
        self.calls = 0  # connections that were taken
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """Return where a client finds Redis."""
        return f"redis://127.0.0.1:{self._listener.getsockname()[1]}/0"

    @property
    def mode(self) -> Mode:
        """Return how the line behaves."""
        return self._mode

    @mode.setter
    def mode(self, mode: Mode) -> None:
        """Let it behave differently, for those who are connected already, too."""
        self._mode = mode
        if mode in {"refused", "reset"}:
            self.hang_up()

    def hang_up(self) -> None:
        """Break every connection, as a restart of Redis does."""
        for each in list(self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Take the line away."""
        self._listener.close()
        self.hang_up()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.calls += 1
            if self._mode == "refused":
                client.close()
                continue
            server = socket.socket(socket.AF_UNIX)
            server.connect(str(self._path))
            self._open |= {client, server}
            for source, target, is_question in ((client, server, True), (server, client, False)):
                threading.Thread(
                    target=self._pass_on, args=(source, target, is_question), daemon=True
                ).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, is_question: bool) -> None:  # noqa: FBT001 - one of two directions
        try:
            while said := source.recv(CHUNK):
                if self._mode == "silent":
                    continue
                if self._mode == "reset":
                    break
                if self._mode == "slow" and not is_question:
                    time.sleep(self.slow_seconds)
                garbled = self._mode == "garbage" and not is_question
                target.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" if garbled else said)
        except OSError:
            pass
        finally:
            for each in (source, target):
                self._open.discard(each)
                each.close()
