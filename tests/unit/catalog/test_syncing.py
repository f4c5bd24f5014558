from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from moviverse import tmdb as client
from moviverse.catalog import selectors, services
from moviverse.catalog.errors import MovieNotFound
from moviverse.catalog.models import Movie, MovieMedia, Person, TmdbRun, TmdbSync
from moviverse.core import jobs, versions
from moviverse.core.errors import RateLimited
from moviverse.core.models import Job, JobState
from tests.factories import catalog, tmdb
from tests.factories.jobs import run_pending

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries, Settings

    from tests.factories.tmdb import Told

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
ASKER = "192.0.2.1"
AWAY = client.Unavailable(retry_after_seconds=3)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    return tmdb.connected(monkeypatch, films={949: tmdb.HEAT})


def quiet(_fraction: float, _message: str) -> None:
    """Report to nobody."""


def sync(tmdb_id: int = 949, now: datetime = NOW) -> str:
    return services.sync_movie(tmdb_id=tmdb_id, now=now)


def fetch(tmdb_id: int = 949, now: datetime = NOW, asker: str = ASKER) -> None:
    services.fetch_movie(tmdb_id=tmdb_id, asker=asker, now=now)


def known(tmdb_id: int = 949) -> TmdbSync:
    return TmdbSync.objects.get(pk=tmdb_id)


@pytest.mark.usefixtures("told")
def test_a_film_comes_with_all_that_tmdb_tells_of_it() -> None:
    assert sync() == "stored"
    heat = selectors.movie(tmdb_id=949)
    assert (heat.card.title, heat.card.genres, heat.card.runtime) == (
        "Heat",
        ("Action", "Crime"),
        170,
    )
    assert [(each.name, each.character, each.tmdb_id) for each in heat.cast] == [
        ("Al Pacino", "Vincent Hanna", 1158),
        ("Robert De Niro", "Neil McCauley", 380),
    ]
    assert [each.name for each in heat.directors] == ["Michael Mann"]
    assert heat.keywords == ("robbery",)
    assert [each["key"] for each in heat.videos] == ["trailer1", "clip1"]
    assert (heat.posters, heat.backdrops) == (("/heat.jpg", "/other.jpg"), ("/wide.jpg",))
    assert [card.tmdb_id for card in selectors.search(q="pacino")] == [949]
    assert (known().last_synced_at, known().attempts, known().gone_at) == (NOW, 0, None)


@pytest.mark.usefixtures("told")
def test_the_same_film_again_changes_nothing_but_when_it_was_synced() -> None:
    sync()
    sync(now=LATER)
    assert Movie.objects.get(pk=949).updated_at == NOW
    assert known().last_synced_at == LATER


def test_somebody_who_is_no_longer_in_the_cast_is_taken_out(told: Told) -> None:
    sync()
    told.films[949] = tmdb.film(cast=tmdb.HEAT.cast[:1], crew=(), keywords=(), overview="")
    sync(now=LATER)
    heat = selectors.movie(tmdb_id=949)
    assert [each.name for each in heat.cast] == ["Al Pacino"]
    # An empty field may be a mistake of theirs, and erases nothing.
    assert heat.directors
    assert (heat.overview, heat.keywords) == ("A thief and a detective.", ("robbery",))


def test_people_whom_a_file_named_get_their_ids_and_pictures_once(told: Told) -> None:
    catalog.film(tmdb_id=949, title="Heat", cast=["Al Pacino", "Robert De Niro"])
    sync()
    assert Person.objects.get(tmdb_id=1158).profile_path == "/pacino.jpg"
    pacino = client.CastCredit(1158, "Alfredo Pacino", "Vincent Hanna", 0, "/new.jpg")
    told.films[949] = tmdb.film(cast=(pacino,))
    sync(now=LATER)
    sync(now=LATER + timedelta(hours=1))
    assert Person.objects.get(tmdb_id=1158).profile_path == "/new.jpg"
    assert Movie.objects.get(pk=949).updated_at == LATER


def test_a_new_video_makes_the_film_new(told: Told) -> None:
    sync()
    told.films[949] = tmdb.film(videos=tmdb.HEAT.videos[1:])
    sync(now=LATER)
    assert len(MovieMedia.objects.get().videos) == 1
    assert Movie.objects.get(pk=949).updated_at == LATER


def test_a_film_that_tmdb_lost_is_marked_and_stays(told: Told) -> None:
    sync()
    told.films.clear()
    assert sync(now=LATER) == "gone"
    assert selectors.movie(tmdb_id=949).card.title == "Heat"
    assert known().gone_at == LATER
    told.films[949] = tmdb.HEAT
    sync(now=LATER)
    assert known().gone_at is None


def test_failures_are_counted_until_a_sync_succeeds(told: Told) -> None:
    told.error = AWAY
    for _ in range(2):
        with pytest.raises(client.Unavailable):
            sync()
    assert (known().attempts, known().failed_at) == (2, NOW)
    assert known().last_error == AWAY.message
    told.error = None
    sync(now=LATER)
    assert (known().attempts, known().failed_at, known().last_error) == (0, None, "")


def test_nothing_is_kept_of_a_film_that_cannot_be_written_whole(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("The last of its parts.")

    monkeypatch.setattr("moviverse.catalog.syncing._put", fail)
    with pytest.raises(RuntimeError):
        sync()
    assert told.asked == {"film 949": 1}
    assert not Movie.objects.exists()
    assert not Person.objects.exists()


def test_what_an_editor_changed_is_kept_and_tmdbs_value_is_told(told: Told) -> None:
    sync()
    Movie.objects.filter(pk=949).update(title="Heat (1995)", tagline="")
    services.note_edits(
        movie_id=949, names=["title", "tagline", "cast", "release_year", "no field"]
    )
    told.films[949] = tmdb.film(title="HEAT", runtime_minutes=171, cast=tmdb.HEAT.cast[:1])
    sync(now=LATER)
    heat = selectors.movie(tmdb_id=949)
    assert (heat.card.title, heat.tagline, heat.card.runtime) == ("Heat (1995)", "", 171)
    assert len(heat.cast) == 2
    assert known().differs == {
        "title": "HEAT",
        "tagline": "A Los Angeles crime saga.",
        "cast": "Al Pacino",
    }


def test_a_file_does_not_overwrite_what_an_editor_changed_either() -> None:
    catalog.film(tmdb_id=949, title="Heat")
    services.note_edits(movie_id=949, names=["title", "released_on"])
    row = catalog.row(tmdb_id=949, title="Hot", released_on=date(1999, 1, 1), tagline="New")
    services.upsert_movies([row], now=LATER)
    heat = Movie.objects.get(pk=949)
    assert (heat.title, heat.released_on, heat.release_year, heat.tagline) == (
        "Heat",
        None,
        None,
        "New",
    )


def test_a_film_that_was_taken_out_is_not_fetched_again(told: Told) -> None:
    sync()
    Movie.objects.all().delete()
    services.note_removal(movie_ids=[949], now=LATER)
    assert sync() == "withdrawn"
    with pytest.raises(MovieNotFound):
        fetch(now=LATER)
    assert told.asked["film 949"] == 1
    catalog.film(tmdb_id=949, title="Heat")  # an administrator puts it back
    assert sync() == "stored"


def test_a_film_is_fetched_when_somebody_asks_for_it(told: Told) -> None:
    for _ in range(2):
        fetch(now=NOW)
        found = services.with_film(
            lambda: selectors.edition(tmdb_id=949, scope="detail", also="similar"),
            tmdb_id=949,
            asker=ASKER,
            now=NOW,
        )
        assert found.film[0] == NOW
    assert told.asked == {"film 949": 1}


def test_what_tmdb_does_not_know_is_asked_for_once_in_ten_minutes(told: Told) -> None:
    for minutes in (0, 1, 9):
        with pytest.raises(MovieNotFound):
            fetch(5, now=NOW + timedelta(minutes=minutes))
    assert told.asked["film 5"] == 1
    with pytest.raises(MovieNotFound):
        fetch(5, now=NOW + timedelta(minutes=11))
    assert told.asked["film 5"] == 2


def test_tmdb_is_left_alone_for_a_film_that_it_has_just_failed_to_tell(told: Told) -> None:
    told.error = AWAY
    for _ in range(3):
        with pytest.raises(client.TmdbError):
            fetch(now=NOW)
    assert told.asked == {"film 949": 1}
    assert known().attempts == 1


def test_one_address_has_tmdb_asked_for_so_many_films_a_minute(
    told: Told, settings: Settings
) -> None:
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "fetch": 3}
    for tmdb_id in (1, 2, 3, 3, 949, 4):  # that there is no third is known, and costs nothing
        with pytest.raises((MovieNotFound, RateLimited)) as refused:
            fetch(tmdb_id)
        assert isinstance(refused.value, RateLimited) == (tmdb_id > 3)
    assert told.asked.keys() == {"film 1", "film 2", "film 3"}
    assert TmdbSync.objects.count() == 3
    fetch(asker="192.0.2.2")
    with pytest.raises(RateLimited):
        fetch(4)
    services.with_film(lambda: None, tmdb_id=949, asker=ASKER, now=NOW)


@pytest.mark.parametrize("tmdb_id", [2_000_000_000, 0, -1])
def test_what_cannot_be_a_film_of_tmdbs_is_not_asked_for(told: Told, tmdb_id: int) -> None:
    with pytest.raises(MovieNotFound):
        fetch(tmdb_id, now=NOW)
    assert not told.asked


def test_a_film_that_is_held_costs_nothing_more(
    told: Told, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    catalog.film(tmdb_id=949)
    with django_assert_num_queries(1):
        services.with_film(
            lambda: selectors.edition(tmdb_id=949, scope="detail", also="similar"),
            tmdb_id=949,
            asker=ASKER,
            now=NOW,
        )
    assert not told.asked


def test_changes_since_the_last_run_reach_the_films_that_we_hold(told: Told) -> None:
    for tmdb_id in (1, 2, 3):
        catalog.film(tmdb_id=tmdb_id)
        told.films[tmdb_id] = tmdb.film(tmdb_id=tmdb_id, title=f"New {tmdb_id}")
    told.changed, told.per_page = [1, 77, 3, 78], 2
    services.sync_changes(now=NOW, report=quiet)
    assert [each.title for each in Movie.objects.order_by("pk")] == ["New 1", "Film 2", "New 3"]
    run = TmdbRun.objects.get()
    assert (run.synced, run.failed, run.pages, run.finished_at) == (2, 0, 2, NOW)
    assert (run.first_day, run.last_day) == (date(2026, 11, 7), date(2026, 11, 21))
    services.sync_changes(now=NOW + timedelta(days=1), report=quiet)
    assert TmdbRun.objects.latest("started_at").first_day == date(2026, 11, 21)


def test_a_site_that_slept_for_weeks_catches_up_window_by_window(told: Told) -> None:
    services.sync_changes(now=NOW, report=quiet)
    services.sync_changes(now=NOW + timedelta(days=30), report=quiet)
    days = TmdbRun.objects.order_by("first_day").values_list("first_day", "last_day")
    assert list(days) == [
        (date(2026, 11, 7), date(2026, 11, 21)),
        (date(2026, 11, 21), date(2026, 12, 5)),
        (date(2026, 12, 5), date(2026, 12, 19)),
        (date(2026, 12, 19), date(2026, 12, 21)),
    ]
    assert sum(told.asked.values()) == 4


def test_a_run_that_was_killed_goes_on_at_its_page_and_repeats_no_film(told: Told) -> None:
    for tmdb_id in (1, 2, 3, 4):
        catalog.film(tmdb_id=tmdb_id)
        told.films[tmdb_id] = tmdb.film(tmdb_id=tmdb_id)
    told.changed, told.per_page = [1, 2, 3, 4], 2
    calls = 0

    def killed(_fraction: float, _message: str) -> None:
        nonlocal calls
        calls += 1
        if calls == 4:  # before the second film of the second page
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        services.sync_changes(now=NOW, report=killed)
    run = TmdbRun.objects.get()
    assert (run.next_page, run.synced, run.finished_at) == (2, 3, None)
    services.sync_changes(now=LATER, report=quiet)
    assert TmdbRun.objects.get().synced == 4
    assert {name: n for name, n in told.asked.items() if name.startswith("film")} == {
        f"film {tmdb_id}": 1 for tmdb_id in (1, 2, 3, 4)
    }


def test_lists_that_are_kept_outlive_the_films_of_a_run_and_lapse_with_its_end(told: Told) -> None:
    told.changed = [1, 2, 3]
    for tmdb_id in told.changed:
        catalog.film(tmdb_id=tmdb_id)
        told.films[tmdb_id] = tmdb.film(tmdb_id=tmdb_id)
    seen: list[tuple[object, object]] = []  # before each film

    def look(_fraction: float, message: str) -> None:
        if message.startswith("Page"):
            film = selectors.edition(tmdb_id=1, scope="detail", also="similar").film
            seen.append((selectors.version("lists"), film))

    services.sync_changes(now=NOW, report=look)
    lists, films = zip(*seen, strict=True)
    assert lists[1] == lists[2], "the second film of a run lets nothing lapse"
    assert films[0] != films[1] == films[2], "a film's own page follows at once"
    assert selectors.version("lists") != lists[2]

    fetched = versions.of(versions.CATALOGUE)
    fetch()
    assert versions.of(versions.CATALOGUE) > fetched, "what somebody asks for counts at once"


@pytest.mark.usefixtures("told")
def test_lists_lapse_when_a_run_begins_since_the_one_before_may_have_been_killed() -> None:
    before = versions.of(versions.CATALOGUE)
    services.sync_changes(now=LATER, report=quiet)
    assert versions.of(versions.CATALOGUE) > before


def test_one_unusable_film_does_not_stop_a_run_and_is_tried_again_with_the_next(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog.film(tmdb_id=949)
    told.changed = [949]

    def unusable(_: int) -> client.Film:
        raise client.BadAnswer

    with monkeypatch.context() as patch:
        patch.setattr(told, "film", unusable)
        services.sync_changes(now=NOW, report=quiet)
    assert (TmdbRun.objects.get().failed, known().attempts) == (1, 1)
    told.changed = []
    services.sync_changes(now=LATER, report=quiet)
    assert (known().attempts, Movie.objects.get().title) == (0, "Heat")


def test_the_best_known_films_are_loaded_in_the_background(told: Told) -> None:
    told.per_page = 2
    told.lists = {"popular": [1, 2, 3, 4], "top_rated": [2, 5, 6, 7]}
    told.films = {n: tmdb.film(tmdb_id=n, title=f"Film {n}") for n in range(1, 8)}
    services.ask_for_load(top=4, now=NOW)
    services.ask_for_load(top=5, now=NOW)
    services.ask_for_load(top=3, now=NOW)
    (done,) = run_pending()
    assert (done.state, done.name) == (JobState.DONE, jobs.LOAD_TMDB)
    assert set(Movie.objects.values_list("pk", flat=True)) == {1, 2, 3, 4, 5}
    run = TmdbRun.objects.get()
    assert (run.wanted, run.synced) == (5, 5)
    assert run.finished_at is not None


def test_a_load_ends_where_the_lists_end(told: Told) -> None:
    told.lists, told.films = {"popular": [949]}, {949: tmdb.HEAT}
    services.ask_for_load(top=100, now=NOW)
    run_pending()
    assert TmdbRun.objects.get().synced == 1
    services.load_from_tmdb(now=NOW, report=quiet)
    assert TmdbRun.objects.count() == 1


def test_a_job_waits_while_tmdb_is_away(told: Told) -> None:
    told.error = AWAY
    jobs.enqueue(name=jobs.FETCH_MOVIE, arguments={"tmdb_id": 949}, now=NOW)
    run_pending()
    job = Job.objects.get()
    assert (job.state, job.error) == (JobState.QUEUED, AWAY.message)
    told.error = None
    run_pending()
    assert Job.objects.get().state == JobState.DONE
    assert Movie.objects.filter(pk=949).exists()
