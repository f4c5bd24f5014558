"""PostgreSQL's settings from the environment, with a deadline on everything that can hang."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from environs import Env

TIMEOUTS = {
    "connect_timeout": 3,  # seconds
    "tcp_user_timeout": 4_000,  # milliseconds: a peer that vanished without a word
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
}


def from_environment(env: Env, embedded_url: str) -> dict[str, Any]:
    """Return Django's settings of the database.

    `DATABASE_URL` comes first, then `DATABASE_NAME` with its companions, then the embedded one.

    Args:
        env: Where the settings are read.
        embedded_url: The address of the embedded PostgreSQL.

    Raises:
        ImproperlyConfigured: `DATABASE_URL` names no PostgreSQL server.
    """
    url = env.str("DATABASE_URL", "")
    if not url and env.str("DATABASE_NAME", ""):
        settings: dict[str, Any] = {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": env.str("DATABASE_NAME"),
            "USER": env.str("DATABASE_USER", ""),
            "PASSWORD": env.str("DATABASE_PASSWORD", ""),
            "HOST": env.str("DATABASE_HOST", ""),
            "PORT": env.str("DATABASE_PORT", ""),
        }
    else:
        settings = _parsed(url or embedded_url)
    settings["CONN_MAX_AGE"] = 0  # the pool keeps connections; both together would hold them twice
    settings["OPTIONS"] = {
        **settings.get("OPTIONS", {}),
        **TIMEOUTS,
        "prepare_threshold": 5,  # of the statements of `moviverse.core.statements`
        # A page read through an index costs little more than one in a row: there are no discs that
        # turn, and the tables of a site fit its memory. With PostgreSQL's own 4 a common word is
        # looked for in every film's words, which takes twice as long as its index.
        "options": "-c statement_timeout=15000 -c lock_timeout=5000 -c random_page_cost=1.1",
        # A pool that tries again for minutes waits longer each time, and would still be waiting
        # when the server is long back; giving up early leaves the next try to the next request.
        "pool": {"min_size": 1, "max_size": 8, "timeout": 3, "reconnect_timeout": 5},
    }
    return settings


def _parsed(url: str) -> dict[str, Any]:
    # The message never repeats the address: it holds a password.
    wrong = ImproperlyConfigured(
        "DATABASE_URL must look like postgresql://user:password@host:5432/name."
    )
    if not url.startswith(("postgresql://", "postgres://")):
        raise wrong
    try:
        return dict(dj_database_url.parse(url))
    except ValueError as error:
        raise wrong from error
