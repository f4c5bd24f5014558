from __future__ import annotations

import pytest

from moviverse.catalog import spelling
from moviverse.catalog.selectors import title_ranks, word_index
from moviverse.catalog.selectors.title_ranks import BEGINNING, PART, VERY, WHOLE
from tests.factories import catalog


@pytest.mark.parametrize(
    ("term", "place", "same"),
    [
        ("2", 1, {"2", "ii", "two"}),
        ("ii", 0, {"2", "ii", "two"}),
        ("twelve", 0, {"12", "xii", "twelve"}),
        ("v", 1, {"5", "v", "five"}),
        ("x", 0, {"x"}),  # "X-Men" is not "Ten Men"
        ("dr", 0, {"dr", "doctor"}),
        ("heat", 0, {"heat"}),
        ("se7en", 0, {"se7en", "seven"}),
        ("scre4m", 0, {"scre4m", "scream"}),
        ("x2", 0, {"x2"}),
        ("2001", 0, {"2001"}),
        ("七人", 0, {"七人"}),
    ],
)
def test_a_word_has_the_spellings_that_mean_the_same(term: str, place: int, same: set[str]) -> None:
    found = spelling.spellings(term, place=place)
    assert found[0] == term
    assert set(found) == same


@pytest.mark.parametrize(
    ("term", "year"),
    [("1995", 1995), ("1799", None), ("2100", None), ("19951", None), ("٢٠٠١", None), ("", None)],
)
def test_a_word_may_be_a_year(term: str, year: int | None) -> None:
    assert spelling.year(term) == year


@pytest.mark.django_db
def test_a_title_answers_by_how_much_of_it_was_asked_for() -> None:
    titles = {
        VERY: "Heat",
        WHOLE: "The Heat",
        BEGINNING: "Heat and Dust",
        PART: "Red Heat",
    }
    for missing, title in titles.items():
        catalog.film(title=title, popularity=float(missing))  # the worst answer is known best
    index = word_index.current()
    hits = title_ranks.exact(index, folded="heat", terms=["heat"])
    assert [hit.missing for hit in hits] == [VERY, WHOLE, BEGINNING, PART]
    assert [index.films.texts[hit.line] for hit in hits] == [
        "heat",
        "the heat",
        "heat and dust",
        "red heat",
    ]


@pytest.mark.django_db
def test_fewer_typos_come_first_and_a_short_word_without_sense_is_passed_over() -> None:
    catalog.film(title="Night Stalkers", popularity=1.0)
    catalog.film(title="Knight Stalker", popularity=9.0)
    index = word_index.current()
    texts = [
        [index.films.texts[hit.line] for hit in title_ranks.near(index, terms=terms)]
        for terms in (["nigth", "stalker"], ["teh", "stalkers"], ["zzz"])
    ]
    assert texts[0][0] == "night stalkers"
    assert texts[1] == ["night stalkers", "knight stalker"]
    assert texts[2] == []


@pytest.mark.django_db
def test_a_year_beside_a_word_is_the_films_own_or_in_the_title() -> None:
    old = catalog.film(title="Fargo", release_year=1996)
    catalog.film(title="Fargo", release_year=2014, popularity=9.0)
    named = catalog.film(title="Fargo 1996", release_year=2020)
    index = word_index.current()
    hits = title_ranks.exact(index, folded="fargo 1996", terms=["fargo", "1996"])
    assert index.films.keys_of(hit.line for hit in hits) == [named.pk, old.pk]
    assert title_ranks.exact(index, folded="1996", terms=["1996"])[0].missing == PART
