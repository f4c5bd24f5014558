from __future__ import annotations

from moviverse.core import errors


class InvalidRating(errors.Invalid):
    """A rating is 0.5 to 5.0 in half steps."""

    def __init__(self) -> None:
        super().__init__(fields={"rating": ["A rating is 0.5 to 5.0 in half steps."]})


class RatingNotFound(errors.NotFound):
    """This person has not rated this film."""

    message = "You have not rated this film."


class InvalidInteractions(errors.Invalid):
    """Some of a batch cannot be recorded, so none of it was; `fields` says which and why."""

    message = "Nothing was recorded: some of the interactions are not valid."
