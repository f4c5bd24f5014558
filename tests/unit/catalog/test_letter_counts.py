from __future__ import annotations

import random

import pytest
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from moviverse.catalog.selectors.letter_counts import MOST, LetterCounts

LETTERS = "abcdeé映人\U00010348 "


def drawn(rng: random.Random, longest: int) -> str:
    return "".join(rng.choices(LETTERS, k=rng.randint(0, longest)))


@pytest.mark.parametrize("longest", [6, 40, 2 * MOST])
def test_no_text_is_passed_by_that_comparing_it_letter_by_letter_would_find(longest: int) -> None:
    rng = random.Random(longest)  # noqa: S311 - no secret
    texts = ["", "a", "a" * longest, *(drawn(rng, longest) for _ in range(300))]
    counts = LetterCounts(texts)
    for wanted in ("", "a" * longest, *(drawn(rng, longest) for _ in range(30))):
        for at_least in (40.0, 80.0, 100.0):
            like = {
                place for place, text in enumerate(texts) if fuzz.ratio(wanted, text) >= at_least
            }
            assert like <= set(counts.like(wanted, at_least=at_least))
        for typos in (1, 2):
            near = {
                place for place, text in enumerate(texts) if OSA.distance(wanted, text) <= typos
            }
            assert near <= set(counts.within(wanted, typos=typos))


def test_texts_with_other_letters_or_of_another_length_are_passed_by() -> None:
    counts = LetterCounts(["godfather", "godmother", "heat", "gods", "the godfather of all"])
    assert counts.like("godfahter", at_least=80.0) == [0]
    assert counts.within("godfahter", typos=2) == [0, 1]


def test_there_may_be_no_texts() -> None:
    counts = LetterCounts([])
    assert list(counts.like("heat", at_least=80.0)) == []
    assert list(counts.within("heat", typos=1)) == []
