from __future__ import annotations

import pytest
from django.core.cache import cache

from tests.factories.recommendations import bare_site, site, trained_once

__all__ = ["bare_site", "site", "trained_once"]


@pytest.fixture(autouse=True)
def no_trends_of_other_tests() -> None:
    """Let what people turned to in one test be forgotten in the next."""
    cache.clear()
