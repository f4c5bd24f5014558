"""What the operations of favourites and watchlists take and give."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from rest_framework import serializers

from moviverse.api.recommendations.answers import CardSerializer
from moviverse.api.serializers import (
    BigIdField,
    PageQuery,
    StrictSerializer,
    TextField,
    moment,
)
from moviverse.library.selectors import SAVED_SORTS

if TYPE_CHECKING:
    from moviverse.library.selectors import SavedFilm

LONGEST_TITLE, LONGEST_POSTER_URL = 300, 500  # characters
# An address on the web, or a path as TMDb gives it; nothing that a browser would run.
POSTER = re.compile(r"(https?://|/(?!/))[!-~]*", re.ASCII | re.IGNORECASE)
SYNONYMS = (("tmdb_id", "movie_id"), ("title", "movie_title"))


class PosterField(TextField):
    """The address of a poster."""

    default_error_messages = {"poster": "Give an http(s) address, or a path that begins with /."}

    def to_internal_value(self, data: Any) -> str:
        """Return the address."""
        address = super().to_internal_value(data)
        if address and not POSTER.fullmatch(address):
            self.fail("poster")
        return address


class ShownBody(StrictSerializer):
    """How to show a film while the catalogue does not hold it."""

    title = TextField(
        required=False,
        allow_blank=True,
        allow_null=True,
        max_length=LONGEST_TITLE,
        help_text="Shown while this site does not know the film.",
    )
    movie_title = TextField(
        required=False,
        allow_blank=True,
        allow_null=True,
        max_length=LONGEST_TITLE,
        help_text="A synonym of title.",
    )
    poster_url = PosterField(
        required=False,
        allow_blank=True,
        allow_null=True,
        max_length=LONGEST_POSTER_URL,
        help_text="The same.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the fields by the names that the services take."""
        for name, synonym in SYNONYMS:
            if name in attrs and synonym in attrs and attrs[name] != attrs[synonym]:
                said = f"{name} and {synonym} are synonyms, and differ here."
                raise serializers.ValidationError({synonym: [said]})
            if synonym in attrs:
                attrs[name] = attrs.pop(synonym)
        for name in ("title", "poster_url"):
            attrs[name] = attrs.get(name) or ""
        return attrs


class SaveBody(ShownBody):
    """A film to keep on a list."""

    tmdb_id = BigIdField(required=False, help_text="The film's public id; required.")
    movie_id = BigIdField(required=False, help_text="A synonym of tmdb_id.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the fields by the names that the services take."""
        attrs = super().validate(attrs)
        if "tmdb_id" not in attrs:
            raise serializers.ValidationError({"tmdb_id": ["This field is required."]})
        attrs["movie_id"] = attrs.pop("tmdb_id")
        return attrs


class SavedQuery(PageQuery):
    """Which page of a list, in which order."""

    sort = serializers.ChoiceField(
        choices=list(SAVED_SORTS), required=False, help_text="added_desc unless told."
    )


class SavedSerializer(serializers.Serializer[Any]):
    """A film on a list."""

    id = serializers.UUIDField()
    tmdb_id = serializers.IntegerField(source="movie.tmdb_id")
    title = serializers.CharField(source="movie.title")
    poster_url = serializers.CharField(source="movie.poster_url")
    in_catalog = serializers.BooleanField(
        help_text="False: this site does not know the film, and shows what was sent."
    )
    added_at = serializers.DateTimeField()
    movie = CardSerializer()

    def to_representation(self, instance: SavedFilm) -> dict[str, Any]:
        """Return what the fields say, without asking each; the renderer writes the card."""
        return {
            "id": str(instance.id),
            "tmdb_id": instance.movie.tmdb_id,
            "title": instance.movie.title,
            "poster_url": instance.movie.poster_url,
            "in_catalog": instance.in_catalog,
            "added_at": moment(instance.added_at),
            "movie": instance.movie,
        }
