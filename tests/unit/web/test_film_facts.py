from __future__ import annotations

from decimal import Decimal

import pytest

from moviverse.web.templatetags import film_facts


@pytest.mark.parametrize(
    ("minutes", "said"), [(170, "2 h 50 min"), (120, "2 h"), (7, "7 min"), (None, ""), (0, "")]
)
def test_a_running_time_is_told_as_a_cinema_does(minutes: int | None, said: str) -> None:
    assert film_facts.duration(minutes) == said


@pytest.mark.parametrize(("vote", "said"), [(8.24, "4.1"), (0.0, "0.0"), (None, "")])
def test_votes_are_told_on_the_sites_own_scale(vote: float | None, said: str) -> None:
    assert film_facts.out_of_five(vote) == said


@pytest.mark.parametrize(
    ("value", "said"), [(Decimal("0.5"), "½"), (Decimal("4.0"), "4"), (4.5, "4½"), (5, "5")]
)
def test_a_rating_is_told_in_halves(value: Decimal | float, said: str) -> None:
    assert film_facts.half_steps(value) == said


@pytest.mark.parametrize(
    ("code", "name"), [("ja", "Japanese"), ("yi", "Yiddish"), ("qq", "qq"), ("zh", "Chinese")]
)
def test_a_language_is_told_by_its_name(code: str, name: str) -> None:
    assert film_facts.language_name(code) == name
