"""The sentences under a film, as a person reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moviverse.recommendations import sentences
from moviverse.recommendations.wishes import Told

if TYPE_CHECKING:
    from moviverse.recommendations.wishes import Asked


@pytest.mark.parametrize(
    ("told", "text"),
    [
        (Told(4.5), "Because you rated “10” 4.5 stars"),
        (Told(1.0), "Because you rated “10” 1 star"),
        (Told(0.5), "Because you rated “10” 0.5 stars"),
        (Told(5.0), "Because you rated “10” 5 stars"),
        (Told(4.0, rated=False), "Because you picked “10”"),
    ],
)
def test_a_film_of_the_history_is_named_with_what_was_said_of_it(told: Told, text: str) -> None:
    assert sentences.because_of("10", told) == text


@pytest.mark.parametrize(
    ("asked", "more"), [("more_like_this", "more"), ("less_like_this", "less")]
)
def test_a_wish_is_told_as_one(asked: Asked, more: str) -> None:
    told = Told(5.0, rated=False, asked=asked)
    assert sentences.because_of("Alien", told) == f"Because you asked for {more} like “Alien”"
    assert (
        sentences.without("Alien", told) == "It would stand lower without your wish about “Alien”"
    )


def test_where_parts_do_not_add_up_a_film_is_told_by_what_would_be_without_it() -> None:
    assert (
        sentences.without("Heat", Told(4.5))
        == "It would stand lower without your 4.5 stars for “Heat”"
    )
    picked = Told(4.0, rated=False)
    assert sentences.without("Heat", picked) == "It would stand lower without your pick of “Heat”"


@pytest.mark.parametrize(
    ("prior", "smaller", "named", "text"),
    [
        (0, 1, 3, "And 1 more reason"),
        (0, 7, 3, "And 7 more reasons"),
        (0, 7, 0, "7 small reasons"),
        (0, 1, 0, "1 small reason"),
        (0.1, 0, 3, "Many people like it"),
        (0.1, 2, 3, "Many people like it, and 2 more reasons"),
        (-0.1, 0, 3, "Few people know it"),
        (-0.1, 1, 3, "Few people know it, and 1 more reason"),
    ],
)
def test_the_rest_says_how_much_it_stands_for(
    prior: float, smaller: int, named: int, text: str
) -> None:
    assert sentences.rest(prior=prior, smaller=smaller, named=named) == text


def test_names_are_listed_as_a_person_lists_them() -> None:
    assert sentences.chosen(["Crime"]) == "Because you chose Crime"
    assert sentences.chosen(["Crime", "Drama"]) == "Because you chose Crime and Drama"
    assert sentences.chosen(["War", "Crime", "Drama"]) == "Because you chose War, Crime and Drama"
