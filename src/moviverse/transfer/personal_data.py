"""What a person brought here from elsewhere, for them to take along: one line a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moviverse.transfer.models import ImportRow, LibraryImport

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from moviverse.accounts.models import User

IMPORT = ("created_at", "id", "source", "file_name", "status", "is_dry_run", "finished_at")
ROW = ("library_import_id", "line", "kind", "title", "year", "rating", "at", "text", "outcome")


def of(*, user: User) -> Mapping[str, QuerySet[Any, Any]]:
    """Return everything by its name: rows that are read when they are asked for, the oldest first."""
    brought = LibraryImport.objects.filter(user=user).order_by("created_at", "id")
    rows = ImportRow.objects.filter(library_import__user=user)
    return {
        "imports": brought.values(*IMPORT),
        "import_rows": rows.order_by("library_import_id", "number").values(*ROW),
    }
