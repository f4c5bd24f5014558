"""What the library's operations take and give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework import serializers

from moviverse.api.serializers import (
    BigIdField,
    PageQuery,
    RatingField,
    StrictSerializer,
    moment,
)
from moviverse.library.selectors import RATING_SORTS, TYPES
from moviverse.library.services import NewEvent

if TYPE_CHECKING:
    from decimal import Decimal

    from moviverse.library.selectors import Event, RatedFilm

MAX_BATCH = 1_000  # interactions in one call
SAY_TYPES = f"Choose one of {', '.join(TYPES)}."


class TypeField(serializers.ChoiceField):
    """A type of interaction."""

    def __init__(self, **told: Any) -> None:
        said: dict[str, Any] = {
            "invalid_choice": SAY_TYPES
        }  # without what was sent, which may be very long
        super().__init__(choices=list(TYPES), error_messages=said, **told)


class RatingNumberField(RatingField):
    """A rating that was sent as a number; text is not taken for it."""

    def to_internal_value(self, data: float | str) -> Decimal:
        """Return the rating, exactly."""
        if isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class RatingBody(StrictSerializer):
    rating = RatingNumberField()


class RatingsQuery(PageQuery):
    """Which page of a person's ratings, in which order."""

    sort = serializers.ChoiceField(
        choices=list(RATING_SORTS), required=False, help_text="date_desc unless told."
    )


class RatingSerializer(serializers.Serializer[Any]):
    """What a person thinks of a film."""

    tmdb_id = serializers.IntegerField(source="movie_id")
    rating = RatingField(source="value")
    rated_at = serializers.DateTimeField()

    def to_representation(self, instance: RatedFilm) -> dict[str, Any]:
        """Return what the fields say, without asking each."""
        return {
            "tmdb_id": instance.movie_id,
            "rating": float(instance.value),
            "rated_at": moment(instance.rated_at),
        }


class InteractionBody(StrictSerializer):
    """Something that a person did with a film."""

    movie_id = BigIdField(required=False, help_text="The film's public id; required.")
    tmdb_id = BigIdField(required=False, help_text="A synonym of movie_id.")
    interaction_type = TypeField(help_text="recommend: the film was shown to the person.")
    rating = RatingNumberField(
        required=False, allow_null=True, help_text="Of a rate, which needs it, and of no other."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the fields as `library.services.record` names them."""
        ids = {attrs[name] for name in ("movie_id", "tmdb_id") if name in attrs}
        if not ids:
            raise serializers.ValidationError({"movie_id": ["This field is required."]})
        if len(ids) > 1:
            said = "movie_id and tmdb_id are synonyms, and name two films here."
            raise serializers.ValidationError({"movie_id": [said]})
        return {
            "movie_id": ids.pop(),
            "type": attrs["interaction_type"],
            "rating": attrs.get("rating"),
        }


class InteractionsBody(StrictSerializer):
    """Many interactions, in their order."""

    interactions: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=InteractionBody(), allow_empty=False, max_length=MAX_BATCH
    )

    def validate_interactions(self, value: list[dict[str, Any]]) -> list[NewEvent]:
        """Return them as `library.services.record_batch` takes them."""
        return [NewEvent(**told) for told in value]


class InteractionsQuery(PageQuery):
    """Which page of a person's interactions, of which type, from when on."""

    type = TypeField(required=False)
    since = serializers.DateTimeField(
        required=False, help_text="From this moment on; ISO 8601, in UTC unless it says more."
    )


class InteractionSerializer(serializers.Serializer[Any]):
    """Something that a person did with a film; a rating is told as a `rate`."""

    id = serializers.UUIDField()
    movie_id = serializers.IntegerField()
    interaction_type = TypeField(source="type")
    rating = RatingField(allow_null=True, help_text="Of a rate; else null.")
    happened_at = serializers.DateTimeField()

    def to_representation(self, instance: Event) -> dict[str, Any]:
        """Return what the fields say, without asking each."""
        return {
            "id": str(instance.id),
            "movie_id": instance.movie_id,
            "interaction_type": instance.type,
            "rating": None if instance.rating is None else float(instance.rating),
            "happened_at": moment(instance.happened_at),
        }


class RecordedSerializer(serializers.Serializer[Any]):
    """What was recorded, in the order in which it was sent."""

    interactions = InteractionSerializer(many=True)
    count = serializers.IntegerField()


class InteractionsPageSerializer(RecordedSerializer):
    """One page of a person's interactions."""

    count = serializers.IntegerField(help_text="Of all pages.")
    page = serializers.IntegerField()
    page_size = serializers.IntegerField()
    total_pages = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
