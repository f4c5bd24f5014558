"""Django's own `migrate`, with as much time as it needs.

No request may hold a connection for long, so every statement has a deadline. An index or a key of
millions of rows takes longer than that, and a site that has grown could not be brought up to date.
"""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate
from django.db import connections


class Command(migrate.Command):
    """Migrate without a deadline; a lock that somebody else holds is still waited for briefly."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Bring the tables up to date."""
        connection = connections[options["database"]]
        with connection.cursor() as cursor:
            cursor.execute("set statement_timeout = 0")
        try:
            super().handle(*args, **options)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("reset statement_timeout")
