"""The network under the client: every wait on it ends with the call's deadline.

A timeout of HTTP libraries is that of one read: a server that sends a byte of its headers every
half second never breaks it. Here each wait for the network is cut to what is left of the call, the
lookup of a name too, which knows no timeout at all.

The key is added here and nowhere before: the addresses that are logged or told in an error are of
requests without it.
"""

from __future__ import annotations

import ipaddress
import queue
import socket
import threading
import time
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import httpcore
import httpx

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Iterator

CONNECTIONS = 8  # of a process
IDLE_SECONDS = 30.0
V4_PARTS = 3  # of a token in the form of a JWT, between dots

_deadline: ContextVar[float] = ContextVar("tmdb_deadline")


@contextmanager
def until(deadline: float) -> Iterator[None]:
    """Cut every wait within the block, in this thread, at a moment of the monotonic clock."""
    token = _deadline.set(deadline)
    try:
        yield
    finally:
        _deadline.reset(token)


class Transport(httpx.HTTPTransport):
    """HTTP over connections that keep the deadline, with the key in each request."""

    def __init__(self, key: str) -> None:
        context = httpx.create_ssl_context()
        super().__init__(verify=context)
        # httpx has no argument for it. Its own pool has not been used yet, and is given up.
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_connections=CONNECTIONS,
            keepalive_expiry=IDLE_SECONDS,
            network_backend=Network(),
        )
        self._key = key

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request with the key: a v4 token in a header, a v3 key in the query."""
        headers, url = request.headers.copy(), request.url
        if self._key.count(".") == V4_PARTS - 1:
            headers["Authorization"] = f"Bearer {self._key}"
        else:
            url = url.copy_merge_params({"api_key": self._key})
        return super().handle_request(
            httpx.Request(
                request.method,
                url,
                headers=headers,
                stream=request.stream,
                extensions=request.extensions,
            )
        )


class Network(httpcore.SyncBackend):
    """Connections whose every wait ends at the deadline."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of `host` that answers."""
        failed: Exception = httpcore.ConnectError("The name has no address.")
        for address in _addresses(host, port):
            try:
                return Stream(
                    super().connect_tcp(
                        address, port, _left(timeout, httpcore.ConnectTimeout),
                        local_address, socket_options,
                    )
                )  # fmt: skip
            except httpcore.ConnectError as error:
                failed = error
        raise failed


class Stream(httpcore.NetworkStream):
    """One connection."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what has come."""
        return self._stream.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of it."""
        self._stream.write(buffer, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        """Hang up."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Return the same connection, encrypted."""
        limit = _left(timeout, httpcore.ConnectTimeout)
        return Stream(self._stream.start_tls(ssl_context, server_hostname, limit))

    def get_extra_info(self, info: str) -> Any:
        """Return what the connection knows of itself."""
        return self._stream.get_extra_info(info)


def _left(timeout: float | None, late: type[Exception]) -> float:
    left = _deadline.get() - time.monotonic()
    if left <= 0:
        raise late("The call took too long.")
    return left if timeout is None else min(timeout, left)


def _addresses(host: str, port: int) -> list[str]:
    """Return the addresses of a name, asked for in a thread that may be left behind.

    Raises:
        httpcore.ConnectError: there are none.
        httpcore.ConnectTimeout: the answer takes too long.
    """
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        pass
    answers: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            answers.put(error)
        else:
            answers.put(list(dict.fromkeys(str(each[4][0]) for each in found)))

    threading.Thread(target=ask, name="tmdb-name", daemon=True).start()
    try:
        answer = answers.get(timeout=_left(None, httpcore.ConnectTimeout))
    except queue.Empty:
        raise httpcore.ConnectTimeout("The name was not found in time.") from None
    if isinstance(answer, OSError):
        raise httpcore.ConnectError(str(answer)) from answer
    return answer
