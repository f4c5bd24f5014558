"""What the catalogue can be asked."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from rest_framework import serializers

from moviverse.api.recommendations.bodies import GenresField
from moviverse.api.serializers import PageQuery, QuerySerializer, TextField
from moviverse.catalog.selectors import SORTS, MovieFilters

if TYPE_CHECKING:
    from collections.abc import Mapping

EARLIEST, LATEST = 1, 9999
LONGEST_QUERY = 200  # characters; more than any title
PAGE = ("page", "page_size")
PARTS = ("similar", "reviews", "recommendations")


class VoteField(serializers.FloatField):
    """A number from 0 to 10; NaN is none."""

    def __init__(self, **told: Any) -> None:
        super().__init__(min_value=0, max_value=10, **told)

    def to_internal_value(self, data: Any) -> float:
        """Return the number."""
        value = super().to_internal_value(data)
        if not math.isfinite(value):
            self.fail("invalid")
        return value


class PartsField(serializers.CharField):
    """Names joined with a comma."""

    default_error_messages = {"part": f"Join some of {', '.join(PARTS)} with commas."}

    def to_internal_value(self, data: Any) -> Any:
        """Return the names."""
        parts = {part.strip() for part in super().to_internal_value(data).split(",")}
        if not parts <= set(PARTS):
            self.fail("part")
        return parts


class MoviesQuery(PageQuery):
    """Which films, in which order."""

    genre = GenresField(required=False)
    year = serializers.IntegerField(required=False, min_value=EARLIEST, max_value=LATEST)
    year_from = serializers.IntegerField(required=False, min_value=EARLIEST, max_value=LATEST)
    year_to = serializers.IntegerField(required=False, min_value=EARLIEST, max_value=LATEST)
    language = serializers.RegexField(
        r"^[A-Za-z]{2,3}$", required=False, help_text="Of the original, ISO 639-1."
    )
    min_rating = VoteField(required=False, help_text="Of `vote_average`, 0 to 10.")
    person = TextField(
        required=False, max_length=200, help_text="In cast or crew: id, TMDb's id, or name."
    )
    keyword = TextField(required=False, max_length=100)
    sort = serializers.ChoiceField(
        choices=list(SORTS), required=False, help_text="popularity_desc unless told."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the parameters, which do not contradict each other."""
        first, last = attrs.get("year_from", EARLIEST), attrs.get("year_to", LATEST)
        if first > last:
            raise serializers.ValidationError({"year_to": ["It lies before year_from."]})
        if not first <= attrs.get("year", first) <= last:
            raise serializers.ValidationError({"year": ["It lies outside year_from and year_to."]})
        return attrs


def filters(asked: Mapping[str, Any]) -> MovieFilters:
    """Return what a `MoviesQuery` asked for, whichever page of it."""
    told = {name: value for name, value in asked.items() if name not in PAGE}
    return MovieFilters(genres=told.pop("genre", ()), **told)


class SearchQuery(PageQuery):
    """Words to find films by."""

    q = TextField(max_length=LONGEST_QUERY, help_text="Words of titles, people, keywords, stories.")
    genre = GenresField(required=False)
    year = serializers.IntegerField(required=False, min_value=EARLIEST, max_value=LATEST)


class SuggestQuery(QuerySerializer):
    """The beginning of something."""

    q = TextField(max_length=LONGEST_QUERY)


class DetailQuery(QuerySerializer):
    """What to join to a film."""

    append = PartsField(required=False, help_text="Any of similar, reviews, recommendations.")
