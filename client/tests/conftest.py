"""Clients of the real service, without a network between."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from moviverse_client import Client
from tests.conftest import django_db_modify_db_settings, empty_cache
from tests.factories.accounts import PASSWORD
from tests.factories.recommendations import site, trained_once
from tests.in_process import ADDRESS, carrier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from moviverse_client import User

__all__ = ["django_db_modify_db_settings", "empty_cache", "site", "trained_once"]


@pytest.fixture
def connect() -> Iterator[Callable[..., Client]]:
    """Return what makes clients of the service in this process."""
    with carrier() as transport:
        yield partial(Client, ADDRESS, transport=transport)


@pytest.fixture
def client(connect: Callable[..., Client], db: None) -> Client:  # noqa: ARG001 - the service needs it
    """Return a client that nobody is signed in with."""
    return connect()


@pytest.fixture
def ann(client: Client) -> User:
    """Sign a new member in with the client."""
    return client.auth.register(email="ann@example.org", username="ann", password=PASSWORD)
