"""Films and ratings from outside, brought in once and completely."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from django.utils import timezone

from moviverse.catalog.models import Movie
from moviverse.recommendations import corpora, lineup, selectors, services
from moviverse.recommendations.errors import DataRefused
from moviverse.recommendations.services import data, training
from moviverse_engine import artifact
from moviverse_engine.interactions import Interactions
from tests.factories.recommendations import quiet

if TYPE_CHECKING:
    from pytest_django import Settings

    from moviverse.recommendations.services.data import MovieLensReport

NOW = timezone.now()
DATASETS = Path(
    os.environ.get("MOVIVERSE_DATASETS", Path(__file__).parents[4] / "shared" / "datasets")
)
MOVIES = """movieId,title,genres
1,Heat (1995),Action|Crime|Thriller
2,"American President, The (1995)",Comedy|Drama
3,Nobody Links Me (1990),(no genres listed)
4,Heat Again (1995),Film-Noir
"""
LINKS = """movieId,imdbId,tmdbId
1,0113277,949
2,0112346,9087
3,0100000,
4,0113278,949
"""
RATINGS = """userId,movieId,rating,timestamp
1,1,4.0,964982703
1,2,3.5,964982224
2,1,5.0,964983815
2,3,0.5,964982931
2,4,2.0,964982931
3,77,3.0,964982400
3,77,9.0,964982400
3,1,abc,964982400
1,1,4.5,964982999
"""


@pytest.fixture
def home(tmp_path: Path, db: None, settings: Settings) -> Path:  # noqa: ARG001 - films are brought in
    settings.MODELS_DIR, settings.CORPORA_DIR = tmp_path / "models", tmp_path / "corpora"
    return tmp_path


@pytest.fixture
def release(tmp_path: Path) -> Path:
    folder = tmp_path / "ml-tiny"
    folder.mkdir()
    for name, text in (("movies.csv", MOVIES), ("links.csv", LINKS), ("ratings.csv", RATINGS)):
        (folder / name).write_text(text)
    return folder


def imported(path: Path) -> MovieLensReport:
    return services.import_movielens(path=path, now=NOW, progress=quiet)


def start(path: Path | None = None) -> list[str]:
    reports = services.load_and_train_once(
        data=path, now=NOW, rng=np.random.default_rng(0), progress=quiet
    )
    return [type(each).__name__ for each in reports]


def test_an_import_leaves_nothing_out_silently(home: Path, release: Path) -> None:
    report = imported(release)
    assert (report.films.films, report.ratings, report.users) == (4, 5, 2)
    assert report.unknown == {77: 1}
    assert report.ratings_read.malformed == 2
    assert report.ratings_read.duplicates == 1
    assert report.films.duplicate_links == ((949, (1, 4)),)
    assert [title for _, title in report.films.local_ids] == ["Nobody Links Me", "Heat Again"]
    said = str(report)
    for part in (
        "4 films: 4 new",
        "2000000000 Nobody Links Me",
        "949 by the films 1, 4; the first has it",
        "5 ratings by 2 people are the corpus 'ml-tiny'",
        "2 malformed rows of ratings",
        "line 8:",
        "line 9:",
        "1 rows of ratings were replaced",
        "1 ratings are of 1 films that the file of films lacks, and were left out: 77.",
    ):
        assert part in said
    stored = Interactions.load(home / "corpora" / "ml-tiny")
    assert set(stored.items.ids.tolist()) == {949, 9087, 2_000_000_000, 2_000_000_001}
    assert Movie.objects.get(pk=949).vote_count == 2


@pytest.mark.usefixtures("home")
def test_an_import_again_changes_nothing(release: Path) -> None:
    first = imported(release)
    (before,) = corpora.corpora()
    second = imported(release)
    assert second.films.unchanged == first.films.films == Movie.objects.count()
    assert corpora.corpora() == [before]


@pytest.mark.usefixtures("home")
def test_a_killed_import_is_simply_run_again(
    release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Interactions, "save", killed)
    with pytest.raises(KeyboardInterrupt):
        imported(release)
    assert corpora.corpora() == []


def test_the_import_after_a_kill_is_whole(home: Path, release: Path) -> None:
    (home / "corpora" / ".ml-tiny.writing-1234").mkdir(parents=True)
    assert imported(release).ratings == 5
    assert [each.name for each in corpora.corpora()] == ["ml-tiny"]


@pytest.mark.usefixtures("home")
def test_a_strict_import_stops_at_the_first_bad_row(release: Path) -> None:
    with pytest.raises(DataRefused, match="line 8"):
        services.import_movielens(path=release, strict=True, now=NOW, progress=quiet)
    assert not Movie.objects.exists()


@pytest.mark.usefixtures("home")
def test_what_is_no_movielens_is_refused_with_a_sentence(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(DataRefused, match=r"movies\.csv"):
        imported(empty)
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ml/movies.csv", b"movieId,title,genres\n" + b"0" * 30_000_000)
    with pytest.raises(DataRefused, match="bomb"):
        imported(bomb)
    assert not Movie.objects.exists()


@pytest.mark.parametrize(
    ("movies", "ratings"),
    [
        ("", ""),
        (MOVIES, "userId,movieId,rating,timestamp\n1,1,NaN,964982703\n"),
        (MOVIES, "userId,movieId,rating,timestamp\n1,77,4.0,964982703\n"),
        (MOVIES.replace(",", "\t"), RATINGS),
    ],
    ids=["empty files", "no number", "other films", "other delimiters"],
)
def test_files_without_a_rating_of_their_films_are_refused_and_leave_nothing(
    home: Path, release: Path, movies: str, ratings: str
) -> None:
    (release / "movies.csv").write_text(movies)
    (release / "ratings.csv").write_text(ratings)
    with pytest.raises(DataRefused, match="holds no rating of a film") as refused:
        imported(release)
    assert ("malformed, the first in line" in str(refused.value)) == (
        "NaN" in ratings or "\t" in movies
    )
    assert not Movie.objects.exists()
    assert not (home / "corpora").exists()


@pytest.mark.usefixtures("home")
def test_an_archive_names_its_corpus_without_its_suffix(release: Path, tmp_path: Path) -> None:
    packed = tmp_path / "ml tiny!.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for file in release.iterdir():
            archive.write(file, f"ml-tiny/{file.name}")
    assert imported(packed).corpus == "ml-tiny"


def test_the_first_start_loads_the_demo_and_the_second_does_nothing(home: Path) -> None:
    assert start() == ["DemoReport", *["TrainedModel"] * len(lineup.USUAL)]
    assert Movie.objects.count() >= 400
    (demo,) = corpora.corpora()
    assert (demo.name, demo.synthetic) == ("demo", True)
    assert start() == []
    assert selectors.is_ready()
    assert selectors.is_learnt_from_synthetic_viewers()
    assert len(artifact.versions(home / "models", "Hybrid")) == 1


def test_a_demo_that_was_half_loaded_is_loaded_again(home: Path) -> None:
    first = services.load_demo(now=NOW, rng=np.random.default_rng(0), progress=quiet)
    assert f"{first.films:,} films of the demo" in str(first)
    (home / "corpora" / "demo").rename(home / "lost")
    assert start()[0] == "DemoReport"


@pytest.mark.usefixtures("home")
def test_production_starts_empty(settings: Settings) -> None:
    settings.STARTS_WITH_DEMO = False
    assert start() == []
    assert not Movie.objects.exists()


def test_data_of_ones_own_takes_the_place_of_the_demo(home: Path, release: Path) -> None:
    assert start(release) == ["MovieLensReport", *["TrainedModel"] * len(lineup.USUAL)]
    assert Movie.objects.count() == 4
    assert start(release) == []
    assert start() == []
    (release / "ratings.csv").write_text(RATINGS + "4,1,4.0,964983000\n")
    assert start(release)[0] == "MovieLensReport"
    assert len(artifact.versions(home / "models", "Hybrid")) == 2


@pytest.mark.usefixtures("home")
def test_a_kill_between_import_and_training_is_made_up_for(release: Path) -> None:
    imported(release)
    assert not training.is_current()
    assert start(release) == ["TrainedModel"] * len(lineup.USUAL)


def test_a_catalogue_without_ratings_is_trained_by_content(home: Path, release: Path) -> None:
    imported(release)
    Movie.objects.exclude(pk=949).delete()
    (home / "corpora" / "ml-tiny").rename(home / "lost")
    assert start() == ["TrainedModel"] * len(lineup.USUAL)


def test_a_damaged_corpus_does_not_keep_a_trained_site_from_starting(
    home: Path, release: Path
) -> None:
    start(release)
    (home / "corpora" / "ml-tiny" / "manifest.json").write_text("{")
    assert start() == []
    assert start(release)[0] == "MovieLensReport"  # the data is there to make it anew
    assert [each.is_sound for each in corpora.corpora()] == [True]


@pytest.mark.usefixtures("home")
def test_a_long_report_shows_the_first_and_counts_the_rest(release: Path) -> None:
    films = "".join(f"{n},Film {n} (1990),Drama\n" for n in range(1, 13))
    (release / "movies.csv").write_text("movieId,title,genres\n" + films)
    (release / "links.csv").unlink()
    (release / "ratings.csv").write_text("userId,movieId,rating,timestamp\n1,1,4.0,1\n")
    report = imported(release)
    said = str(report)
    assert "12 films without a TMDb id of their own have local ids:" in said
    assert "  and 2 more" in said
    assert "claimed" not in said
    assert "malformed" not in said


def test_long_lists_of_ids_are_cut() -> None:
    assert data._some(list(range(12))) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more"  # noqa: SLF001 - the sentence alone


@pytest.mark.skipif(not DATASETS.exists(), reason=f"there is no real data in {DATASETS}")
@pytest.mark.django_db(
    transaction=True
)  # as in life: one transaction over all of it would check its keys without any statistics
def test_all_of_movielens_latest_small_arrives(home: Path) -> None:
    report = imported(DATASETS / "ml-latest-small")
    assert (report.films.films, report.ratings, report.users) == (9_742, 100_836, 610)
    assert Movie.objects.count() == 9_742
    assert len(report.films.local_ids) == 9  # eight without a TMDb id, and the second Confessions
    assert report.films.duplicate_links == ((4912, (6003, 144606)),)
    assert (report.unknown, report.ratings_read.malformed) == ({}, 0)
    assert len(Interactions.load(home / "corpora" / "ml-latest-small").items) == 9_724
