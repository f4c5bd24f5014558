"""What the clients ask: each endpoint in the forms that cost most, and a mix as visitors make it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import numpy as np
import orjson

from benchmarks.bigsite import films, words
from benchmarks.bigsite.asking import Request
from moviverse.catalog.selectors import SORTS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.bigsite.members import SignedIn

BATCH = 1_000
BROWSERS = 4  # members
FLOOR = "20 films, one query, DRF's serializer"
RECOMMENDATIONS, AGAIN = "recommendations, asked for once", "recommendations, asked for again"


@dataclass(frozen=True)
class Question:
    """A kind of request.

    Attributes:
        name: of its line in the table.
        make: draws one request.
        share: of the mix, in parts of all shares.
        requests: how many are asked.
        p95_ms: what 95 of 100 answers may take.
    """

    name: str
    make: Callable[[], Request]
    share: int = 0
    requests: int = 400
    p95_ms: float | None = None


class Site:
    """Draws what exists on the site: films by their fame, people, words, members."""

    def __init__(self, films_: int, signed_in: SignedIn, seed: int = 0) -> None:
        self.rng = np.random.default_rng(seed)
        self._ids = films.ids(films_)
        self._sums = np.cumsum(films.fame(films_))
        self._access, self.keenest = signed_in.regulars, signed_in.keenest
        self._strangers = iter(signed_in.strangers)
        rows = [row for row, _ in zip(films.films(films_), range(2_000), strict=False)]
        self._titles = [row.title for row in rows]
        self._people = [each.name for row in rows for each in row.cast]

    def film(self) -> int:
        """Draw a film, a famous one more probably."""
        place = int(np.searchsorted(self._sums, self.rng.random()))
        return self._ids[min(place, len(self._ids) - 1)]

    @property
    def best_known(self) -> int:
        """Return the film that most members have rated."""
        return self._ids[0]

    def title(self) -> str:
        """Draw a title."""
        return self._one(self._titles)

    def person(self) -> str:
        """Draw somebody."""
        return self._one(self._people)

    def word(self) -> str:
        """Draw a common word of titles."""
        return self._one(words.NOUNS[:40])

    def misspelt(self) -> str:
        """Draw a title with two letters of its longest word in the wrong order."""
        told = self.title().split()
        longest = max(range(len(told)), key=lambda place: len(told[place]))
        word = told[longest]
        at = int(self.rng.integers(1, len(word) - 1)) if len(word) > 2 else 0
        told[longest] = word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :]
        return " ".join(told)

    def nonsense(self) -> str:
        """Draw letters that are in no title."""
        return "".join(self._one("bcdfgjkpqvwxz") for _ in range(9))

    def member(self) -> str:
        """Draw the token of a member who may have asked before."""
        return self._one(self._access)

    def browser(self) -> str:
        """Draw the token of one of a few members, who look from film to film."""
        return self._one(self._access[:BROWSERS])

    def stranger(self) -> str:
        """Return the token of a member who has not asked for anything."""
        return next(self._strangers)

    def number(self, low: int, high: int) -> int:
        """Draw a whole number from `low` to `high` - 1."""
        return int(self.rng.integers(low, high))

    def _one(self, of: Sequence[str]) -> str:
        return of[self.number(0, len(of))]


def questions(site: Site) -> list[Question]:
    """Return every question."""
    return [*_catalogue(site), *_library(site), *_recommender(site)]


def mix(asked: Sequence[Question], site: Site) -> Question:
    """Return all questions that have a share, mixed."""
    shares = np.array([each.share for each in asked], dtype=float)
    shares /= shares.sum()

    def make() -> Request:
        return asked[int(site.rng.choice(len(asked), p=shares))].make()

    return Question("a mix of all that has a share below", make, requests=2_000)


def _catalogue(site: Site) -> list[Question]:
    def listed(**told: object) -> Request:
        sort = list(SORTS)[site.number(0, len(SORTS))]
        return Request(f"/api/movies/?{urlencode({'sort': sort, **told})}")

    def genre() -> str:
        return list(words.GENRE_SHARES)[site.number(0, len(words.GENRE_SHARES))]

    def searched(text: str, **told: object) -> Request:
        return Request(f"/api/movies/search/?{urlencode({'q': text, **told})}")

    def begun() -> Request:
        text = (site.title if site.rng.random() < 0.7 else site.person)()
        return Request(f"/api/movies/suggest/?q={quote(text[: site.number(1, 8)].strip() or 'a')}")

    return [
        Question("list, any order, pages 1 to 5", lambda: listed(page=site.number(1, 6)), 12, p95_ms=50),
        Question("list, any order, about page 500", lambda: listed(page=site.number(450, 550)), p95_ms=50),
        Question("list of a genre", lambda: listed(genre=genre(), page=site.number(1, 4)), 4, p95_ms=50),
        Question("list of a genre and years", lambda: listed(genre=genre(), year_from=site.number(1960, 1990), year_to=site.number(1990, 2026)), 2, p95_ms=50),
        Question("list of somebody's films", lambda: listed(person=site.person()), 2, p95_ms=50),
        Question("detail", lambda: Request(f"/api/movies/{site.film()}/"), 16, p95_ms=50),
        Question("detail, signed in", lambda: Request(f"/api/movies/{site.film()}/", site.member()), 8, p95_ms=50),
        Question("detail, signed in, one film after the other", lambda: Request(f"/api/movies/{site.film()}/", site.browser()), p95_ms=50),
        Question("detail of the most rated film", lambda: Request(f"/api/movies/{site.best_known}/"), p95_ms=50),
        Question("search, a common word", lambda: searched(site.word(), page=site.number(1, 4)), 4, p95_ms=50),
        Question("search, a title", lambda: searched(site.title()), 4, p95_ms=50),
        Question("search, misspelt", lambda: searched(site.misspelt()), 1, p95_ms=50),
        Question("search, a person", lambda: searched(site.person()), 1, p95_ms=50),
        Question("search that finds nothing", lambda: searched(site.nonsense()), p95_ms=50),
        Question("suggest", begun, 20, p95_ms=20),
        Question("trending this week", lambda: Request("/api/movies/trending/?time_range=week"), 3),
        Question("popular", lambda: Request("/api/movies/popular/"), 3),
        Question("top rated", lambda: Request("/api/movies/top-rated/"), 2),
        Question("reviews of the most rated film", lambda: Request(f"/api/movies/{site.best_known}/reviews/?page={site.number(1, 20)}"), 3, p95_ms=50),
    ]  # fmt: skip


def _library(site: Site) -> list[Question]:
    def mine(path: str) -> Callable[[], Request]:
        return lambda: Request(path, site.member())

    def batch() -> Request:
        kinds = ("view", "select", "view", "select", "rate")
        sent = []
        for number in range(BATCH):
            kind = kinds[number % len(kinds)]
            event: dict[str, object] = {"movie_id": site.film(), "interaction_type": kind}
            if kind == "rate":
                event["rating"] = site.number(1, 11) / 2
            sent.append(event)
        body = orjson.dumps({"interactions": sent})
        return Request("/api/interactions/batch/", site.member(), "POST", body)

    return [
        Question("favourites", mine("/api/user/favorites/"), 3, p95_ms=50),
        Question("watchlist", mine("/api/user/watchlist/"), 3, p95_ms=50),
        Question("history", mine("/api/user/history/"), 3, p95_ms=50),
        Question("continue watching", mine("/api/user/continue-watching/"), 2, p95_ms=50),
        Question("ratings", mine("/api/user/ratings/"), 4, p95_ms=50),
        Question("ratings, of who rated most", lambda: Request(f"/api/user/ratings/?page={site.number(1, 100)}", site.keenest), p95_ms=50),
        Question("interactions", mine("/api/interactions/"), 2, p95_ms=50),
        Question("1,000 interactions at once", batch, requests=24, p95_ms=1_000),
    ]  # fmt: skip


def _recommender(site: Site) -> list[Question]:
    return [
        Question(FLOOR, lambda: Request("/api/floor/films/", site.member())),
        Question(RECOMMENDATIONS, lambda: Request("/api/movies/recommendations/", site.stranger())),
        Question(AGAIN, lambda: Request("/api/movies/recommendations/", site.member()), 10),
        Question(
            "recommendations, of who rated most",
            lambda: Request("/api/movies/recommendations/", site.keenest),
        ),
    ]  # fmt: skip
