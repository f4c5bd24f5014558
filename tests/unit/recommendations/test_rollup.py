from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from math import log
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction

from moviverse.library.models import AnonymousView, Interaction
from moviverse.recommendations import activity, rollup, trending
from moviverse.recommendations.models import Attention, CountedDay
from tests.factories import accounts, catalog
from tests.factories.library import rate

if TYPE_CHECKING:
    from moviverse.accounts.models import User
    from moviverse.catalog.models import Movie

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 18, tzinfo=UTC)
TODAY = NOW.date()
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def view(user: User, movie: Movie, at: datetime, *, times: int = 1) -> None:
    Interaction.objects.bulk_create(
        Interaction(user=user, movie=movie, type="view", happened_at=at) for _ in range(times)
    )


def pass_by(movie: Movie, visitor: int, at: datetime, *, times: int = 1) -> None:
    AnonymousView.objects.create(movie=movie, visitor=f"{visitor:032}", viewed_at=at, count=times)


def count(day: date = TODAY, *, now: datetime = NOW) -> bool:
    return rollup.count(day, now=now, limit_milliseconds=5_000)


def rows(*, is_day: bool = False) -> list[dict[str, Any]]:
    found = Attention.objects.filter(is_day=is_day).order_by("began_at", "movie_id")
    return [dict(row) for row in found.values()]


def versions() -> list[tuple[Any, ...]]:
    """Return what tells whether a row was written again, even with what it held."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, xmin::text, ctid::text from recommendations_attention order by id"
        )
        return list(cursor.fetchall())


def test_a_case_that_was_worked_out_by_hand() -> None:
    """Three members, two visitors and three ratings of two films, at 18:00 of a day.

    Heat:
        anna looks at 12:10, 12:20 and at 16:00, where she rates it 5: four things on one day count
            1 + 1/2 ln 4 / ln 4 = 1.5, at the last of them.
        ben looks at 16:00: 1.
        a visitor looks at 16:00, a hundred times: 1/2 (1 + 1/2) = 0.75.
    So the hour of 16:00 has the weight 3.25, 3 viewers, 4 + 1 + 100 = 105 views, one rating of 5.

    Jaws:
        cleo looks at 12:00 and rates it 2 at 12:00: 1 + 1/2 ln 2 / ln 4 = 1.25.
        ben rates it 3 at 18:00 of the day before: 1.
        another visitor looks at 12:00: 0.5.
    So the hour of 12:00 has the weight 1.75, 2 viewers, 3 views, one rating of 2; the hour of 18:00
    of the day before began a day ago, which is too long for the trends of a day.

    With a half-life of 6 hours what is 2 hours old counts 2^(-1/3) = 0.7937005, what is 6 hours old
    1/2: the attention of Heat is 3.25 x 0.7937005 = 2.5795267, of Jaws 0.875.
    The average of the ratings is C = (0.7937005 x 5 + 0.5 x 2) / 1.2937005 = 3.8405354.
    B(Heat) = (5 C + 0.7937005 x 5) / 5.7937005 = 23.1711795 / 5.7937005 = 3.9993747,
    B(Jaws) = (5 C + 1) / 5.5 = 3.6732140.
    T(Heat) = 2.5795267 x 3.9993747 / 3.8405354 = 2.6862125,
    T(Jaws) = 0.875 x 3.6732140 / 3.8405354 = 0.8368787.

    In the trends of a week, with a half-life of 42 hours, ben's rating counts too: what is 2 hours
    old counts 2^(-1/21) = 0.9675319, 6 hours 2^(-1/7) = 0.9057237, 24 hours 2^(-4/7) = 0.6729501.
    The attention of Jaws is 1.75 x 0.9057237 + 0.6729501 = 2.2579665.
    """
    anna, ben, cleo = (accounts.member(username=name) for name in ("anna", "ben", "cleo"))
    heat, jaws = catalog.film(title="Heat"), catalog.film(title="Jaws")
    for ago in (timedelta(hours=5, minutes=50), timedelta(hours=5, minutes=40), 2 * HOUR):
        view(anna, heat, NOW - ago)
    rate(anna, {heat: 5}, now=NOW - 2 * HOUR)
    view(ben, heat, NOW - 2 * HOUR)
    pass_by(heat, 1, NOW - 2 * HOUR, times=100)
    view(cleo, jaws, NOW - 6 * HOUR)
    rate(cleo, {jaws: 2}, now=NOW - 6 * HOUR)
    rate(ben, {jaws: 3}, now=NOW - DAY)
    pass_by(jaws, 2, NOW - 6 * HOUR)
    for day in (TODAY, TODAY - DAY):
        count(day)
    by_hand = [
        (jaws.pk, NOW - DAY, 1.0, 1, 1, 1, 3.0),
        (jaws.pk, NOW - 6 * HOUR, 1.75, 3, 2, 1, 2.0),
        (heat.pk, NOW - 2 * HOUR, 3.25, 105, 3, 1, 5.0),
    ]
    names = ("movie_id", "began_at", "weight", "views", "viewers", "ratings", "rating_total")
    assert [tuple(row[name] for name in names) for row in rows()] == by_hand
    first, second = trending.current(time_range="day", now=NOW)
    assert (first.movie_id, first.views, first.viewers) == (heat.pk, 105, 3)
    assert first.score == pytest.approx(2.6862125, abs=1e-6)
    assert (second.movie_id, second.views, second.viewers) == (jaws.pk, 3, 2)
    assert second.score == pytest.approx(0.8368787, abs=1e-6)
    week = activity.recent(window=7 * DAY, half_life=42 * HOUR, now=NOW)
    of_the_week = {each.movie_id: each for each in week}
    assert of_the_week[jaws.pk].attention == pytest.approx(2.2579665, abs=1e-6)
    assert (of_the_week[jaws.pk].views, of_the_week[jaws.pk].viewers) == (4, 3)


def test_counting_again_writes_nothing_anew() -> None:
    anna, (first, second) = accounts.member(), catalog.films(2)
    view(anna, first, NOW, times=3)
    rate(anna, {second: 3.5}, now=NOW - HOUR)
    for visitor in range(7):
        pass_by(first, visitor, NOW - visitor * HOUR, times=visitor + 1)
    assert count()
    before = rows(), rows(is_day=True), versions()
    assert count()
    assert (rows(), rows(is_day=True), versions()) == before


def test_what_arrives_late_is_in_the_next_count_and_what_was_taken_back_is_not() -> None:
    anna, film = accounts.member(), catalog.film()
    pass_by(film, 1, NOW - DAY)
    count(TODAY - DAY)
    view(anna, film, NOW - DAY - HOUR)  # committed after it was counted
    count(TODAY - DAY)
    assert [row["viewers"] for row in rows()] == [1, 1]
    anna.delete()
    count(TODAY - DAY)
    (row,) = rows()
    assert (row["began_at"], row["viewers"]) == (NOW - DAY, 1)


def test_a_viewer_who_comes_back_is_told_in_the_hour_of_the_last_time() -> None:
    anna, film = accounts.member(), catalog.film()
    view(anna, film, NOW - 3 * HOUR)
    count()
    view(anna, film, NOW)
    count()
    (row,) = rows()
    assert (row["began_at"], row["viewers"], row["views"]) == (NOW, 1, 2)
    assert row["weight"] == pytest.approx(1 + 0.5 * log(2) / log(4))


def test_a_day_tells_the_same_as_its_hours_which_go_when_it_is_over_for_long() -> None:
    film, day = catalog.film(), TODAY - DAY
    for hour in range(24):
        pass_by(film, hour, datetime(day.year, day.month, day.day, hour, 30, tzinfo=UTC))
    count(day)
    assert len(rows()) == 24
    (row,) = rows(is_day=True)
    assert (row["began_at"].hour, row["views"], row["viewers"]) == (0, 24, 24)
    (of_the_week,) = activity.recent(window=7 * DAY, half_life=42 * HOUR, now=NOW)
    by_the_hour = sum(
        each["weight"] * 0.5 ** ((NOW - each["seen_at"]) / (42 * HOUR)) for each in rows()
    )
    assert of_the_week.attention == pytest.approx(by_the_hour, rel=0.01)
    count(day, now=NOW + 2 * DAY)
    assert rows() == []
    assert rows(is_day=True) == [row]


def test_days_are_due_often_while_they_are_open_and_rarely_later() -> None:
    days = [TODAY - place * DAY for place in range(rollup.DAYS)]
    assert rollup.due(now=NOW) == days  # none was ever counted
    for day in days:
        count(day)
    assert rollup.due(now=NOW + timedelta(seconds=30)) == []
    assert rollup.due(now=NOW + timedelta(minutes=1)) == [TODAY]
    assert rollup.due(now=NOW + timedelta(minutes=1), patience=4) == []
    assert rollup.due(now=NOW + HOUR) == days
    midnight = datetime(2026, 11, 22, tzinfo=UTC)
    for day in days:
        count(day, now=midnight)
    soon = midnight + timedelta(minutes=1)
    assert rollup.due(now=soon) == [TODAY + DAY, TODAY]  # the new day, and yesterday


def test_a_day_that_takes_long_to_count_is_given_a_rest() -> None:
    count()
    CountedDay.objects.update(took_milliseconds=30_000)
    assert TODAY not in rollup.due(now=NOW + timedelta(minutes=9))
    assert TODAY in rollup.due(now=NOW + timedelta(minutes=10))


def test_what_is_old_is_forgotten() -> None:
    film = catalog.film()
    for ago in range(3):
        pass_by(film, ago, NOW - ago * DAY)
        count(TODAY - ago * DAY)
    assert rollup.forget(before=TODAY - DAY) == 2  # its hour, and the day
    assert [row["began_at"] for row in rows()] == [NOW - DAY, NOW]
    assert CountedDay.objects.count() == 2


def test_counting_reads_the_indexes_by_time() -> None:
    start, end = rollup.bounds(TODAY)
    values: dict[str, Any] = {"start": start, "end": end, "hours": True, "trust": 0.5, "coming_back": 0.5,
              "most": 4}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute(f"explain {rollup.COUNT}", values)
        plan = "".join(line for (line,) in cursor.fetchall())
    for index in ("what_people_did_by_time", "ratings_by_time", "anonymous_views_by_time"):
        assert index in plan


@pytest.mark.django_db(transaction=True)
def test_a_count_that_is_stopped_half_way_leaves_nothing_and_the_next_one_all() -> None:
    anna, film = accounts.member(), catalog.film()
    view(anna, film, NOW)

    def stopped() -> None:
        with transaction.atomic():
            count()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert rows() == []
    assert rollup.due(now=NOW)[0] == TODAY
    count()
    assert [row["views"] for row in rows()] == [1]


@pytest.mark.django_db(transaction=True)
def test_twenty_counts_at_once_and_views_meanwhile_lose_and_double_nothing() -> None:
    people = [accounts.member(username=f"member{place}") for place in range(10)]
    film = catalog.film()

    def work(place: int) -> None:
        try:
            if place % 2:
                view(people[place // 2], film, NOW)
            count()
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(work, range(20)))
    count()
    (row,) = rows()
    assert (row["views"], row["viewers"], row["weight"]) == (10, 10, 10.0)


@pytest.mark.django_db(transaction=True)
def test_a_day_that_another_is_counting_is_left_to_them() -> None:
    film = catalog.film()
    pass_by(film, 1, NOW)
    count()

    def elsewhere() -> bool:
        try:
            return count()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            CountedDay.objects.select_for_update().get(day=TODAY)
            assert not pool.submit(elsewhere).result()
        assert pool.submit(elsewhere).result()
