"""What TMDb would tell, for tests of what is made of it: no client, no server, no network."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from moviverse import tmdb

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

VIDEO = tmdb.Video(
    key="clip1",
    site="YouTube",
    name="A clip",
    kind="Clip",
    language="en",
    size=1080,
    is_official=False,
    published_at=None,
)
AWAY = tmdb.Unavailable(retry_after_seconds=3)
HEAT = tmdb.Film(
    tmdb_id=949,
    imdb_id="tt0113277",
    title="Heat",
    original_title="Heat",
    original_language="en",
    overview="A thief and a detective.",
    tagline="A Los Angeles crime saga.",
    released_on=date(1995, 12, 15),
    runtime_minutes=170,
    genres=(tmdb.Genre(28, "Action"), tmdb.Genre(80, "Crime")),
    vote_average=7.9,
    vote_count=7_000,
    popularity=40.0,
    is_adult=False,
    poster_path="/heat.jpg",
    backdrop_path="/wide.jpg",
    homepage="https://heat.example",
    status="Released",
    budget=60_000_000,
    revenue=187_436_818,
    spoken_languages=("en",),
    countries=("US",),
    collection=None,
    cast=(
        tmdb.CastCredit(1158, "Al Pacino", "Vincent Hanna", 0, "/pacino.jpg"),
        tmdb.CastCredit(380, "Robert De Niro", "Neil McCauley", 1, ""),
    ),
    crew=(tmdb.CrewCredit(638, "Michael Mann", "Director", "Directing", ""),),
    keywords=(tmdb.Keyword(642, "robbery"),),
    videos=(
        VIDEO,
        replace(VIDEO, key="trailer1", name="Trailer", kind="Trailer", is_official=True),
    ),
    images=(
        tmdb.Image("poster", "/heat.jpg", 1000, 1500, "en"),
        tmdb.Image("poster", "/other.jpg", 1000, 1500, ""),
        tmdb.Image("backdrop", "/wide.jpg", 1920, 1080, ""),
    ),
)


def film(**told: Any) -> tmdb.Film:
    """Return Heat, or a film that differs from it so."""
    return replace(HEAT, **told)


def card(tmdb_id: int, **told: Any) -> tmdb.Card:
    """Return what a list says of a film."""
    plain = tmdb.Card(
        tmdb_id=tmdb_id,
        title=f"Film {tmdb_id}",
        original_title=f"Film {tmdb_id}",
        original_language="en",
        overview="",
        released_on=None,
        genre_ids=(18,),
        vote_average=7.0,
        vote_count=100,
        popularity=10.0,
        is_adult=False,
        poster_path="",
        backdrop_path="",
    )
    return replace(plain, **told)


@dataclass
class Told:
    """Stands in for the client: what it was given it tells, and it counts what it is asked."""

    films: dict[int, tmdb.Film] = field(default_factory=dict)
    lists: dict[str, Sequence[int]] = field(default_factory=dict)  # all pages in a row
    changed: Sequence[int] = ()
    error: tmdb.TmdbError | None = None
    asked: Counter[str] = field(default_factory=Counter)
    per_page: int = 20

    def within(self, _seconds: float) -> Told:
        return self

    def film(self, tmdb_id: int) -> tmdb.Film:
        self._ask(f"film {tmdb_id}")
        if tmdb_id not in self.films:
            raise tmdb.NotFound
        return self.films[tmdb_id]

    def popular(self, page: int = 1) -> tmdb.Page[tmdb.Card]:
        return self._page("popular", page)

    def top_rated(self, page: int = 1) -> tmdb.Page[tmdb.Card]:
        return self._page("top_rated", page)

    def upcoming(self, page: int = 1) -> tmdb.Page[tmdb.Card]:
        return self._page("upcoming", page)

    def trending(self, window: tmdb.TrendWindow, page: int = 1) -> tmdb.Page[tmdb.Card]:
        return self._page(f"trending {window}", page)

    def similar(self, tmdb_id: int, page: int = 1) -> tmdb.Page[tmdb.Card]:
        return self._page(f"similar {tmdb_id}", page)

    def changes(self, start: date, end: date, page: int = 1) -> tmdb.Changes:
        self._ask(f"changes {start} {end} {page}")
        ids = self.changed[(page - 1) * self.per_page : page * self.per_page]
        pages = -(-len(self.changed) // self.per_page)
        return tmdb.Changes(page, pages, len(self.changed), tuple(ids))

    def _page(self, name: str, page: int) -> tmdb.Page[tmdb.Card]:
        self._ask(f"{name} {page}")
        every = self.lists.get(name, ())
        ids = every[(page - 1) * self.per_page : page * self.per_page]
        pages = -(-len(every) // self.per_page)
        return tmdb.Page(page, pages, len(every), tuple(self._card(each) for each in ids))

    def _card(self, tmdb_id: int) -> tmdb.Card:
        known = self.films.get(tmdb_id)
        return card(tmdb_id, title=known.title) if known else card(tmdb_id)

    def _ask(self, what: str) -> None:
        self.asked[what] += 1
        if self.error is not None:
            raise self.error


def connected(monkeypatch: pytest.MonkeyPatch, **told: Any) -> Told:
    """Have the site ask this instead of TMDb."""
    made = Told(**told)
    monkeypatch.setattr(tmdb, "client", lambda: made)
    monkeypatch.setattr(tmdb, "is_configured", lambda: True)
    return made
