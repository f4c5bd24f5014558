"""What is kept beside a model of its films, and how models without company answer."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from django.utils import timezone

from moviverse.catalog.models import Movie
from moviverse.library import services as library
from moviverse.recommendations import lineup, selectors, services
from moviverse.recommendations.facts import Facts, FactsDamaged
from moviverse.recommendations.films import Film
from moviverse.recommendations.wishes import Wish
from moviverse_engine.features import ItemFeatures
from moviverse_engine.interactions import IdMap
from tests.factories import accounts
from tests.factories.recommendations import train

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import Settings

    from tests.factories.recommendations import Site

FILMS = [
    Film(title="Ænigma 謎", year=1999, language="en", overview="", genres=["Drama", "Crime"]),
    None,
    Film(title="", year=None, language="", overview=""),
    Film(title="Last", year=2024, language="fr", overview="", genres=["Crime"]),
]
ITEMS = IdMap(np.array([5, 7, 11, 13]))


def made() -> Facts:
    features = ItemFeatures.build(ITEMS, {})
    return Facts.build(FILMS, support=np.array([3, 0, 0, 1], dtype=np.int32), features=features)


def test_facts_are_read_as_they_were_written(tmp_path: Path) -> None:
    made().save(tmp_path / "facts")
    again = Facts.load(tmp_path / "facts", items=ITEMS)
    assert [again.title(row) for row in (3, 0, 1, 2, 0)] == [
        "Last",
        "Ænigma 謎",
        "",
        "",
        "Ænigma 謎",
    ]
    assert again.genre_names == ("Crime", "Drama")
    assert again.genres.tolist() == [[True, True], [False, False], [False, False], [True, False]]
    assert again.years.tolist() == [1999, 0, 0, 2024]
    assert again.support.tolist() == [3, 0, 0, 1]
    assert not again.years.flags.writeable


def test_facts_of_other_films_than_the_model_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "facts"
    made().save(folder)
    np.save(folder / "years.npy", np.zeros(3, dtype=np.int16))
    with pytest.raises(FactsDamaged, match="other films"):
        Facts.load(folder, items=ITEMS)
    (folder / "genre_names.json").write_text("[")
    with pytest.raises(FactsDamaged, match="cannot be read"):
        Facts.load(folder, items=ITEMS)


def test_no_films_at_all_are_facts_too(tmp_path: Path) -> None:
    nothing = IdMap(np.empty(0, dtype=np.int64))
    facts = Facts.build([], support=np.empty(0, np.int32), features=ItemFeatures.build(nothing, {}))
    facts.save(tmp_path / "facts")
    assert len(Facts.load(tmp_path / "facts", items=nothing).years) == 0


def test_facts_joined_keep_the_order_of_both() -> None:
    one = made()
    both = one.joined(replace(one, years=one.years + np.int16(1)))
    assert [both.title(row) for row in (0, 3, 4, 7)] == ["Ænigma 謎", "Last"] * 2
    assert both.years.tolist() == [1999, 0, 0, 2024, 2000, 1, 1, 2025]


def test_facts_of_other_items_keep_what_is_known_of_them() -> None:
    others = IdMap(np.array([13, 4, 5]))
    facts = made().aligned(ITEMS, others)
    assert [facts.title(row) for row in range(3)] == ["Last", "", "Ænigma 謎"]
    assert facts.titles(others) == {13: "Last", 4: "", 5: "Ænigma 謎"}
    assert facts.years.tolist() == [2024, 0, 1999]
    assert facts.genres.tolist() == [[True, False], [False, False], [True, True]]
    assert facts.support.tolist() == [1, 0, 3]
    assert facts.features.items == others


def test_a_model_without_popularity_beside_it_predicts_no_ratings(bare_site: Site) -> None:
    train("EASE")
    viewer = accounts.member()
    for movie_id in bare_site.ids[:5]:
        library.rate(user=viewer, movie_id=movie_id, value=5, now=timezone.now())
    wish = Wish(known=lineup.find("EASE"), limit=3)
    answer = services.recommend_for(user=viewer, wish=wish, now=timezone.now())
    assert [each.predicted_rating for each in answer.results] == [None] * 3


def test_popularity_of_another_training_predicts_by_the_films_ids(bare_site: Site) -> None:
    train("EASE")
    Movie.objects.filter(pk=bare_site.ids[-1]).delete()
    train("Popularity")  # of one film less, so that its rows are others
    viewer = accounts.member()
    for movie_id in bare_site.ids[:5]:
        library.rate(user=viewer, movie_id=movie_id, value=5, now=timezone.now())
    library.record(user=viewer, movie_id=bare_site.ids[6], type="select", now=timezone.now())
    wish = Wish(known=lineup.find("EASE"), limit=3)
    answer = services.recommend_for(user=viewer, wish=wish, now=timezone.now())
    assert all(each.predicted_rating for each in answer.results)


def test_a_model_whose_manifest_is_gone_is_called_damaged(
    site: Site, settings: Settings, tmp_path: Path
) -> None:
    shutil.copytree(site.models / "EASE", tmp_path / "EASE")
    for manifest in tmp_path.glob("EASE/*/manifest.json"):
        manifest.unlink()
    settings.MODELS_DIR = tmp_path
    states = {state.name: state.status for state in selectors.models()}
    assert states["EASE"] == "damaged"
    assert states["Hybrid"] == "not trained"
    assert not selectors.is_ready()
