"""How the catalogue stands with TMDb, to be looked at: what is written here, the syncs write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import F, OuterRef, Q, Subquery
from unfold.admin import ModelAdmin  # type: ignore[import-untyped]  # no types

from moviverse.catalog.models import Movie, TmdbRun, TmdbSync

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

# What an operator looks for, by what is true of a row.
STATES: dict[str, tuple[str, Q]] = {
    "failed": ("The last sync failed", Q(failed_at__isnull=False)),
    "gone": ("TMDb does not know it", Q(gone_at__isnull=False)),
    "differs": ("TMDb says otherwise", ~Q(differs={})),
    "withdrawn": ("Taken out here", Q(withdrawn_at__isnull=False)),
}


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002 - Django's signature
        """Return what can be chosen."""
        return [(name, label) for name, (label, _) in STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002 - Django's signature
        """Return the rows that were chosen."""
        chosen = STATES.get(self.value() or "")
        return queryset.filter(chosen[1]) if chosen else queryset


class ReadOnlyAdmin(ModelAdmin):  # type: ignore[misc]  # untyped base
    """Rows that nobody edits."""

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        """Say no."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        """Say no."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        """Say no."""
        return False


@admin.register(TmdbSync)
class TmdbSyncAdmin(ReadOnlyAdmin):
    list_display = ("tmdb_id", "film", "last_synced_at", "attempts", "failed_at", "last_error")
    list_filter = (StateFilter,)
    search_fields = ("=tmdb_id",)
    ordering = (
        F("failed_at").desc(nulls_last=True),
        F("last_synced_at").desc(nulls_last=True),
        "tmdb_id",
    )
    list_per_page = 50
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows with the titles of their films."""
        title = Movie.objects.filter(pk=OuterRef("pk")).values("title")
        rows: QuerySet[Any] = super().get_queryset(request).annotate(title=Subquery(title))
        return rows

    @admin.display(description="film")
    def film(self, row: Any) -> str:
        """Return the film's title, where we hold it."""
        return row.title or "-"


@admin.register(TmdbRun)
class TmdbRunAdmin(ReadOnlyAdmin):
    list_display = ("started_at", "kind", "progress", "synced", "failed", "finished_at")
    list_filter = ("kind",)
    ordering = ("-started_at",)
    show_full_result_count = False

    @admin.display(description="where it is")
    def progress(self, run: TmdbRun) -> str:
        """Return how far the run is."""
        if run.finished_at is not None:
            return "done"
        return f"page {run.next_page:,}" + (f" of {run.pages:,}" if run.pages else "")
