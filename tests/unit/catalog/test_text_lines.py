from __future__ import annotations

import random

import pytest

from moviverse.catalog.selectors import text_lines
from moviverse.catalog.selectors.text_lines import ARTICLES, Lines


@pytest.mark.parametrize("soon", [0, 20, 10_000])
def test_the_lines_that_begin_with_a_text_are_those_that_looking_at_each_finds(
    soon: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_lines, "SOON", soon)
    rng = random.Random(0)  # noqa: S311 - no secret
    texts = [
        rng.choice(["", "the ", "a ", "an "])
        + "".join(rng.choices("ab 映", k=rng.randint(0, 6))).strip()
        for _ in range(400)
    ]
    lines = Lines(enumerate(texts))
    for _ in range(300):
        begun = "".join(rng.choices("ab 映", k=rng.randint(1, 3))).strip() or "a"
        beginnings = (begun, *(f"{each} {begun}" for each in ARTICLES))
        expected = [line for line, text in enumerate(texts) if text.startswith(beginnings)]
        limit = rng.randint(1, 20)
        assert lines.beginning_with(begun, limit) == expected[:limit]


def test_the_lines_that_are_a_text_come_in_their_order() -> None:
    lines = Lines(enumerate(["heat", "red heat", "", "heat", "heathers", "heat"]))
    assert lines.equal_to("heat", 10) == [0, 3, 5]
    assert lines.equal_to("heat", 2) == [0, 3]
    assert lines.equal_to("", 10) == [2]
    assert lines.equal_to("hea", 10) == []
