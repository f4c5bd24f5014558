"""Films that go with one film."""

from __future__ import annotations

import numpy as np
import pytest

from moviverse.catalog.errors import MovieNotFound
from moviverse.recommendations import newcomers, serving, shelf
from moviverse.recommendations.films import Film
from tests.factories import catalog
from tests.factories.recommendations import HEAT


@pytest.mark.usefixtures("site")
def test_similar_films_are_about_the_same() -> None:
    found = serving.similar_by_content(HEAT, 10)
    assert (found.model, found.strategy) == ("Content", "content")
    assert HEAT not in [each.movie.tmdb_id for each in found.results]
    assert {"Action", "Crime", "Drama", "Thriller"} & set(found.results[0].movie.genres)
    for each in found.results:
        assert each.score > 0
        assert each.predicted_rating is None
        assert sum(why.share for why in each.reasons) == pytest.approx(each.score, abs=1e-5)
        assert not any("you" in why.text for why in each.reasons)


@pytest.mark.usefixtures("site")
def test_viewers_of_a_film_liked_others() -> None:
    found = serving.similar_by_taste(HEAT, 7)
    assert (found.model, found.strategy, len(found.results)) == ("ItemKNN", "collab", 7)
    (why,) = found.results[0].reasons
    assert why.text == "Viewers who liked “Heat” also liked it"
    assert why.share == found.results[0].score


@pytest.mark.usefixtures("site")
def test_neighbours_of_a_new_film_are_found_by_content() -> None:
    new = catalog.film(title="Colder", genres=("Crime",))
    assert serving.similar_by_taste(new.pk, 5).model == "Content"
    assert serving.similar_by_content(new.pk, 5).results
    nothing = catalog.film()
    assert serving.similar_by_content(nothing.pk).results == ()
    with pytest.raises(MovieNotFound):
        serving.similar_by_taste(77_777_777)
    with pytest.raises(MovieNotFound):
        serving.similar_by_content(77_777_777)


@pytest.mark.usefixtures("site")
def test_of_a_new_film_the_rarest_words_of_a_long_overview_count() -> None:
    content = shelf.served("Content")
    features = content.facts.features
    spread = np.diff(features.matrix.tocsc().indptr)
    words = [each for each in range(len(spread)) if features.field(each) == "overview"]
    assert len(words) > 12
    told = " ".join(features.names[each] for each in words)
    new = Film(title="Long", year=None, language="", overview=told)
    served = newcomers.acquainted(content, {88_888_888: new})
    (row,) = served.model.items.rows(np.array([88_888_888]))
    counted = served.facts.features.matrix[[row]].indices
    assert len(counted) == 12
    assert max(spread[counted]) <= min(spread[np.setdiff1d(words, counted)])
