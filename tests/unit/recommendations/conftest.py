from __future__ import annotations

from tests.factories.recommendations import bare_site, site, trained_once

__all__ = ["bare_site", "site", "trained_once"]
