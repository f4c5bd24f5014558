from __future__ import annotations

import os
from pathlib import Path

import pytest

from moviverse.cli import embedded_postgres

HOME = Path(os.environ.setdefault("MOVIVERSE_HOME", "var/test")).resolve()


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Start the embedded PostgreSQL, unless the environment names another."""
    if not os.environ.get("DATABASE_URL"):
        embedded_postgres.ensure(HOME / "postgres")
