from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from moviverse.catalog import selectors
from moviverse.catalog.models import Movie
from tests.factories import catalog

if TYPE_CHECKING:
    from moviverse.catalog.selectors import Chart

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 21)


def titles(chart: Chart) -> list[str]:
    return [card.title for card in chart.films[0:20]]


def test_a_vote_of_few_is_drawn_towards_the_middle() -> None:
    catalog.film(title="Two friends", vote_average=10.0, vote_count=2)
    catalog.film(title="The crowd", vote_average=8.5, vote_count=9_000)
    catalog.film(title="Nobody", vote_average=None)
    found = {film.title: film.weighted_vote for film in Movie.objects.all()}
    assert found["Two friends"] == pytest.approx((2 * 10 + 100 * 6.5) / 102)
    assert found["The crowd"] == pytest.approx((9_000 * 8.5 + 100 * 6.5) / 9_100)
    assert found["Nobody"] is None
    assert titles(selectors.top_rated()) == ["The crowd", "Two friends"]


def test_what_comes_soonest_comes_first_and_a_year_alone_after_its_dates() -> None:
    catalog.film(title="In a year, some time", release_year=2027)
    catalog.film(title="In spring", released_on=date(2027, 4, 1))
    catalog.film(title="Tomorrow", released_on=date(2026, 11, 22))
    catalog.film(title="This year, some time", release_year=2026)
    catalog.film(title="Today", released_on=TODAY)
    catalog.film(title="Last year", released_on=date(2025, 12, 31))
    catalog.film(title="Some time")
    assert titles(selectors.upcoming(today=TODAY)) == [
        "Tomorrow",
        "In spring",
        "In a year, some time",
    ]


@pytest.mark.parametrize(
    "chart", [selectors.popular(), selectors.top_rated(), selectors.upcoming(today=TODAY)]
)
def test_a_chart_reads_an_index_instead_of_sorting(chart: Chart) -> None:
    catalog.films(3, vote_average=7.0, vote_count=3, released_on=date(2027, 1, 1))
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute("set local enable_bitmapscan = off")  # what three rows are cheapest by
    assert isinstance(chart.films, selectors.CardList)
    plan = chart.films.movies[:20].explain()
    assert "Index" in plan
    assert "Sort" not in plan
