from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moviverse.catalog.folding import fold, words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Amélie", "amelie"),
        ("AMÉLIE", "amelie"),  # decomposed
        ("Schindler's List", "schindlers list"),
        ("Schindler\u2019s List", "schindlers list"),
        ("WALL·E", "wall e"),
        ("Spider-Man: No Way Home", "spider man no way home"),
        ("S.W.A.T.", "swat"),
        ("8½", "8 1 2"),
        ("Fast & Furious", "fast and furious"),
        ("Łódź Straße Ærø Øst İstanbul \u0131s\u0131", "lodz strasse aero ost istanbul isi"),
        ("七人の侍", "七人の侍"),
        ("ガメラ", "ガメラ"),
        ("Жизнь Ёлки", "жизнь елки"),
        ("Ωραία Ελένη", "ωραια ελενη"),
        ("दिल", "दिल"),
        ("기생충", "기생충"),
        ("\uff48\uff45\uff41\uff54", "heat"),
        ("  a \t b\n", "a b"),
        ("!?—", ""),
        ("%_\\", ""),
    ],
)
def test_text_is_folded_as_people_type_it(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_composed_and_decomposed_letters_are_the_same() -> None:
    assert fold("Ame\u0301lie ガ") == fold("Amélie カ\u3099")


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_folded_text_holds_nothing_that_a_query_or_a_pattern_could_mean(text: str) -> None:
    assert not set(fold(text)) & set("%_\\'\"&|!():*<>\x00\n")


def test_small_words_are_left_out_unless_there_is_nothing_else() -> None:
    assert words("The Lord of the Rings") == ["lord", "rings"]
    assert words("It") == ["it"]
    assert words("E. T.") == words("e t") == ["et"]
    assert words("...") == []
