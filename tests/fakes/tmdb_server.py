"""A TMDb of our own on the loopback: a real HTTP server with a small catalogue, and with faults.

In a test:

    with tmdb_server.running() as tmdb_:
        tmdb_.switch("slow", path="/movie/popular", seconds=2)
        ...
        assert tmdb_.count("/movie/popular") == 1

As a program, `python -m tests.fakes.tmdb_server --port 8099`; it prints its base URL. Other processes
then steer it over HTTP:

    POST   /control   {"mode": "hang", "path": "/movie/popular"}    any path without one
    GET    /control   {"calls": [{"path": ..., "at": seconds}], "faults": {...}}
    DELETE /control   forgets the calls and heals
"""

from __future__ import annotations

import argparse
import json
import socket
import struct
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from tests.fakes import tmdb_catalogue, tmdb_faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.fakes.tmdb_faults import Mode

PREFIX, CONTROL = "/3", "/control"
EVERYWHERE = "*"
PIECE = 65_536
DRIP_SECONDS = 0.5
LONGEST_HANG_SECONDS = 120.0
LONGEST_DRIP_SECONDS = 60.0
KEPT_SECONDS = 30.0  # an idle connection


@dataclass(frozen=True)
class Fault:
    """How a path fails.

    Attributes:
        mode: In which way.
        seconds: Of a slow answer.
        retry_after: The header with 429 and 503; none for none.
    """

    mode: Mode = "ok"
    seconds: float = 2.0
    retry_after: str = ""


@dataclass(frozen=True)
class Call:
    """A request that came: its path below `/3`, and when, on the monotonic clock."""

    path: str
    at: float


@dataclass
class State:
    """What the server is told and what it has seen; shared by its threads."""

    faults: dict[str, Fault] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fault_of(self, path: str) -> Fault:
        """Return how a path fails: its own fault comes before that of all."""
        with self.lock:
            return self.faults.get(path) or self.faults.get(EVERYWHERE) or Fault()


class Server(ThreadingHTTPServer):
    """The server; use `running`."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.state = State()

    @property
    def url(self) -> str:
        """What to set `TMDB_BASE_URL` to."""
        return f"http://127.0.0.1:{self.server_port}{PREFIX}"

    @property
    def calls(self) -> list[Call]:
        """All requests since the last `forget`."""
        with self.state.lock:
            return list(self.state.calls)

    def count(self, path: str = "") -> int:
        """Return how many requests came, to one path or to any."""
        return sum(not path or call.path == path for call in self.calls)

    def switch(
        self, mode: Mode, *, path: str = EVERYWHERE, seconds: float = 2.0, retry_after: str = ""
    ) -> None:
        """Fail from now on, on one path or on all of them; `ok` heals."""
        fault = Fault(mode=mode, seconds=seconds, retry_after=retry_after)
        with self.state.lock:
            self.state.faults[path] = fault

    def forget(self) -> None:
        """Forget the calls, and heal."""
        with self.state.lock:
            self.state.calls.clear()
            self.state.faults.clear()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that hang up: most faults make them."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    timeout = KEPT_SECONDS
    server: Server

    def do_GET(self) -> None:
        if self.path == CONTROL:
            return self._tell()
        parts = urlsplit(self.path)
        path = parts.path.removeprefix(PREFIX)
        query = dict(parse_qsl(parts.query))
        state = self.server.state
        with state.lock:
            state.calls.append(Call(path, time.monotonic()))
        fault = state.fault_of(path)
        if not (query.get("api_key") or self.headers.get("Authorization")):
            return self._send(401, tmdb_faults.own_words(401))
        return self._fail(fault, tmdb_catalogue.answer(path, query))

    def do_POST(self) -> None:
        told = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
        if told.get("mode") not in tmdb_faults.MODES:
            return self._send(400, b"{}")
        self.server.switch(
            told["mode"],
            path=told.get("path", EVERYWHERE),
            seconds=told.get("seconds", 2.0),
            retry_after=str(told.get("retry_after", "")),
        )
        return self._send(200, b"{}")

    def do_DELETE(self) -> None:
        self.server.forget()
        self._send(200, b"{}")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's signature
        """Write no log."""

    def _tell(self) -> None:
        with self.server.state.lock:
            told = {
                "calls": [{"path": call.path, "at": call.at} for call in self.server.state.calls],
                "faults": {path: each.mode for path, each in self.server.state.faults.items()},
            }
        self._send(200, json.dumps(told).encode())

    def _fail(self, fault: Fault, answer: dict[str, Any] | None) -> None:
        """Answer as the fault wants it."""
        mode = fault.mode
        whole: dict[str, Callable[[], None]] = {
            "reset": self._reset,
            "hang": self._hang,
            "redirect": lambda: self._send(
                302, b"", {"Location": f"{self.server.url}/configuration"}
            ),
            "bomb": lambda: self._send(200, tmdb_faults.bomb(), {"Content-Encoding": "gzip"}),
            "huge": self._send_without_end,
        }
        if mode in whole:
            whole[mode]()
        elif mode.isdecimal():
            headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
            self._send(int(mode), tmdb_faults.own_words(int(mode)), headers)
        else:
            if mode == "slow":
                self.server.state.stopping.wait(fault.seconds)
            self._spoil(mode, answer)

    def _spoil(self, mode: Mode, answer: dict[str, Any] | None) -> None:
        """Send the answer that was ready, or what the fault makes of it."""
        if answer is None:
            self._send(404, tmdb_faults.own_words(404))
            return
        body = tmdb_faults.spoilt(mode, answer)
        if mode in {"drip", "drip headers"}:
            self._drip(body, is_in_headers=mode == "drip headers")
        else:
            headers = {"Content-Type": "text/html"} if mode == "html" else {}
            self._send(200, body, headers, is_cut=mode == "truncated")

    def _hang(self) -> None:
        self.server.state.stopping.wait(LONGEST_HANG_SECONDS)
        self._reset()

    def _send(
        self,
        status: int,
        body: bytes,
        headers: dict[str, str] | None = None,
        *,
        is_cut: bool = False,
    ) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if is_cut else body)
        self.close_connection = self.close_connection or is_cut

    def _send_without_end(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(tmdb_faults.HUGE_BYTES))
        self.end_headers()
        self.wfile.write(b'{"results": [')
        for _ in range(tmdb_faults.HUGE_BYTES // PIECE):
            self.wfile.write(b" " * PIECE)

    def _drip(self, body: bytes, *, is_in_headers: bool) -> None:
        if is_in_headers:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        else:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
        until = time.monotonic() + LONGEST_DRIP_SECONDS
        for each in body:
            if time.monotonic() > until or self.server.state.stopping.wait(DRIP_SECONDS):
                break
            self.wfile.write(b"-" if is_in_headers else bytes([each]))
            self.wfile.flush()
        self.close_connection = True

    def _reset(self) -> None:
        # Lingering for no time at all makes the end of the connection a reset.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True


@contextmanager
def running(port: int = 0) -> Iterator[Server]:
    """Run the server in threads of this process."""
    server = Server(port)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.state.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()


def main() -> None:
    """Run until a signal comes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--port", type=int, default=0)
    server = Server(parser.parse_args().port)
    sys.stdout.write(f"{server.url}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
