"""Models that the engine's own command trained are served, and the service's are asked by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from django.utils import timezone

from moviverse.library import services as library
from moviverse.recommendations import corpora, lineup, services
from moviverse.recommendations.errors import ModelNotTrained
from moviverse.recommendations.wishes import Wish
from moviverse_engine.cli import main
from tests.factories import accounts
from tests.factories.recommendations import HEAT, train

if TYPE_CHECKING:
    from moviverse.recommendations.wishes import Answer
    from tests.factories.recommendations import Site


def engine(*arguments: object) -> str:
    result = CliRunner().invoke(main, [str(each) for each in arguments])
    assert result.exit_code == 0, result.output
    return result.output


def trained_by_the_engine(site: Site, model: str) -> None:
    corpus = site.corpora / corpora.DEMO
    engine("train", "--data", corpus, "--model", model, "--out", site.models)


def asked(model: str) -> Answer:
    viewer = accounts.member()
    library.rate(user=viewer, movie_id=HEAT, value=5, now=timezone.now())
    wish = Wish(known=lineup.find(model), limit=5)
    return services.recommend_for(user=viewer, wish=wish, now=timezone.now())


def test_a_model_of_the_engine_is_served_with_titles_and_reasons(bare_site: Site) -> None:
    train("Hybrid")
    trained_by_the_engine(bare_site, "ease")
    answer = asked("EASE")
    assert len(answer.results) == 5
    titles = {film.tmdb_id: film.title for film in bare_site.films}
    for each in answer.results:
        assert each.movie.title == titles[each.movie.tmdb_id]
        assert sum(why.share for why in each.reasons) == pytest.approx(each.score, abs=1e-5)
    assert answer.results[0].reasons[0].text == "Because you rated “Heat” 5 stars"


def test_a_model_of_the_engine_waits_for_a_hybrid_to_know_its_films_by(bare_site: Site) -> None:
    trained_by_the_engine(bare_site, "ease")
    with pytest.raises(ModelNotTrained, match="Hybrid is not trained"):
        asked("EASE")
    train("Hybrid")
    assert len(asked("EASE").results) == 5


def test_a_model_of_the_service_is_asked_from_the_command_line(site: Site) -> None:
    ask = ["recommend", "--models-dir", site.models, "--model", "hybrid", "--history", HEAT]
    said = engine(*ask, "--explain", "-k", "1")
    assert "Heat" in said
    assert "100.0 % sum" in said
