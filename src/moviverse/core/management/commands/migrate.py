"""Django's own `migrate`, with as much time as it needs, and safe from a kill.

No request may hold a connection for long, so every statement has a deadline. An index or a key of
millions of rows takes longer than that, and a site that has grown could not be brought up to date.

Django notes that a migration is applied after it has committed it: a kill in between leaves tables
that no later run knows of, and each of them fails because they are there already.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from django.core.management.commands import migrate
from django.db import connections, transaction

if TYPE_CHECKING:
    from django.db.migrations import Migration

BEGINS = {"apply_start", "unapply_start"}
ENDS = {"apply_success", "unapply_success"}


class Command(migrate.Command):
    """Migrate without a deadline; a lock that somebody else holds is still waited for briefly."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Bring the tables up to date."""
        self._database = options["database"]
        connection = connections[self._database]
        with connection.cursor() as cursor:
            cursor.execute("set statement_timeout = 0")
        try:
            with ExitStack() as self._transaction:
                super().handle(*args, **options)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("reset statement_timeout")

    def migration_progress_callback(
        self,
        action: str,
        migration: Migration | None = None,
        fake: bool = False,  # noqa: FBT001, FBT002 - as Django calls it
    ) -> None:
        """Open a transaction around a migration and the note of it, and tell of the progress."""
        if action in BEGINS and migration is not None and migration.atomic:
            self._transaction.enter_context(transaction.atomic(using=self._database))
        elif action in ENDS:
            self._transaction.close()
        super().migration_progress_callback(action, migration, fake)
