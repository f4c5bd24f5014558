"""What the recommender's operations give, for the OpenAPI document and for pages of lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework import serializers

from moviverse.recommendations import receipts

if TYPE_CHECKING:
    from moviverse.recommendations.models import Receipt
    from moviverse.recommendations.selectors import Outcome, Shown
    from moviverse.recommendations.wishes import Answer


class NamedFilmSerializer(serializers.Serializer[Any]):
    """A film by its name."""

    tmdb_id = serializers.IntegerField()
    title = serializers.CharField()


class ReasonSerializer(serializers.Serializer[Any]):
    """A part of the score; what it comes from stands under the name of its type."""

    type = serializers.ChoiceField(choices=["movie", "genre", "person", "other"])
    movie = NamedFilmSerializer(required=False, help_text="Of the history.")
    genre = serializers.CharField(required=False)
    person = serializers.CharField(required=False)
    share = serializers.FloatField(help_text="In units of the score; all shares add up to it.")
    text = serializers.CharField()


class CardSerializer(serializers.Serializer[Any]):
    """A film in a list."""

    tmdb_id = serializers.IntegerField()
    title = serializers.CharField()
    release_date = serializers.DateField(allow_null=True)
    release_year = serializers.IntegerField(allow_null=True)
    genres = serializers.ListField(child=serializers.CharField())
    runtime = serializers.IntegerField(allow_null=True, help_text="In minutes.")
    vote_average = serializers.FloatField(allow_null=True, help_text="0 to 10.")
    poster_url = serializers.CharField()


class RecommendationSerializer(serializers.Serializer[Any]):
    """A film at its place."""

    rank = serializers.IntegerField()
    score = serializers.FloatField(help_text="In the model's own units.")
    predicted_rating = serializers.FloatField(allow_null=True, help_text="0.5 to 5.0.")
    movie = CardSerializer()
    reasons = ReasonSerializer(many=True)


class AnswerSerializer(serializers.Serializer[Any]):
    """A list of recommendations."""

    request_id = serializers.UUIDField()
    model = serializers.CharField()
    model_version = serializers.CharField()
    strategy = serializers.CharField(
        help_text=(
            "hybrid, content, collab or popular; preferences or trending for beginners; prepared "
            "for a list made ahead, at `generated_at`, that stands in for a model that is away."
        )
    )
    generated_at = serializers.DateTimeField()
    results = RecommendationSerializer(many=True)


class PersonalAnswerSerializer(AnswerSerializer):
    """A member's list."""

    next = serializers.URLField(
        allow_null=True, help_text="Carries this list on, whatever is said meanwhile; for a day."
    )


class ContextAnswerSerializer(AnswerSerializer):
    """A list for a context."""

    unknown = serializers.ListField(
        child=serializers.IntegerField(), help_text="Films that the model does not know."
    )


class TitleAnswerSerializer(ContextAnswerSerializer):
    """A list for a title."""

    understood = CardSerializer(help_text="The film that the title was taken for.")
    candidates = CardSerializer(many=True, help_text="Other films that it may mean.")


class GroupMemberSerializer(serializers.Serializer[Any]):
    """Somebody of a group."""

    user_id = serializers.UUIDField(allow_null=True)
    context = serializers.IntegerField(  # type: ignore[assignment]  # a field; DRF moves it aside
        allow_null=True, help_text="Its place in the request."
    )
    strategy = serializers.CharField()
    unknown = serializers.ListField(child=serializers.IntegerField())


class VerdictSerializer(serializers.Serializer[Any]):
    """What a film is to one member."""

    member = serializers.IntegerField(help_text="The place in `members`.")
    score = serializers.FloatField(help_text="1: the best for them; 0: average; -1 at the least.")
    predicted_rating = serializers.FloatField(allow_null=True, help_text="0.5 to 5.0.")
    reasons = ReasonSerializer(many=True, help_text="The strongest one for them, if any.")


class GroupRecommendationSerializer(serializers.Serializer[Any]):
    """A film at its place, with what it is to each member."""

    rank = serializers.IntegerField()
    score = serializers.FloatField(help_text="The members' scores made one.")
    movie = CardSerializer()
    members = VerdictSerializer(many=True)


class GroupAnswerSerializer(serializers.Serializer[Any]):
    """One list for several people."""

    request_id = serializers.UUIDField()
    model = serializers.CharField()
    model_version = serializers.CharField()
    aggregation = serializers.ChoiceField(choices=["average", "least_misery", "most_pleasure"])
    generated_at = serializers.DateTimeField()
    members = GroupMemberSerializer(many=True)
    results = GroupRecommendationSerializer(many=True)


class BatchAnswerSerializer(serializers.Serializer[Any]):
    """Lists in the order in which they were asked for."""

    count = serializers.IntegerField()
    results = ContextAnswerSerializer(many=True)


class ModelSerializer(serializers.Serializer[Any]):
    """A model and how it stands here."""

    name = serializers.CharField()
    type = serializers.ChoiceField(choices=["non-neural", "neural"])
    description = serializers.CharField()
    status = serializers.ChoiceField(choices=["ready", "not trained", "damaged"])
    version = serializers.CharField(allow_null=True)
    trained_at = serializers.DateTimeField(allow_null=True)
    metrics = serializers.DictField(allow_null=True)


class ModelsSerializer(serializers.Serializer[Any]):
    """Every model."""

    models = ModelSerializer(many=True)


class NeighbourSerializer(CardSerializer):
    """A film that goes with another one: a card, how near it is, and why."""

    score = serializers.FloatField()
    reasons = ReasonSerializer(many=True)


class NeighboursPageSerializer(serializers.Serializer[Any]):
    """One page of the films that go with one, and what they were found by."""

    count = serializers.IntegerField(help_text="Of all pages.")
    page = serializers.IntegerField()
    page_size = serializers.IntegerField()
    total_pages = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    model = serializers.CharField()
    model_version = serializers.CharField()
    strategy = serializers.CharField(help_text="content, or collab.")


class SimilarPageSerializer(NeighboursPageSerializer):
    """One page of films that are about the same."""

    results = NeighbourSerializer(many=True)


class AlsoLikedPageSerializer(NeighboursPageSerializer):
    """One page of films that the same people like."""

    results = RecommendationSerializer(many=True)


class SaidSerializer(serializers.Serializer[Any]):
    """A film of the history that a list was made from."""

    movie_id = serializers.IntegerField()
    rating = serializers.FloatField(help_text="Given, or what it counts for.")
    kind = serializers.ChoiceField(
        choices=["rated", "picked", "more_like_this", "less_like_this"],
    )


class ShownFilmSerializer(serializers.Serializer[Any]):
    """A film as it was shown."""

    rank = serializers.IntegerField()
    tmdb_id = serializers.IntegerField()
    title = serializers.CharField()
    score = serializers.FloatField()
    predicted_rating = serializers.FloatField(allow_null=True)
    reasons = ReasonSerializer(many=True)


class OutcomeSerializer(serializers.Serializer[Any]):
    """Something that its viewer did with a film after it was shown, within a week."""

    action = serializers.ChoiceField(
        choices=[
            *("view", "select", "rate", "watch", "favorite", "watchlist"),
            *("dismiss", "less_like_this", "more_like_this"),
        ]
    )
    rating = serializers.FloatField(allow_null=True)
    happened_at = serializers.DateTimeField()


class PastFilmSerializer(ShownFilmSerializer):
    """A film as it was shown, and what became of it."""

    outcome = OutcomeSerializer(allow_null=True, help_text="The last of the outcomes.")
    outcomes = OutcomeSerializer(
        many=True,
        help_text="The latest of each kind, oldest first; of the latest list with the film alone.",
    )


class ReceiptSerializer(serializers.Serializer[Any]):
    """A list as it was shown, and what it was made from."""

    request_id = serializers.UUIDField()
    model = serializers.CharField()
    model_version = serializers.CharField()
    strategy = serializers.CharField()
    generated_at = serializers.DateTimeField()
    first_request_id = serializers.UUIDField(
        allow_null=True, help_text="Of a later page: the receipt of the list's first page."
    )
    parameters = serializers.DictField()
    history = SaidSerializer(many=True)
    results = PastFilmSerializer(many=True)


class FeedbackSerializer(serializers.Serializer[Any]):
    """What a person last said of a film; no action when they took it back."""

    tmdb_id = serializers.IntegerField(source="movie_id")
    action = serializers.ChoiceField(
        choices=["dismiss", "less_like_this", "more_like_this"], allow_null=True
    )
    request_id = serializers.UUIDField(
        source="receipt_id", allow_null=True, help_text="The list that it was said of."
    )
    given_at = serializers.DateTimeField(allow_null=True)


class GivenFeedbackSerializer(FeedbackSerializer):
    """What a person says of a film, with the film."""

    movie = CardSerializer()


class PastListSerializer(serializers.Serializer[Any]):
    """An earlier list and what became of it."""

    request_id = serializers.UUIDField()
    model = serializers.CharField()
    model_version = serializers.CharField()
    strategy = serializers.CharField()
    generated_at = serializers.DateTimeField()
    results = PastFilmSerializer(many=True)


def answer_body(answer: Answer) -> dict[str, Any]:
    """Return an answer's body. The renderer writes the dataclasses in it as they are.

    No serializer walks over the 20 films: that would take longer than scoring them.
    """
    return {
        "request_id": answer.request_id,
        "model": answer.model,
        "model_version": answer.model_version,
        "strategy": answer.strategy,
        "generated_at": answer.generated_at,
        "results": answer.results,
    }


def context_body(answer: Answer) -> dict[str, Any]:
    """Return the body of an answer to a context."""
    return {**answer_body(answer), "unknown": answer.unknown}


def receipt_body(shown: Shown) -> dict[str, Any]:
    """Return a receipt as it was kept, with what became of its films."""
    receipt = shown.receipt
    return {
        **_heading(receipt),
        "first_request_id": receipt.first_id,
        "parameters": receipt.parameters,
        "history": [
            {"movie_id": movie_id, "rating": told.rating, "kind": receipts.kind(told)}
            for movie_id, told in receipts.history(receipt).items()
        ],
        "results": _films(shown),
    }


def past_list_body(shown: Shown) -> dict[str, Any]:
    """Return an earlier list with what became of its films."""
    return {**_heading(shown.receipt), "results": _films(shown)}


def _films(shown: Shown) -> list[dict[str, Any]]:
    bodies = []
    for film in receipts.films(shown.receipt):
        outcomes = [_outcome(each) for each in shown.outcomes.get(film["tmdb_id"], ())]
        last = outcomes[-1] if outcomes else None
        bodies.append({**film, "outcome": last, "outcomes": outcomes})
    return bodies


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "action": outcome.action,
        "rating": outcome.rating,
        "happened_at": outcome.happened_at,
    }


def _heading(receipt: Receipt) -> dict[str, Any]:
    return {
        "request_id": receipt.id,
        "model": receipt.model,
        "model_version": receipt.model_version,
        "strategy": receipt.strategy,
        "generated_at": receipt.created_at,
    }
