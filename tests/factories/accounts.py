"""People for tests, made by the services that make real ones."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from rest_framework.test import APIClient

from moviverse.accounts import services, tokens

if TYPE_CHECKING:
    from datetime import datetime

    from moviverse.accounts.models import User

PASSWORD = "a long enough passphrase 42"

_numbers = itertools.count(1)


def member(
    *,
    username: str | None = None,
    email: str | None = None,
    password: str = PASSWORD,
    now: datetime | None = None,
    **profile: Any,
) -> User:
    """Return a new member; what is not given is made up."""
    username = username or f"viewer{next(_numbers)}"
    return services.register(
        email=email or f"{username}@example.com",
        username=username,
        password=password,
        now=now or timezone.now(),
        **profile,
    )


def administrator(*, username: str | None = None, password: str = PASSWORD) -> User:
    """Return a new administrator."""
    username = username or f"admin{next(_numbers)}"
    return services.create_administrator(
        email=f"{username}@example.com", username=username, password=password, now=timezone.now()
    )


def client_of(user: User) -> APIClient:
    """Return a client that sends an access token of `user`."""
    client = APIClient()
    client.credentials(
        HTTP_AUTHORIZATION=f"Bearer {tokens.issue(user=user, now=timezone.now()).access}"
    )
    return client
