from __future__ import annotations

from tests.factories.libraries import uploads_dir

__all__ = ["uploads_dir"]
