from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import log
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from moviverse.catalog.errors import UnknownFilterValue
from moviverse.catalog.models import Movie
from moviverse.library import services as library
from moviverse.library.models import AnonymousView, Interaction
from moviverse.recommendations import activity, rollup
from moviverse.recommendations.activity import Activity
from moviverse.recommendations.trending import Trend, mixed, ranked, scored, trending
from tests.factories import accounts, catalog
from tests.factories.library import rate

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries, Settings

    from moviverse.accounts.models import User

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 18, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY, HALF_A_DAY = timedelta(days=1), timedelta(hours=6)


@pytest.fixture(autouse=True)
def uncached(settings: Settings) -> None:
    settings.CACHE_TTL_TRENDING = 0


@pytest.fixture
def anna() -> User:
    return accounts.member(username="anna")


@pytest.fixture
def ben() -> User:
    return accounts.member(username="ben")


def view(user: User, movie: Movie, *, ago: timedelta, times: int = 1) -> None:
    Interaction.objects.bulk_create(
        Interaction(user=user, movie=movie, type="view", happened_at=NOW - ago)
        for _ in range(times)
    )


def pass_by(movie: Movie, *, visitor: str = "0" * 32, ago: timedelta, times: int = 1) -> None:
    AnonymousView.objects.create(movie=movie, visitor=visitor, viewed_at=NOW - ago, count=times)


def count() -> None:
    for day in range(rollup.DAYS):
        rollup.count((NOW - day * DAY).date(), now=NOW, limit_milliseconds=1_000)


def recent() -> dict[int, Activity]:
    count()
    found = activity.recent(window=DAY, half_life=HALF_A_DAY, now=NOW)
    return {each.movie_id: each for each in found}


def test_the_score_is_the_attention_times_what_recent_ratings_say() -> None:
    """By hand: C = (9 + 3) / (2 + 1) = 4; of the first B = (20 + 9) / 7, of the second 23 / 6."""
    first = Activity(1, attention=10.0, views=12, viewers=11, rating_weight=2, rating_total=9)
    second = Activity(2, attention=12.0, views=12, viewers=12, rating_weight=1, rating_total=3)
    quiet = Activity(3, attention=2.0, views=2, viewers=2)
    trends = scored([quiet, first, second])
    assert [(each.movie_id, each.viewers) for each in trends] == [(2, 12), (1, 11), (3, 2)]
    assert trends[0].score == pytest.approx(12 * (23 / 6) / 4)
    assert trends[1].score == pytest.approx(10 * (29 / 7) / 4)
    assert trends[2].score == pytest.approx(2.0)  # nobody rated it: as good as the others


def test_without_any_rating_attention_alone_decides_and_the_id_between_equals() -> None:
    trends = scored([Activity(2, 1.0, 1, 1), Activity(1, 1.0, 1, 1), Activity(3, 5.0, 5, 5)])
    assert [each.movie_id for each in trends] == [3, 1, 2]
    assert trends[0].score == pytest.approx(5.0)


def test_an_event_counts_half_for_every_half_life_and_a_visitor_half_of_a_member(
    anna: User, ben: User
) -> None:
    heat = catalog.film()
    view(anna, heat, ago=6 * HOUR)  # 1/2
    view(ben, heat, ago=12 * HOUR)  # 1/4
    pass_by(heat, ago=6 * HOUR)  # 1/4
    found = recent()[heat.pk]
    assert found.attention == pytest.approx(1.0)
    assert (found.views, found.viewers) == (3, 3)


def test_what_one_viewer_does_on_one_day_counts_once_however_often(anna: User, ben: User) -> None:
    loud, calm = catalog.film(), catalog.film()
    view(anna, loud, ago=0 * HOUR, times=300)
    view(anna, calm, ago=0 * HOUR)
    view(ben, calm, ago=0 * HOUR, times=2)
    found = recent()
    assert found[loud.pk].attention == pytest.approx(1.5)
    assert found[calm.pk].attention == pytest.approx(1 + 1 + 0.5 * log(2) / log(4))
    assert (found[loud.pk].views, found[loud.pk].viewers) == (300, 1)


def test_a_visitor_who_hammers_counts_once_too() -> None:
    heat = catalog.film()
    pass_by(heat, ago=0 * HOUR, times=10_000)
    assert recent()[heat.pk].attention == pytest.approx(0.5 * 1.5)


def test_the_same_viewer_counts_again_the_next_day(anna: User) -> None:
    heat = catalog.film()
    view(anna, heat, ago=0 * HOUR)
    view(anna, heat, ago=18 * HOUR + timedelta(seconds=1))  # before midnight
    found = recent()[heat.pk]
    assert found.attention == pytest.approx(1 + 0.5**3, abs=1e-4)
    assert (found.views, found.viewers) == (2, 2)  # viewers of two days


def test_who_looks_and_rates_on_one_day_is_one_viewer_whose_rating_counts(anna: User) -> None:
    heat = catalog.film()
    view(anna, heat, ago=6 * HOUR)
    rate(anna, {heat: 4.5}, now=NOW - 6 * HOUR)
    found = recent()[heat.pk]
    assert found.viewers == 1
    assert found.attention == pytest.approx(0.5 * 1.25)
    assert (found.rating_weight, found.rating_total) == pytest.approx((0.5, 2.25))


def test_what_is_too_old_or_yet_to_come_or_was_only_shown_is_no_activity(anna: User) -> None:
    heat = catalog.film()
    view(anna, heat, ago=DAY)
    view(anna, heat, ago=-HOUR)
    library.record(user=anna, movie_id=heat.pk, type="recommend", now=NOW)
    assert recent() == {}


def test_popular_films_fill_the_list_up_and_the_source_says_so(anna: User) -> None:
    known, watched = catalog.film(popularity=9.0), catalog.film(popularity=1.0)
    before = ranked(time_range="day", now=NOW)
    assert [each.movie_id for each in before.trends] == [known.pk, watched.pk]
    assert before.source == "popularity"
    assert before.trends[0].score is None
    view(anna, watched, ago=HOUR)
    count()
    after = ranked(time_range="day", now=NOW)
    assert [each.movie_id for each in after.trends] == [watched.pk, known.pk]
    assert after.source == "both"
    assert ranked(time_range="day", now=NOW + 2 * DAY).source == "popularity"
    assert ranked(time_range="week", now=NOW + 2 * DAY).source == "both"


def test_where_enough_happens_nothing_is_filled_up(
    anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("moviverse.recommendations.trending.LONGEST", 2)
    monkeypatch.setattr("moviverse.recommendations.trending.BLOCK", 1)
    films = catalog.films(3)
    for hours, film in enumerate(films):
        view(anna, film, ago=hours * HOUR)
    found = ranked(time_range="day", now=NOW)
    assert found.source == "activity"
    assert [each.movie_id for each in found.trends] == [film.pk for film in films[:2]]


def test_our_trends_come_first_those_of_both_rise_and_tmdbs_follow() -> None:
    """By hand: of ours 2/61, 2/62 and 2/63; of TMDb's 1/61 and 1/62.

    The third of ours has 2/63 + 1/62 = 0.0479, the first 0.0328, the second 0.0323, and the film
    that TMDb alone has 1/61 = 0.0164.
    """
    ours = [Trend(movie_id, score=9.0 - movie_id, views=5, viewers=4) for movie_id in (1, 2, 3)]
    found = mixed(ours, [7, 3])
    assert [each.movie_id for each in found] == [3, 1, 2, 7]
    assert [each.is_tmdbs for each in found] == [True, False, False, True]
    assert (found[0].score, found[0].views, found[0].viewers) == (6.0, 5, 4)
    assert found[-1].score is None
    assert mixed(ours, []) == ours
    assert [each.movie_id for each in mixed([], [7, 3])] == [7, 3]


def test_tmdbs_list_is_mixed_in_where_there_is_one_and_the_source_says_so(
    anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    war, drama, known = (catalog.film(genres=(name,)) for name in ("War", "Drama", "War"))
    adult = catalog.film(is_adult=True)
    asked: list[str] = []

    def tmdbs(*, window: str) -> list[int]:
        asked.append(window)
        return [adult.pk, 5, drama.pk]

    monkeypatch.setattr("moviverse.catalog.selectors.tmdb_trending", tmdbs)
    quiet = ranked(time_range="week", now=NOW)
    assert (quiet.source, quiet.trends[0].movie_id, asked) == ("tmdb", drama.pk, ["week"])
    view(anna, war, ago=HOUR)
    count()
    found = ranked(time_range="week", now=NOW)
    assert found.source == "mixed"
    assert [each.movie_id for each in found.trends] == [war.pk, drama.pk, known.pk]
    of_a_genre = ranked(time_range="week", now=NOW, genres=(("War",),))
    assert [each.movie_id for each in of_a_genre.trends] == [war.pk, known.pk]
    assert of_a_genre.source == "both"


def test_trends_can_be_of_a_genre_and_are_never_of_what_is_for_adults_alone(anna: User) -> None:
    war = catalog.film(genres=("War",))
    drama = catalog.film(genres=("Drama",))
    adult = catalog.film(genres=("War",), is_adult=True)
    for film in (war, drama, adult):
        view(anna, film, ago=HOUR)
    found = trending(time_range="day", now=NOW, genres=(("war",),))
    assert [card.tmdb_id for _, card in found.films] == [war.pk]
    with pytest.raises(UnknownFilterValue):
        trending(time_range="day", now=NOW, genres=(("Sport",),))


def test_a_ranking_is_remembered_and_a_film_that_left_is_not_in_it(
    anna: User, settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settings.CACHE_TTL_TRENDING = 600
    first, second = catalog.films(2)
    view(anna, first, ago=HOUR)
    assert trending(time_range="day", now=NOW).cached == "miss"
    Movie.objects.filter(pk=first.pk).delete()
    with django_assert_num_queries(2):  # whether it was emptied, the cards
        again = trending(time_range="day", now=NOW + HOUR)
    assert again.cached == "hit"
    assert again.ranking.generated_at == NOW
    assert [card.tmdb_id for _, card in again.films] == [second.pk]


def test_a_page_counts_what_no_worker_has_counted_for_a_while(anna: User) -> None:
    first, second = catalog.films(2)
    view(anna, first, ago=HOUR)
    assert ranked(time_range="day", now=NOW).trends[0].movie_id == first.pk
    ben = accounts.member(username="ben")
    for user in (anna, ben):
        view(user, second, ago=0 * HOUR)
    soon, late = (NOW + minutes * timedelta(minutes=1) for minutes in (2, 4))
    assert ranked(time_range="day", now=soon).trends[0].movie_id == first.pk
    assert ranked(time_range="day", now=late).trends[0].movie_id == second.pk


@pytest.mark.django_db(transaction=True)
def test_what_was_counted_last_is_shown_while_too_much_happens_to_be_counted(
    anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = catalog.films(2)
    view(anna, second, ago=HOUR)
    count()
    monkeypatch.setattr(activity, "LIMIT_MILLISECONDS", 20)
    monkeypatch.setattr(rollup, "COUNT", "select 1 from pg_sleep(60)")
    found = trending(time_range="day", now=NOW + HOUR)
    assert [card.tmdb_id for _, card in found.films] == [second.pk, first.pk]
    assert found.ranking.source == "both"


@pytest.mark.django_db(transaction=True)
def test_popular_films_stand_in_while_the_trends_cannot_be_added_up(
    anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    (film,) = catalog.films(1)
    view(anna, film, ago=HOUR)
    count()
    monkeypatch.setattr(activity, "LIMIT_MILLISECONDS", 20)
    monkeypatch.setattr(activity, "READ", "select 1, 1.0, 1, 1, 0.0, 0.0 from pg_sleep(60)")
    found = trending(time_range="day", now=NOW)
    assert found.ranking.source == "popularity"
    assert [card.tmdb_id for _, card in found.films] == [film.pk]
    with connection.cursor() as cursor:
        cursor.execute("show statement_timeout")
        assert cursor.fetchone() != ("20ms",)
