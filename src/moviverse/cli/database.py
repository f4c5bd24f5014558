from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.conf import settings

from moviverse.cli import embedded_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def database() -> Iterator[None]:
    """Have the database up within the block: the embedded one, unless the settings name another."""
    if not settings.DATABASE_IS_EMBEDDED:
        yield
        return
    with embedded_postgres.running(settings.HOME / "postgres"):
        yield
