"""Clients of the real service, without a network between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections

from moviverse_client import Client
from tests.conftest import django_db_modify_db_settings
from tests.factories.accounts import PASSWORD
from tests.factories.recommendations import site, trained_once

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from moviverse_client import User

__all__ = ["django_db_modify_db_settings", "site", "trained_once"]


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """Let no test be counted against the next one's limits."""
    cache.clear()


@pytest.fixture
def connect() -> Iterator[Callable[..., Client]]:
    """Return what makes clients of the service in this process, on the test's own connection."""

    app = httpx.WSGITransport(app=get_wsgi_application())

    def connected(**options: Any) -> Client:
        return Client("http://testserver", transport=app, **options)

    # As Django's own test client does: the end of a request must not end the test's transaction.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield connected
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def client(connect: Callable[..., Client], db: None) -> Client:  # noqa: ARG001 - the service needs it
    """Return a client that nobody is signed in with."""
    return connect()


@pytest.fixture
def ann(client: Client) -> User:
    """Sign a new member in with the client."""
    return client.auth.register(email="ann@example.org", username="ann", password=PASSWORD)
