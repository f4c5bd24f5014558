"""What people turn to, for the operator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from django.utils import timezone

from moviverse.cli import console
from moviverse.cli.database import database
from moviverse.library import daily_views
from moviverse.recommendations import selectors
from moviverse.recommendations.trending import HALF_LIVES, LONGEST, trending

if TYPE_CHECKING:
    from datetime import datetime

    from moviverse.recommendations.trending import Trend

COLUMNS = ("#", "id", "score", "views", "viewers", "today", "film")


@click.command(name="trending", epilog="Example: moviverse trending --range day --genre Drama")
@click.option(
    "--range",
    "time_range",
    type=click.Choice(list(HALF_LIVES)),
    default="week",
    show_default=True,
    help="How long before now, or before the end of the day, counts.",
)
@click.option(
    "--day", type=click.DateTime(["%Y-%m-%d"]), help="A day of UTC that is over, instead of now."
)
@click.option("--genre", default="", help="Only films of this genre.")
@click.option("--limit", type=click.IntRange(1, LONGEST), default=20, show_default=True)
def trends(time_range: str, day: datetime | None, genre: str, limit: int) -> None:
    """Show what people turn to now, or turned to when a day ended."""
    with database():
        rows = _past(time_range, day, genre) if day else _now(time_range, genre, limit)
    console.table(COLUMNS, rows[:limit], empty="Nobody turned to any film.")


def _now(time_range: str, genre: str, limit: int) -> list[tuple[str, ...]]:
    found = trending(
        time_range="day" if time_range == "day" else "week",
        limit=limit,
        genres=((genre,),) if genre else (),
        now=timezone.now(),
    )
    console.say(f"As of {found.ranking.generated_at:%Y-%m-%d %H:%M} UTC: {found.ranking.source}.")
    today = daily_views.today([trend.movie_id for trend, _ in found.films])
    return [
        _cells(rank, card.title, trend, today=today.get(trend.movie_id))
        for rank, (trend, card) in enumerate(found.films, 1)
    ]


def _past(time_range: str, day: datetime, genre: str) -> list[tuple[str, ...]]:
    kept = selectors.past_trends(day=day.date(), time_range=time_range, genre=genre)
    return [_cells(each.rank, each.title, each) for each in kept]


def _cells(
    rank: int, title: str, of: Trend | selectors.PastTrend, *, today: int | None = None
) -> tuple[str, ...]:
    fills_up = of.score is None
    told = ("", "", "") if fills_up else (f"{of.score:.2f}", f"{of.views:,}", f"{of.viewers:,}")
    return (str(rank), str(of.movie_id), *told, "" if today is None else f"{today:,}", title)
