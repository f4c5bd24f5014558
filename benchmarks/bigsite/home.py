"""The big site's database, up within a block."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.core import management
from django.db import connection

from benchmarks import site
from moviverse.cli.database import database

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def opened() -> Iterator[None]:
    """Have the database up and its tables made."""
    with database():
        try:
            management.call_command("migrate", verbosity=0)
            yield
        finally:
            connection.close()


__all__ = ["opened", "site"]
