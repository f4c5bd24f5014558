"""What the recommender's operations take: queries, bodies, and contexts of films."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from rest_framework import serializers

from moviverse.api.serializers import (
    BigIdField,
    PageQuery,
    QuerySerializer,
    RatingField,
    StrictSerializer,
    TextField,
)
from moviverse.core import errors
from moviverse.recommendations import lineup
from moviverse.recommendations.errors import InvalidContext
from moviverse.recommendations.wishes import (
    LIMIT,
    MAX_BATCH,
    MAX_BATCH_FILMS,
    MAX_CONTEXT,
    MAX_LIMIT,
    PICKED,
    PREPARED,
    STARTS,
    Told,
    Wish,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

FIRST_YEAR, LAST_YEAR = 1, 9999
MAX_GENRES, LONGEST_GENRE = 20, 50
WENT_BY = ("hybrid", "content", "collab", *sorted(STARTS), PREPARED)
LEAST, MOST = 2, 20  # people of a group
AGGREGATIONS = ("average", "least_misery", "most_pleasure")
UNDO = "undo"
ACTIONS = ("dismiss", "less_like_this", "more_like_this", UNDO)
CONTEXT_FIELDS = {"movie_id", "rating"}


class MissingData(errors.Invalid):
    """The body is empty."""

    code = "MISSING_DATA"
    message = "Send a JSON body with a context of films and a model."


class MissingContext(errors.Invalid):
    """The body has no films to start from."""

    code = "MISSING_CONTEXT"
    message = "Give a context: a list of one movie id or more, or of {movie_id, rating}."


class MissingModel(errors.Invalid):
    """The body names no model."""

    code = "MISSING_MODEL"
    message = f"Give a model: one of {', '.join(each.name for each in lineup.LINEUP)}."


class ShareField(serializers.FloatField):
    """A number from 0 to 1; NaN is none."""

    def __init__(self, **told: Any) -> None:
        super().__init__(min_value=0, max_value=1, **told)

    def to_internal_value(self, data: Any) -> float:
        """Return the number."""
        if isinstance(data, bool) or not math.isfinite(value := super().to_internal_value(data)):
            self.fail("invalid")
        return value


class WholeNumberField(serializers.IntegerField):
    """A whole number of a JSON body, sent as one."""

    def to_internal_value(self, data: Any) -> int:
        """Return the number."""
        if type(data) is not int:
            self.fail("invalid")
        return super().to_internal_value(data)


class GenresField(serializers.ListField):
    """Genres: any of the values; of a value with commas all of its names."""

    child = serializers.CharField()
    default_error_messages = {"name": f"Give the names of at most {MAX_GENRES} genres."}

    def __init__(self, **told: Any) -> None:
        super().__init__(help_text="Repeated: any of them. Joined with a comma: all.", **told)

    def to_internal_value(self, data: Any) -> Any:
        """Return groups of names."""
        values = [data] if isinstance(data, str) else data
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            self.fail("name")
        groups = [tuple(name.strip() for name in value.split(",")) for value in values]
        names = [name for group in groups for name in group]
        # For a NUL the database cannot even look.
        good = [name for name in names if 0 < len(name) <= LONGEST_GENRE and "\0" not in name]
        if len(good) < len(names) or len(names) > MAX_GENRES:
            self.fail("name")
        return tuple(groups)


class RecommendationsQuery(QuerySerializer):
    """How a personal list should be."""

    limit = serializers.IntegerField(
        required=False, min_value=1, max_value=MAX_LIMIT, help_text=f"{LIMIT} unless told."
    )
    strategy = serializers.ChoiceField(
        choices=list(lineup.BY_STRATEGY), required=False, help_text="hybrid unless told."
    )
    model = TextField(required=False, max_length=50, help_text="A model's name, in any case.")
    diversity = ShareField(
        required=False, help_text="0: the best films; 1: as different as can be."
    )
    genre = GenresField(required=False)
    year_from = serializers.IntegerField(required=False, min_value=FIRST_YEAR, max_value=LAST_YEAR)
    year_to = serializers.IntegerField(required=False, min_value=FIRST_YEAR, max_value=LAST_YEAR)
    exclude_seen = serializers.BooleanField(required=False, default=True)
    cursor = TextField(
        required=False,
        max_length=300,
        help_text="Carries a list on, as it began; with `limit` alone.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the parameters, which do not contradict each other."""
        return _years_in_order(attrs)


class CursorQuery(QuerySerializer):
    """Where a list goes on. How it should be was said when it began."""

    cursor = TextField(max_length=300, help_text="Of `next` in the answer before.")
    limit = serializers.IntegerField(required=False, min_value=1, max_value=MAX_LIMIT)


class HistoryQuery(PageQuery):
    """Which page of a person's earlier lists, and which lists."""

    model = TextField(required=False, max_length=50, help_text="A model's name, in any case.")
    strategy = serializers.ChoiceField(choices=WENT_BY, required=False)
    since = serializers.DateTimeField(
        required=False, help_text="From this moment on; ISO 8601, in UTC unless it says more."
    )
    until = serializers.DateTimeField(required=False, help_text="Before this moment.")

    def validate_model(self, value: str) -> str:
        """Return the name as the model has it."""
        return lineup.find(value).name

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the parameters, which do not contradict each other."""
        if "since" in attrs and "until" in attrs and attrs["since"] >= attrs["until"]:
            raise serializers.ValidationError({"until": ["It lies before since."]})
        return attrs


class NeighboursQuery(PageQuery):
    """Which page of the films that go with one, and how many there are in all."""

    limit = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=MAX_LIMIT,
        help_text=f"How many in all; {MAX_LIMIT} unless told.",
    )


class TitleQuery(QuerySerializer):
    """A title, spelt more or less well."""

    title = TextField(max_length=200)
    limit = serializers.IntegerField(required=False, min_value=1, max_value=MAX_LIMIT)


class FeedbackBody(StrictSerializer):
    """What a person says of a film that was recommended to them."""

    movie_id = BigIdField()
    action = serializers.ChoiceField(choices=ACTIONS)
    request_id = serializers.UUIDField(
        required=False, help_text="Of a list of theirs that showed the film."
    )


class FiltersBody(StrictSerializer):
    """Which films may be in a list."""

    genre = GenresField(required=False)
    year_from = WholeNumberField(required=False, min_value=FIRST_YEAR, max_value=LAST_YEAR)
    year_to = WholeNumberField(required=False, min_value=FIRST_YEAR, max_value=LAST_YEAR)
    exclude = serializers.ListField(
        child=BigIdField(), required=False, max_length=MAX_CONTEXT, help_text="Films to leave out."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the filters, which do not contradict each other."""
        return _years_in_order(attrs)


class ListBody(StrictSerializer):
    """What the lists of one call have in common."""

    model = serializers.JSONField(required=False, help_text="A model's name, in any case.")
    limit = WholeNumberField(
        required=False, min_value=1, max_value=MAX_LIMIT, help_text=f"{LIMIT} unless told."
    )
    diversity = ShareField(required=False)
    filters = FiltersBody(required=False)


class ContextBody(ListBody):
    """Films to start from, and the model to use."""

    context = serializers.JSONField(  # type: ignore[assignment]  # a field; DRF moves it aside
        required=False, help_text=f"1 to {MAX_CONTEXT} movie ids, or {{movie_id, rating}}."
    )


class BatchBody(ListBody):
    """Contexts, or (for administrators) members."""

    contexts = serializers.ListField(
        child=serializers.JSONField(), required=False, min_length=1, max_length=MAX_BATCH
    )
    user_ids = serializers.ListField(
        child=serializers.UUIDField(), required=False, min_length=1, max_length=MAX_BATCH
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the body, which asks for one of the two."""
        if ("contexts" in attrs) == ("user_ids" in attrs):
            raise serializers.ValidationError("Give contexts or user_ids, and not both.")
        lists = len(attrs.get("contexts", ())) + len(attrs.get("user_ids", ()))
        if lists * attrs.get("limit", LIMIT) > MAX_BATCH_FILMS:
            message = f"All lists of a call hold {MAX_BATCH_FILMS:,} films at most."
            raise serializers.ValidationError({"limit": [message]})
        return attrs


class GroupBody(ListBody):
    """Members, people without an account, or both; and how their tastes become one."""

    user_ids = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=MOST)
    contexts = serializers.ListField(child=serializers.JSONField(), required=False, max_length=MOST)
    aggregation = serializers.ChoiceField(
        choices=AGGREGATIONS, required=False, help_text="average unless told."
    )

    def validate_user_ids(self, value: list[UUID]) -> list[UUID]:
        """Return the ids, each of which is there once."""
        if len(set(value)) < len(value):
            raise serializers.ValidationError("Name everybody once.")
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the body, which is about several people."""
        people = len(attrs.get("user_ids", ())) + len(attrs.get("contexts", ()))
        if not LEAST <= people <= MOST:
            message = f"Give {LEAST} to {MOST} people: user_ids, contexts, or both."
            raise serializers.ValidationError(message)
        return attrs


def wish_of_query(query: Mapping[str, Any]) -> Wish:
    """Return what a validated query wishes for.

    Raises:
        UnknownModel: there is no such model.
        Invalid: model and strategy contradict each other.
    """
    return Wish(
        known=lineup.chosen(model=query.get("model"), strategy=query.get("strategy")),
        limit=query.get("limit", LIMIT),
        diversity=query.get("diversity"),
        genres=query.get("genre", ()),
        year_from=query.get("year_from"),
        year_to=query.get("year_to"),
        exclude_seen=query["exclude_seen"],
    )


def wish_of_body(body: Mapping[str, Any]) -> Wish:
    """Return what a validated body wishes for; its model is Hybrid when it names none.

    Raises:
        UnknownModel: there is no such model.
    """
    filters = body.get("filters", {})
    model = body.get("model")
    return Wish(
        known=lineup.chosen(model=None if model is None else str(model)[:50], strategy=None),
        limit=body.get("limit", LIMIT),
        diversity=body.get("diversity"),
        genres=filters.get("genre", ()),
        year_from=filters.get("year_from"),
        year_to=filters.get("year_to"),
        exclude=tuple(filters.get("exclude", ())),
    )


def refuse_missing(data: Mapping[str, Any]) -> None:
    """Refuse a body that lacks what it is all about.

    Raises:
        MissingData, MissingContext, MissingModel: the first of them that holds.
    """
    if not data:
        raise MissingData
    if data.get("context") in (None, "", [], {}):
        raise MissingContext
    if data.get("model") in (None, ""):
        raise MissingModel


def context_of(sent: Any) -> dict[int, Told]:
    """Return a context by movie id; of a film that is named twice the last counts.

    Raises:
        InvalidContext: names the entries that are no movie id and no {movie_id, rating}.
    """
    if not isinstance(sent, list) or not 1 <= len(sent) <= MAX_CONTEXT:
        message = (
            f"A context is a list of 1 to {MAX_CONTEXT} movie ids, or of {{movie_id, rating}}."
        )
        raise InvalidContext(message, fields={"context": [message]})
    said: dict[int, Told] = {}
    wrong: dict[str, list[str]] = {}
    for place, entry in enumerate(sent):
        try:
            movie_id, told = _entry(entry)
        except serializers.ValidationError as error:
            wrong[str(place)] = [str(each) for each in error.detail]
        else:
            said[movie_id] = told
    if wrong:
        raise InvalidContext("Some entries of the context are no films.", fields=wrong)
    return said


def contexts_of(sent: Sequence[Any]) -> list[dict[int, Told]]:
    """Return the contexts of a batch, each as `context_of` reads it.

    Raises:
        InvalidContext: names what is wrong by its place, and within a context as `3.0`.
    """
    contexts: list[dict[int, Told]] = []
    wrong: dict[str, list[str]] = {}
    for place, each in enumerate(sent):
        try:
            contexts.append(context_of(each))
        except InvalidContext as error:
            for name, said in error.details.items():
                wrong[str(place) if name == "context" else f"{place}.{name}"] = said
    if wrong:
        raise InvalidContext("Some contexts are not lists of films.", fields=wrong)
    return contexts


def _entry(entry: Any) -> tuple[int, Told]:
    if not isinstance(entry, dict):
        return _movie_id(entry), Told(PICKED, rated=False)
    if not entry.keys() <= CONTEXT_FIELDS:
        raise serializers.ValidationError(["An entry has the fields movie_id and rating."])
    movie_id, rating = _movie_id(entry.get("movie_id")), entry.get("rating")
    if rating is None:
        return movie_id, Told(PICKED, rated=False)
    if isinstance(rating, str):
        raise serializers.ValidationError([RatingField.default_error_messages["invalid"]])
    return movie_id, Told(float(RatingField().to_internal_value(rating)))


def _movie_id(sent: Any) -> int:
    if type(sent) is not int:
        raise serializers.ValidationError([BigIdField.default_error_messages["invalid"]])
    return BigIdField().to_internal_value(sent)


def _years_in_order(attrs: dict[str, Any]) -> dict[str, Any]:
    if attrs.get("year_from", 0) > attrs.get("year_to", LAST_YEAR):
        raise serializers.ValidationError({"year_to": ["It lies before year_from."]})
    return attrs
