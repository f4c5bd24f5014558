from __future__ import annotations

from moviverse.core import errors


class MovieNotFound(errors.NotFound):
    """The catalogue does not hold this film."""

    message = "No film has this id."


class PersonNotFound(errors.NotFound):
    """The catalogue does not know this person."""

    message = "No person has this id."


class UnknownFilterValue(errors.Invalid):
    """A filter names something that the catalogue does not have."""

    def __init__(self, name: str, said: str) -> None:
        super().__init__(fields={name: [said]})


class EmptyQuery(errors.Invalid):
    """A search for nothing."""

    message = "Say what to search for."

    def __init__(self) -> None:
        super().__init__(fields={"q": ["Give at least one letter or digit."]})
