"""Every sentence that a list says of a film. Another language is another module like this one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from moviverse.recommendations.wishes import Told

POPULAR = "Many people like it"
OBSCURE = "Few people know it"
NEW = "Something new"
TRENDING = "People here turn to it now"


def prepared(made_at: datetime) -> str:
    """Say that a list was made ahead."""
    return f"Chosen on {made_at:%d %B %Y} by what you had said until then".replace(" 0", " ")


def because_of(title: str, told: Told) -> str:
    """Say that somebody said something of a film."""
    film = quoted(title)
    if told.rated:
        return f"Because you rated {film} {stars(told.rating)}"
    if told.asked:
        more = "more" if told.asked == "more_like_this" else "less"
        return f"Because you asked for {more} like {film}"
    return f"Because you picked {film}"


def without(title: str, told: Told) -> str:
    """Say what a film in the history does for another, where the parts do not add up."""
    film = quoted(title)
    if told.rated:
        return f"It would stand lower without your {stars(told.rating)} for {film}"
    if told.asked:
        return f"It would stand lower without your wish about {film}"
    return f"It would stand lower without your pick of {film}"


def often_by(person: str) -> str:
    """Say that somebody likes a director."""
    return f"You often like films by {person}"


def often_with(person: str) -> str:
    """Say that somebody likes an actor."""
    return f"You often like films with {person}"


def often_of(genre: str) -> str:
    """Say that somebody likes a genre."""
    return f"You often like {genre} films"


def named_by_tmdb(title: str) -> str:
    """Say that TMDb finds two films alike."""
    return f"The Movie Database names it beside {quoted(title)}"


def by(person: str, title: str) -> str:
    """Say that two films have a director."""
    return f"By {person}, like {quoted(title)}"


def with_(person: str, title: str) -> str:
    """Say that two films have an actor."""
    return f"With {person}, like {quoted(title)}"


def of_genre(genre: str, title: str) -> str:
    """Say that two films have a genre."""
    return f"{genre}, like {quoted(title)}"


def chosen(genres: Sequence[str]) -> str:
    """Say that a film is of genres that somebody named."""
    return f"Because you chose {listed(genres)}"


def liked_of(genre: str) -> str:
    """Say that a film is well liked among those of its genre."""
    return f"One of the most liked {genre} films here"


def also_liked(title: str) -> str:
    """Say that the same people like two films."""
    return f"Viewers who liked {quoted(title)} also liked it"


def shares_with(title: str) -> str:
    """Say that two films are about the same, in other things than genres and people."""
    return f"Shares themes, period or language with {quoted(title)}"


def rest(*, prior: float, smaller: int, named: int) -> str:
    """Say what the unnamed rest of a score is: what everybody gets, and some smaller reasons."""
    more = f"{smaller} {'more' if named else 'small'} {'reason' if smaller == 1 else 'reasons'}"
    if not prior:
        return f"And {more}" if named else more.capitalize()
    popular = POPULAR if prior > 0 else OBSCURE
    return f"{popular}, and {more}" if smaller else popular


def rest_together(*, named: int) -> str:
    """Say what the rest of a score is, where the parts do not add up."""
    return "Everything else you said, taken together" if named else "All you said, taken together"


def quoted(title: str) -> str:
    """Return a title as a name: “10” is a film, and 10 might be a rating."""
    return f"“{title}”"


def stars(rating: float) -> str:
    """Return a rating in words: 1 star, 4.5 stars."""
    return f"{rating:g} {'star' if rating == 1 else 'stars'}"


def listed(names: Sequence[str]) -> str:
    """Return names as a person lists them: A, B and C."""
    *before, last = names
    return f"{', '.join(before)} and {last}" if before else last
