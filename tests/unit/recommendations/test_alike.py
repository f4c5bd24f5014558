from __future__ import annotations

from typing import TYPE_CHECKING

from moviverse.recommendations import alike, serving
from tests.factories import catalog, tmdb
from tests.factories.recommendations import HEAT

if TYPE_CHECKING:
    import pytest

    from tests.factories.recommendations import Site

ELSEWHERE = 910_000_007


def ids(found: serving.Neighbours) -> list[int]:
    return [each.movie.tmdb_id for each in found.results]


def test_every_third_film_is_one_that_tmdb_names_and_we_hold(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = ids(serving.similar_by_content(HEAT, 6))
    for number in range(1, 5):
        catalog.film(tmdb_id=number, title=f"Named {number}", is_adult=number == 3)
    told = [HEAT, 1, ours[0], ELSEWHERE, 2, 3, 4]
    tmdb.connected(monkeypatch, lists={f"similar {HEAT}": told})
    found = alike.similar(HEAT, 6)
    assert ids(found) == [*ours[:2], 1, *ours[2:4], 2]
    assert [each.rank for each in found.results] == [1, 2, 3, 4, 5, 6]
    third = found.results[2]
    (why,) = third.reasons
    assert (third.score, why.share) == (0.0, 0.0)
    assert why.text == "The Movie Database names it beside “Heat”"
    assert ids(alike.similar(HEAT, 100))[-1] in {4, *site.ids}


def test_while_tmdb_is_away_content_speaks_alone(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert site.ids
    away = tmdb.connected(monkeypatch)
    away.error = tmdb.AWAY
    assert alike.similar(HEAT, 6) == serving.similar_by_content(HEAT, 6)
    assert alike.similar(HEAT, 6).results
    assert away.asked == {f"similar {HEAT} 1": 1}
