"""What the operations of reviews take and give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework import serializers

from moviverse.api.library.serializers import RatingNumberField
from moviverse.api.recommendations.answers import CardSerializer
from moviverse.api.serializers import (
    PageQuery,
    RatingField,
    StrictSerializer,
    TextField,
    moment,
)
from moviverse.library.selectors import REVIEW_SORTS

if TYPE_CHECKING:
    from moviverse.library.selectors import ReviewedFilm, WrittenReview

LONGEST_TEXT = 10_000  # characters


class ReviewTextField(TextField):
    """The text of a review, kept as it was written."""

    def __init__(self, **told: Any) -> None:
        super().__init__(
            trim_whitespace=False,
            max_length=LONGEST_TEXT,
            help_text="Plain text without control characters; escape it where you show it.",
            **told,
        )


class ReviewBody(StrictSerializer):
    """A review, whole."""

    rating = RatingNumberField(help_text="Becomes my rating of the film.")
    text = ReviewTextField()


class ReviewEditBody(StrictSerializer):
    """What to change of a review; what is not sent stays."""

    rating = RatingNumberField(required=False)
    text = ReviewTextField(required=False)


class ReviewsQuery(PageQuery):
    """Which page of reviews, in which order."""

    sort = serializers.ChoiceField(
        choices=list(REVIEW_SORTS), required=False, help_text="newest unless told."
    )


class AuthorSerializer(serializers.Serializer[Any]):
    """Who wrote it, as everybody sees them."""

    id = serializers.UUIDField()
    username = serializers.CharField()
    avatar_url = serializers.CharField()


class WrittenSerializer(serializers.Serializer[Any]):
    """What somebody wrote, with what they rate the film now."""

    id = serializers.UUIDField()
    tmdb_id = serializers.IntegerField(source="movie_id")
    rating = RatingField(allow_null=True, help_text="Null when it was taken back.")
    text = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ReviewSerializer(WrittenSerializer):
    """A review of a film."""

    author = AuthorSerializer()

    def to_representation(self, instance: WrittenReview) -> dict[str, Any]:
        """Return what the fields say, without asking each."""
        author = instance.author
        return {
            **_written(instance, instance.movie_id),
            "author": {
                "id": str(author.id),
                "username": author.username,
                "avatar_url": author.avatar_url,
            },
        }


class MyReviewSerializer(WrittenSerializer):
    """A review of my own, with the film."""

    tmdb_id = serializers.IntegerField(source="movie.tmdb_id")
    movie = CardSerializer()

    def to_representation(self, instance: ReviewedFilm) -> dict[str, Any]:
        """Return what the fields say, without asking each; the renderer writes the card."""
        return {**_written(instance, instance.movie.tmdb_id), "movie": instance.movie}


def _written(review: WrittenReview | ReviewedFilm, tmdb_id: int) -> dict[str, Any]:
    return {
        "id": str(review.id),
        "tmdb_id": tmdb_id,
        "rating": None if review.rating is None else float(review.rating),
        "text": review.text,
        "created_at": moment(review.created_at),
        "updated_at": moment(review.updated_at),
    }
