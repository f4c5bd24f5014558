from __future__ import annotations

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """Let no test be counted against the next one's limits."""
    cache.clear()
