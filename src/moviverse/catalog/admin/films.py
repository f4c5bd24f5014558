"""Films, genres, people and keywords in the Django admin.

What follows from an edit (the words of the search, the year, when the film changed) is brought up
to date by the services that importers use too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin, messages
from django.utils import timezone
from django.utils.html import format_html_join
from unfold.admin import ModelAdmin, TabularInline  # type: ignore[import-untyped]  # no types

from moviverse import tmdb
from moviverse.catalog import services
from moviverse.catalog.linking import folded_name, keyword_name
from moviverse.catalog.models import (
    Genre,
    Keyword,
    Movie,
    MovieCast,
    MovieCrew,
    Person,
    TmdbSync,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import Model, QuerySet
    from django.forms import ModelForm
    from django.http import HttpRequest

VOTES = {"vote_average", "vote_count", "popularity"}
LINKED = {MovieCast: "cast", MovieCrew: "crew"}


class CastInline(TabularInline):  # type: ignore[misc]  # untyped base
    model = MovieCast
    autocomplete_fields = ("person",)
    ordering = ("position",)
    extra = 0


class CrewInline(TabularInline):  # type: ignore[misc]  # untyped base
    model = MovieCrew
    autocomplete_fields = ("person",)
    ordering = ("department", "job", "pk")
    extra = 0


@admin.register(Movie)
class MovieAdmin(ModelAdmin):  # type: ignore[misc]  # untyped base
    list_display = ("title", "release_year", "language", "vote_average", "popularity", "tmdb_id")
    list_filter = ("genres", "status", "is_adult")
    search_fields = ("folded_title", "original_title", "=tmdb_id", "=imdb_id")
    ordering = ("-popularity", "tmdb_id")
    autocomplete_fields = ("genres", "keywords")
    inlines = (CastInline, CrewInline)
    show_full_result_count = False  # counting all films a second time tells an editor nothing
    actions = ("take_tmdbs_values", "sync_with_tmdb")
    readonly_fields = (
        "release_year",
        "votes_are_summarised",
        "added_at",
        "updated_at",
        "changed_by_hand",
        "tmdb_says",
        "synced",
    )
    fieldsets: ClassVar = (
        (None, {"fields": ("tmdb_id", "imdb_id", "title", "original_title", "tagline")}),
        ("What it is", {"fields": ("overview", "genres", "keywords")}),
        (
            "Release",
            {
                "fields": (
                    ("released_on", "release_year", "status"),
                    ("runtime_minutes", "language", "countries", "is_adult"),
                )
            },
        ),
        ("Outside", {"fields": ("homepage", "poster_path", "backdrop_path", "budget", "revenue")}),
        (
            "Votes",
            {
                "fields": (
                    ("vote_average", "vote_count", "popularity"),
                    "votes_are_summarised",
                    ("added_at", "updated_at"),
                )
            },
        ),
        ("The Movie Database", {"fields": ("changed_by_hand", "tmdb_says", "synced")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Movie | None = None) -> Any:
        """Return what nobody edits: the public id of a film that is there, too."""
        kept = super().get_readonly_fields(request, obj)
        return kept if obj is None else ("tmdb_id", *kept)

    @admin.display(description="changed here, and kept")
    def changed_by_hand(self, movie: Movie) -> str:
        """Return the fields that no sync overwrites."""
        return ", ".join(movie.edited_fields) or "nothing"

    @admin.display(description="TMDb says")
    def tmdb_says(self, movie: Movie) -> str:
        """Return what TMDb has in the place of an editor's values."""
        known = TmdbSync.objects.filter(pk=movie.pk).first()
        said = sorted(known.differs.items()) if known else []
        return format_html_join("", "<p>{}: {}</p>", said) or "the same"

    @admin.display(description="last sync")
    def synced(self, movie: Movie) -> str:
        """Return when the film was brought up to date, and what went wrong since."""
        known = TmdbSync.objects.filter(pk=movie.pk).first()
        if known is None:
            return "never"
        parts = [f"{known.last_synced_at:%Y-%m-%d %H:%M} UTC" if known.last_synced_at else "never"]
        if known.gone_at:
            parts.append(f"TMDb did not know it on {known.gone_at:%Y-%m-%d}")
        if known.failed_at:
            parts.append(f"failed {known.attempts} times since: {known.last_error}")
        return "; ".join(parts)

    @admin.action(description="Take TMDb's values")
    def take_tmdbs_values(self, request: HttpRequest, queryset: QuerySet[Movie]) -> None:
        """Give up what was changed by hand."""
        self._ask(request, queryset, services.give_edits_up)

    @admin.action(description="Bring up to date with TMDb")
    def sync_with_tmdb(self, request: HttpRequest, queryset: QuerySet[Movie]) -> None:
        """Fetch films anew; what was changed by hand stays."""
        self._ask(request, queryset, services.ask_for_films)

    def _ask(
        self, request: HttpRequest, queryset: QuerySet[Movie], ask: Callable[..., int]
    ) -> None:
        if not tmdb.is_configured():
            self.message_user(request, tmdb.NotConfigured.message, messages.ERROR)
            return
        asked = ask(
            movie_ids=list(queryset.values_list("pk", flat=True)),
            now=timezone.now(),
        )
        self.message_user(request, f"{asked} films are being fetched from TMDb.")

    def save_model(
        self,
        request: HttpRequest,
        obj: Movie,
        form: ModelForm[Movie],
        change: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        """Save the film with what follows from its own fields."""
        now = timezone.now()
        obj.updated_at = now
        if not change:
            obj.added_at = now
        if "released_on" in form.changed_data:
            obj.release_year = obj.released_on.year if obj.released_on else None
        if VOTES & set(form.changed_data):
            obj.votes_are_summarised = False
        super().save_model(request, obj, form, change)

    def save_related(
        self, request: HttpRequest, form: ModelForm[Movie], formsets: Any, change: Any
    ) -> None:
        """Save what the film is linked to, what was edited, and the words that it is found by."""
        super().save_related(request, form, formsets, change)
        told = {
            name
            for name in form.changed_data  # a list counts as changed whenever it is sent
            if form.initial.get(name) != form.cleaned_data.get(name)
        }
        told |= {LINKED[each.model] for each in formsets if each.has_changed()}
        services.note_edits(movie_id=form.instance.pk, names=told)
        services.refold(movie_ids=[form.instance.pk], now=timezone.now())

    def delete_model(self, request: HttpRequest, obj: Movie) -> None:
        """Delete it, also from lists that are remembered."""
        tmdb_id = obj.pk
        super().delete_model(request, obj)
        services.note_removal(movie_ids=[tmdb_id], now=timezone.now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Movie]) -> None:
        """Delete many, also from lists that are remembered."""
        tmdb_ids = list(queryset.values_list("pk", flat=True))
        super().delete_queryset(request, queryset)
        services.note_removal(movie_ids=tmdb_ids, now=timezone.now())


class NamedAdmin(ModelAdmin):  # type: ignore[misc]  # untyped base
    """Something that films are found by: with it, their words change."""

    def save_model(
        self,
        request: HttpRequest,
        obj: Any,
        form: ModelForm[Any],
        change: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        """Save it, then the words of its films."""
        super().save_model(request, obj, form, change)
        services.refold(movie_ids=self.films_of([obj]), now=timezone.now())

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete it, and refresh the films that it was linked to."""
        films = self.films_of([obj])
        super().delete_model(request, obj)
        services.refold(movie_ids=films, now=timezone.now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Delete many, and refresh the films that they were linked to."""
        films = self.films_of(list(queryset))
        super().delete_queryset(request, queryset)
        services.refold(movie_ids=films, now=timezone.now())

    def films_of(self, rows: list[Any]) -> list[int]:
        """Return the films that `rows` are linked to."""
        raise NotImplementedError


class LinkedAdmin(NamedAdmin):
    """A genre or keyword, linked to films directly."""

    link: ClassVar[str]  # the field of a film
    list_display = ("name", "tmdb_id")
    search_fields = ("name", "=tmdb_id")
    ordering = ("name",)

    def films_of(self, rows: list[Model]) -> list[int]:
        """Return the films that `rows` are linked to."""
        linked = Movie.objects.filter(**{f"{self.link}__in": rows})
        return list(linked.values_list("pk", flat=True).distinct())


@admin.register(Genre)
class GenreAdmin(LinkedAdmin):
    link = "genres"


@admin.register(Keyword)
class KeywordAdmin(LinkedAdmin):
    link = "keywords"

    def save_model(self, request: HttpRequest, obj: Keyword, form: Any, change: Any) -> None:
        """Save it in the one spelling that keywords have."""
        obj.name = keyword_name(obj.name)
        super().save_model(request, obj, form, change)


@admin.register(Person)
class PersonAdmin(NamedAdmin):
    list_display = ("name", "tmdb_id")
    search_fields = ("folded_name", "name", "=tmdb_id")
    ordering = ("folded_name",)
    show_full_result_count = False
    fields = ("name", "tmdb_id", "profile_path")

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: Any) -> None:
        """Save them with the name that they are found by."""
        obj.folded_name = folded_name(obj.name)
        super().save_model(request, obj, form, change)

    def films_of(self, rows: list[Any]) -> list[int]:
        """Return the films that `rows` made."""
        acted = Movie.objects.filter(cast__person__in=rows).values_list("pk", flat=True)
        worked = Movie.objects.filter(crew__person__in=rows).values_list("pk", flat=True)
        return sorted({*acted, *worked})
