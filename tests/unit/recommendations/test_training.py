"""From ratings and films to published models."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
from django.db import connection
from django.utils import timezone

from moviverse.catalog.models import Movie
from moviverse.core import errors
from moviverse.library import services as library
from moviverse.recommendations import corpora, films, lineup, selectors, services
from moviverse.recommendations.errors import (
    DataRefused,
    RollbackRefused,
    TrainingRefused,
    UnknownModel,
)
from moviverse.recommendations.services import publishing, training
from moviverse.recommendations.wishes import Wish
from moviverse_engine import artifact
from moviverse_engine.interactions import Interactions
from moviverse_engine.models import neural
from tests.factories import accounts, catalog
from tests.factories.recommendations import HEAT, load_films, quiet, train

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import Settings

    from moviverse.transfer.progress import Progress
    from tests.factories.recommendations import Site

NOW = timezone.now()


def interrupted(fraction: float, message: str) -> None:  # noqa: ARG001 - told, and stopped at
    if message == "Publishing the models":
        raise KeyboardInterrupt


def save(name: str, movie_ids: list[int], *, synthetic: bool = False) -> None:
    data = Interactions.from_columns(
        np.arange(len(movie_ids)),
        movie_ids,
        np.full(len(movie_ids), 5.0),
        np.zeros(len(movie_ids), int),
    )
    corpora.save(name, data, source=name, synthetic=synthetic, now=NOW)


def test_a_training_publishes_all_models_with_what_they_learnt_from(bare_site: Site) -> None:
    trained = services.train(now=NOW, rng=np.random.default_rng(0), progress=quiet)
    assert [each.name for each in trained] == list(lineup.USUAL)
    for each in trained:
        manifest = artifact.open(bare_site.models, each.name).manifest
        assert manifest["version"] == each.version
        assert manifest["data"]["synthetic"] is True
        assert manifest["data"]["films"] == len(bare_site.films)
        assert manifest["data"]["ratings"] == each.ratings
        assert len(manifest["data"]["fingerprint"]) == 64
        figures = {"RMSE", "MAE"} if each.name == "SVD" else {"NDCG@10", "Recall@20", "Coverage@20"}
        assert figures | {"people", "protocol", "synthetic"} == each.metrics.keys()
        assert each.version in str(each)
    assert training.is_current()
    ready = {state.name for state in selectors.models() if state.status == "ready"}
    assert ready == set(lineup.USUAL)


def test_the_same_data_gives_the_same_model(bare_site: Site) -> None:
    def scores() -> bytes:
        train("EASE")
        return (artifact.open(bare_site.models, "EASE").folder / "model" / "B.npy").read_bytes()

    assert scores() == scores()


def test_an_interrupted_training_leaves_the_models_as_they_were(bare_site: Site) -> None:
    with pytest.raises(KeyboardInterrupt):
        services.train(now=NOW, rng=np.random.default_rng(0), progress=interrupted)
    assert not list(bare_site.models.glob("*/*"))
    train("Popularity")  # the lock is free again
    assert artifact.active(bare_site.models, "Popularity")


def test_some_models_may_be_trained_alone(bare_site: Site) -> None:
    train("ease", "EASE", "popularity")
    assert sorted(p.name for p in bare_site.models.iterdir() if p.is_dir()) == [
        "EASE",
        "Popularity",
    ]
    assert training.is_current(["EASE"])
    assert not training.is_current()


def test_a_model_that_cannot_be_trained_is_named(bare_site: Site) -> None:
    with pytest.raises(UnknownModel):
        train("Oracle")
    assert not list(bare_site.models.glob("*/*"))


def test_a_neural_model_without_pytorch_says_what_to_install(
    bare_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(neural, "training", raising=False)  # where another test has imported it
    monkeypatch.setitem(sys.modules, "moviverse_engine.models.neural.training", None)
    with pytest.raises(TrainingRefused, match="PyTorch"):
        train("EASE", "NeuralMF")
    assert not list(bare_site.models.glob("*/*"))


def test_a_model_that_is_not_usual_is_trained_when_it_is_named(bare_site: Site) -> None:
    train("sequence")
    assert artifact.active(bare_site.models, "Sequence")


@pytest.mark.django_db
def test_without_films_there_is_nothing_to_train(settings: Settings, tmp_path: Path) -> None:
    settings.MODELS_DIR, settings.CORPORA_DIR = tmp_path / "models", tmp_path / "corpora"
    with pytest.raises(errors.Invalid, match="no films"):
        train()


@pytest.mark.django_db
def test_films_without_any_rating_make_models_that_know_content(
    settings: Settings, tmp_path: Path
) -> None:
    settings.MODELS_DIR, settings.CORPORA_DIR = tmp_path / "models", tmp_path / "corpora"
    load_films()
    train()
    states = {state.name: state for state in selectors.models()}
    assert states["Hybrid"].metrics == {}
    viewer = accounts.member()
    library.rate(user=viewer, movie_id=HEAT, value=5, now=NOW)
    answer = services.recommend_for(user=viewer, wish=Wish(), now=NOW)
    assert len(answer.results) == 20
    assert {each.predicted_rating for each in answer.results} == {None}


def test_only_the_last_versions_are_kept(bare_site: Site) -> None:
    for hour in range(5):
        services.train(
            names=["Popularity"],
            now=NOW - timedelta(hours=9 - hour),
            rng=np.random.default_rng(0),
            progress=quiet,
        )
    (bare_site.models / "Popularity" / ".removing-left-by-a-kill").mkdir()
    train("Popularity")
    kept = artifact.versions(bare_site.models, "Popularity")
    assert len(kept) == publishing.KEPT_VERSIONS
    assert not list((bare_site.models / "Popularity").glob(".removing*"))


def test_a_rollback_serves_the_version_before(bare_site: Site) -> None:
    train("Popularity")
    first = artifact.active(bare_site.models, "Popularity")
    with pytest.raises(RollbackRefused, match="no version older"):
        services.rollback(name="popularity")
    train("Popularity")
    assert services.rollback(name="POPULARITY").version == first
    with pytest.raises(RollbackRefused):
        services.rollback(name="EASE")


def test_members_ratings_are_learnt_from_without_their_ids(bare_site: Site) -> None:
    one, two = accounts.member(), accounts.member()
    for place, movie_id in enumerate(bare_site.ids[:3]):
        library.rate(user=one, movie_id=movie_id, value=place + 1, now=NOW)
    library.rate(user=two, movie_id=HEAT, value=4.5, now=NOW)
    data = corpora.members_ratings()
    assert sorted(data.users.ids.tolist()) == [0, 1]
    assert len(data) == 4
    assert sorted(data.ratings.tolist()) == [1.0, 2.0, 3.0, 4.5]
    whole = corpora.load(corpora.for_training(), data)
    assert len(whole.users) == 152
    assert int(data.timestamps.max()) == int(NOW.timestamp())


def test_members_ratings_are_read_in_blocks(
    bare_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewers = [accounts.member() for _ in range(3)]
    for viewer in viewers:
        for movie_id in bare_site.ids[:3]:
            library.rate(user=viewer, movie_id=movie_id, value=4, now=NOW)
    whole = corpora.members_ratings()
    monkeypatch.setattr(corpora, "BLOCK", 2)
    assert corpora.members_ratings().fingerprint == whole.fingerprint
    assert len(whole) == 9


def test_synthetic_viewers_give_way_to_real_ones(bare_site: Site) -> None:
    assert [each.name for each in corpora.for_training()] == ["demo"]
    train("Popularity")
    save("real", bare_site.ids[:5])
    assert [each.name for each in corpora.for_training()] == ["real"]
    assert not training.is_current(["Popularity"])
    train("Popularity")
    data = artifact.open(bare_site.models, "Popularity").manifest["data"]
    assert (data["synthetic"], data["ratings"], list(data["corpora"])) == (False, 5, ["real"])
    assert not selectors.is_learnt_from_synthetic_viewers()


def test_ratings_of_films_that_left_the_catalogue_are_not_learnt_from(bare_site: Site) -> None:
    save("real", bare_site.ids[:5])
    Movie.objects.filter(pk=bare_site.ids[0]).delete()
    train("Popularity")
    data = artifact.open(bare_site.models, "Popularity").manifest["data"]
    assert (data["ratings"], data["films"]) == (4, len(bare_site.ids) - 1)


def test_a_damaged_corpus_stops_a_training_and_is_named(bare_site: Site) -> None:
    column = bare_site.corpora / "demo" / "ratings.npy"
    column.write_bytes(column.read_bytes()[:-4])
    with pytest.raises(DataRefused, match=r"ratings\.npy"):
        train("Popularity")
    (bare_site.corpora / "demo" / "manifest.json").write_text("{}")
    with pytest.raises(DataRefused, match="demo"):
        train("Popularity")


def test_a_film_is_described_by_all_that_the_catalogue_holds() -> None:
    made = films.Film(title="A", year=1995, language="en", overview="Words.", genres=["Crime"])
    record = made.record()
    assert (record["decade"], record["language"], record["genres"]) == ("1990s", "en", ["Crime"])
    assert films.Film(title="B", year=None, language="", overview="").record()["decade"] == ""


@pytest.mark.django_db
def test_films_are_read_whole_or_some_of_them() -> None:
    one = catalog.film(
        title="One",
        genres=("Drama", "Crime"),
        keywords=("heist",),
        directors=["Ann"],
        cast=["Bo", "Cy"],
        language="fr",
    )
    two = catalog.film(title="Two")
    held = films.films()
    assert set(held) >= {one.pk, two.pk}
    found = held[one.pk]
    assert (found.genres, found.keywords) == (["Crime", "Drama"], ["heist"])
    assert (found.directors, found.cast, found.language) == (["Ann"], ["Bo", "Cy"], "fr")
    assert set(films.films(among=[two.pk])) == {two.pk}


@pytest.mark.django_db(transaction=True)
def test_a_second_training_waits_and_takes_the_result_of_the_first(bare_site: Site) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def hold(fraction: float, message: str) -> None:  # noqa: ARG001 - told, and waited at
        begun.set()
        assert go_on.wait(60)

    def run(progress: Progress) -> str:
        try:
            trained = services.train(
                names=["Popularity"], now=NOW, rng=np.random.default_rng(0), progress=progress
            )
            return trained[0].version
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(run, hold)
        assert begun.wait(60)
        second = pool.submit(run, quiet)
        go_on.set()
        assert first.result(60) == second.result(60)
    assert len(artifact.versions(bare_site.models, "Popularity")) == 1
