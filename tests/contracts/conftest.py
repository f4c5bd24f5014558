from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from tests.factories.libraries import uploads_dir
from tests.factories.recommendations import site, trained_once
from tests.in_process import ADDRESS, carrier

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["site", "trained_once", "uploads_dir"]


@pytest.fixture
def app(db: None) -> Iterator[httpx.Client]:  # noqa: ARG001 - the service needs it
    """Return an app on somebody's device: it takes JSON, keeps cookies and follows redirects."""
    with carrier() as transport:
        yield httpx.Client(
            base_url=ADDRESS,
            transport=transport,
            headers={"Accept": "application/json"},
            follow_redirects=True,
        )
