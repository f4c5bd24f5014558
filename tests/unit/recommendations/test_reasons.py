"""Reasons of a model whose parts do not add up by themselves."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from moviverse.recommendations import reasons, shelf
from moviverse.recommendations.wishes import Told
from moviverse_engine.models.breakdown import Breakdown
from tests.factories.recommendations import HEAT

if TYPE_CHECKING:
    from moviverse.recommendations.wishes import Reason
    from tests.factories.recommendations import Site


def told(parts: list[float], score: float) -> tuple[Reason, ...]:
    served = shelf.served("EASE")
    curved: Any = SimpleNamespace(linear=False, items=served.model.items)
    rows = np.array([served.model.items.get(HEAT), 0 if served.model.items.get(HEAT) else 1])
    breakdown = Breakdown(
        history=rows.astype(np.int64),
        by_item=np.array([parts], dtype=np.float32),
        prior=np.zeros(1, dtype=np.float32),
    )
    history = {int(rows[0]): Told(4.5), int(rows[1]): Told(2.0)}
    (found,) = reasons.told(
        breakdown, [score], served=replace(served, model=curved), history=history
    )
    return found


@pytest.mark.usefixtures("site")
def test_a_film_is_told_by_what_would_be_without_it() -> None:
    first, rest = told([0.25, -0.1], 0.75)
    assert first.text == "It would stand lower without your 4.5 stars for “Heat”"
    assert (first.type, first.share) == ("movie", 0.25)
    assert rest.text == "Everything else you said, taken together"
    assert rest.share == pytest.approx(0.5)


def test_where_no_film_stands_out_all_is_told_together(site: Site) -> None:
    (rest,) = told([0.0, -0.1], 0.75)
    assert (rest.type, rest.text, rest.share) == ("other", "All you said, taken together", 0.75)
    assert site.ids
