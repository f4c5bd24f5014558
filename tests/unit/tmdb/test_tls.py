"""The line to a TMDb that speaks TLS, as the real one does."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from typing import TYPE_CHECKING

import pytest

from moviverse import tmdb
from moviverse.tmdb.bucket import LocalBucket
from moviverse.tmdb.client import Client
from moviverse.tmdb.line import Line
from tests.fakes import tmdb_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="there is no openssl to make a certificate with"
)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Return a certificate of 127.0.0.1 and localhost, with its key in the same file."""
    made, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    command = [
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
        "-nodes", "-days", "2", "-subj", "/CN=localhost",
        "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
        "-keyout", str(key), "-out", str(made),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    made.write_text(made.read_text() + key.read_text())
    return made


@pytest.fixture
def server(certificate: Path) -> Iterator[tmdb_server.Server]:
    with tmdb_server.running() as running:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        running.socket = context.wrap_socket(running.socket, server_side=True)
        yield running


def line_to(server: tmdb_server.Server, host: str) -> Line:
    return Line(
        base_url=server.url.replace("http://127.0.0.1", f"https://{host}"),
        key="a key",
        bucket=LocalBucket(per_second=99, burst=9),
    )


def test_a_certificate_that_is_trusted_is_spoken_to_by_name(
    server: tmdb_server.Server, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    line = line_to(server, "localhost")
    assert Client(line).film(949).title == "Heat"
    assert Client(line).film(550).title == "Fight Club"
    line.close()


def test_a_certificate_of_nobody_known_is_not(server: tmdb_server.Server) -> None:
    line = line_to(server, "127.0.0.1")
    with pytest.raises(tmdb.Unavailable):
        Client(line).film(949)
    line.close()
    assert server.count() == 0
