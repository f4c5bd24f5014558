from __future__ import annotations

from typing import TYPE_CHECKING

from moviverse.recommendations import selectors

if TYPE_CHECKING:
    from django.http import HttpRequest


def demo(_request: HttpRequest) -> dict[str, object]:
    """Let every page say so when its votes and tastes are synthetic; read only if it is shown."""
    return {"has_synthetic_viewers": selectors.is_learnt_from_synthetic_viewers}
