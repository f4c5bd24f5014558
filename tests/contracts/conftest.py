from __future__ import annotations

import pytest
from django.core.cache import cache

from tests.factories.recommendations import site, trained_once

__all__ = ["site", "trained_once"]


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """Let no test be counted against the next one's limits."""
    cache.clear()
