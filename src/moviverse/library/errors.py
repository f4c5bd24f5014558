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


class FavoriteNotFound(errors.NotFound):
    """This film is no favourite of this person."""

    message = "This film is not among your favourites."


class NotOnWatchlist(errors.NotFound):
    """This film is not on this person's watchlist."""

    message = "This film is not on your watchlist."


class ListFull(errors.Conflict):
    """A list holds as many films as a list may hold."""

    message = "Your list is full: remove a film first."


class TooManyUnknownFilms(errors.Conflict):
    """A list holds as many films that the catalogue does not know as it may hold."""

    message = "Your list holds too many films that this site does not know yet."


class ViewingNotFound(errors.NotFound):
    """This person has no such entry in their history."""

    message = "There is no such entry in your history."


class ViewingsCollide(errors.Conflict):
    """A person is in the middle of a film once, and watches it once at a time."""

    message = "Another entry of your history has this film at this time, or still unfinished."


class InvalidMoment(errors.Invalid):
    """Something is said to have happened when it cannot have."""

    def __init__(self) -> None:
        said = "Give a moment between the year 1900 and now."
        super().__init__(fields={"watched_at": [said]})


class ReviewNotFound(errors.NotFound):
    """There is no such review, or not for this person to change."""

    message = "There is no such review."


class AlreadyReviewed(errors.Conflict):
    """A person reviews a film once."""

    message = "You have reviewed this film already. Edit your review instead."


class InvalidReview(errors.Invalid):
    """A review says something in up to 10,000 characters."""

    def __init__(self, said: str) -> None:
        super().__init__(fields={"text": [said]})
