"""The service in the test's own process, spoken to by HTTP."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections

if TYPE_CHECKING:
    from collections.abc import Iterator

ADDRESS = "http://testserver"


@contextmanager
def carrier() -> Iterator[httpx.WSGITransport]:
    """Return what carries a client's requests to the service, on the test's own connection.

    As Django's test client does: the end of a request must not end the test's transaction.
    """
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield httpx.WSGITransport(app=get_wsgi_application())
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)
