"""What the operations of the watch history take and give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from moviverse.api.recommendations.answers import CardSerializer
from moviverse.api.serializers import BigIdField, StrictSerializer, moment

if TYPE_CHECKING:
    from moviverse.library.selectors import WatchedFilm

MOST_SECONDS = 2**31 - 1


@extend_schema_field({"type": "integer", "minimum": 0, "maximum": MOST_SECONDS})
class SecondsField(serializers.Field[int, int, int, Any]):
    """A number of seconds; players tell fractions, which are left off."""

    default_error_messages = {"invalid": f"Give a number of seconds from 0 to {MOST_SECONDS}."}

    def to_internal_value(self, data: float) -> int:
        """Return the whole seconds."""
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid")
        if not 0 <= data <= MOST_SECONDS:  # NaN is not either
            self.fail("invalid")
        return int(data)

    def to_representation(self, value: int) -> int:
        """Return the seconds."""
        return int(value)


class WatchBody(StrictSerializer):
    """A film that was watched, or how far."""

    tmdb_id = BigIdField(required=False, help_text="The film's public id; required.")
    movie_id = BigIdField(required=False, help_text="A synonym of tmdb_id.")
    progress_seconds = SecondsField(
        required=False,
        allow_null=True,
        help_text="Where I am, at most the film's end. Unset: I watched all of it.",
    )
    watched_at = serializers.DateTimeField(
        required=False, allow_null=True, help_text="When, if it was not now."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the fields by the names that the service takes."""
        ids = {attrs.pop(name) for name in ("tmdb_id", "movie_id") if name in attrs}
        if not ids:
            raise serializers.ValidationError({"tmdb_id": ["This field is required."]})
        if len(ids) > 1:
            said = "tmdb_id and movie_id are synonyms, and name two films here."
            raise serializers.ValidationError({"movie_id": [said]})
        return {"movie_id": ids.pop(), **attrs}


class CorrectionBody(StrictSerializer):
    """What to change of an entry; what is not sent stays."""

    progress_seconds = SecondsField(required=False)
    watched_at = serializers.DateTimeField(required=False)


class ViewBody(StrictSerializer):
    """How far a film that is being looked at was watched, if it was."""

    progress_seconds = SecondsField(required=False, allow_null=True)


class WatchedSerializer(serializers.Serializer[Any]):
    """One watching of a film."""

    id = serializers.UUIDField()
    tmdb_id = serializers.IntegerField(source="movie.tmdb_id")
    progress_seconds = serializers.IntegerField(
        allow_null=True, help_text="Null where neither it nor the running time is known."
    )
    watched = serializers.BooleanField(help_text="To at least 90 % of the running time.")
    started_at = serializers.DateTimeField()
    watched_at = serializers.DateTimeField(help_text="Last.")
    movie = CardSerializer()

    def to_representation(self, instance: WatchedFilm) -> dict[str, Any]:
        """Return what the fields say, without asking each; the renderer writes the card."""
        return {
            "id": str(instance.id),
            "tmdb_id": instance.movie.tmdb_id,
            "progress_seconds": instance.progress_seconds,
            "watched": instance.watched,
            "started_at": moment(instance.started_at),
            "watched_at": moment(instance.watched_at),
            "movie": instance.movie,
        }


class TrackedSerializer(serializers.Serializer[Any]):
    """A view, as it was recorded."""

    tmdb_id = serializers.IntegerField()
    progress_seconds = serializers.IntegerField(
        allow_null=True, help_text="Null for visitors, of whom no progress is kept."
    )
    watched = serializers.BooleanField()
