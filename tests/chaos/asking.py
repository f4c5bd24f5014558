"""What people ask of the site while TMDb fails, and what they are answered."""

from __future__ import annotations

import itertools
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx

from tests.fakes import tmdb_catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ASKERS = 6
GIVEN_UP_AFTER_SECONDS = 30.0  # far beyond what is allowed
OUR_FAULT, NO_ANSWER = 500, 0
WARM = ("detail of a warm film", "popular", "trending", "similar", "search")


@dataclass(frozen=True)
class Answered:
    """One answer; status 0 is none at all."""

    kind: str
    status: int
    seconds: float


@dataclass
class People:
    """Askers with a member's token; every film that they miss is another one."""

    base_url: str
    token: str
    warm: Sequence[int]  # films that the site holds
    answers: list[Answered] = field(default_factory=list)
    _missing: itertools.count[int] = field(
        default_factory=lambda: itertools.count(tmdb_catalogue.ENDLESS.start)
    )

    def during(self, seconds: float) -> list[Answered]:
        """Ask for everything, again and again, and return what was answered."""
        self.answers = []
        until = time.monotonic() + seconds
        threads = [
            threading.Thread(target=self._ask_until, args=(until, place)) for place in range(ASKERS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self.answers

    def missing(self) -> int:
        """Return a film that nobody has asked for."""
        return next(self._missing)

    def detail(self, tmdb_id: int) -> Answered:
        """Ask for a film, on a connection of its own: any of the web workers may answer."""
        with self._client() as client:
            return _timed("detail", lambda: client.get(f"/api/movies/{tmdb_id}/"))

    def _client(self) -> httpx.Client:
        return httpx.Client(
            base_url=self.base_url,
            timeout=GIVEN_UP_AFTER_SECONDS,
            headers={"Authorization": f"Bearer {self.token}"},
        )

    def _ask_until(self, until: float, place: int) -> None:
        with self._client() as client:
            for turn in itertools.count(place):
                for answered in self._asked(client, turn):
                    self.answers.append(answered)
                    if time.monotonic() > until:
                        return

    def _asked(self, client: httpx.Client, turn: int) -> list[Answered]:
        warm = self.warm[turn % len(self.warm)]
        kind = ("warm", "missing", "saved", "popular", "trending", "similar", "search")[turn % 7]
        if kind == "saved":
            return _saved(client, self.missing())
        gets = {
            "warm": (WARM[0], f"/api/movies/{warm}/"),
            "missing": ("detail of a missing film", f"/api/movies/{self.missing()}/"),
            "popular": ("popular", f"/api/movies/popular/?page={1 + turn % 3}"),
            "trending": ("trending", f"/api/movies/trending/?time_range=week&limit={5 + turn % 9}"),
            "similar": ("similar", f"/api/movies/{warm}/similar/"),
            "search": ("search", f"/api/movies/search/?q={'abcdefgh'[turn % 8]}"),
        }
        name, path = gets[kind]
        return [_timed(name, lambda: client.get(path))]


def _saved(client: httpx.Client, tmdb_id: int) -> list[Answered]:
    """Save a film that the site does not hold, and take it back."""
    body = {"tmdb_id": tmdb_id, "title": "As it was sent"}
    return [
        _timed(
            "favourite of a missing film", lambda: client.post("/api/user/favorites/", json=body)
        ),
        _timed("favourite taken back", lambda: client.delete(f"/api/user/favorites/{tmdb_id}/")),
    ]


def _timed(kind: str, ask: Callable[[], httpx.Response]) -> Answered:
    began = time.monotonic()
    try:
        status = ask().status_code
    except httpx.HTTPError:
        status = NO_ANSWER
    return Answered(kind, status, time.monotonic() - began)
