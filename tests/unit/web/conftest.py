from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from tests.factories import accounts
from tests.factories.recommendations import bare_site, site, trained_once

if TYPE_CHECKING:
    from moviverse.accounts.models import User

__all__ = ["bare_site", "member", "signed_in", "site", "trained_once"]


@pytest.fixture
def member(db: None) -> User:  # noqa: ARG001 - somewhere to keep them
    return accounts.member(username="mara")


@pytest.fixture
def signed_in(member: User) -> Client:
    client = Client()
    client.force_login(member)
    return client
