"""What an answer from the cache costs beside the framework alone.

One server, one run: an empty view, and each list that the cache answers, asked by turns, so that
whatever else the machine does weighs on all of them alike.
"""

from __future__ import annotations

import http.client
import statistics
import time

from rich.console import Console
from rich.table import Table

from benchmarks import demo, site
from moviverse.catalog.models import Movie, Person

WARM, TURNS = 30, 200  # requests
GOAL = 2.0  # times the empty view
FLOOR = "/api/floor/nothing/"


def paths() -> dict[str, str]:
    """Return what is asked for, by the name in the table."""
    film = Movie.objects.order_by("-popularity", "tmdb_id").values_list("pk", flat=True)[0]
    person = Person.objects.order_by("folded_name").values_list("pk", flat=True)[0]
    return {
        "the catalogue": "/api/movies/",
        "the catalogue, filtered": "/api/movies/?genre=Drama&year_from=1950&sort=rating_desc",
        "popular": "/api/movies/popular/",
        "top rated": "/api/movies/top-rated/",
        "upcoming": "/api/movies/upcoming/",
        "trending": "/api/movies/trending/",
        "search": "/api/movies/search/?q=the",
        "suggest": "/api/movies/suggest/?q=th",
        "genres": "/api/genres/",
        "a person": f"/api/people/{person}/",
        "a film": f"/api/movies/{film}/",
        "similar": f"/api/movies/{film}/similar/",
        "viewers also liked": f"/api/movies/{film}/recommendations/",
    }


class Visitor:
    """Somebody with a connection of their own."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port)
        self.source = self.tag = ""  # of the last answer

    def milliseconds(self, path: str, *, tag: str = "") -> float:
        """Ask, and return how long it took."""
        began = time.perf_counter()
        self._connection.request("GET", path, headers={"If-None-Match": tag} if tag else {})
        response = self._connection.getresponse()
        response.read()
        taken = (time.perf_counter() - began) * 1_000
        assert response.status in {http.client.OK, http.client.NOT_MODIFIED}, path
        self.source = response.getheader("X-Cache", "")
        self.tag = response.getheader("ETag", "")
        return taken


def measured(port: int, path: str) -> tuple[list[float], list[float], list[float], str]:
    """Ask for the floor, the answer and the answer that is known already, again and again in turn.

    Whatever else the machine does weighs on all three alike.
    """
    visitor = Visitor(port)
    for _ in range(WARM):  # both workers load and keep what they need
        visitor.milliseconds(path)
    floor, whole, known, source = [], [], [], ""
    for _ in range(TURNS):
        floor.append(visitor.milliseconds(FLOOR))
        whole.append(visitor.milliseconds(path))
        source = visitor.source
        known.append(visitor.milliseconds(path, tag=visitor.tag))
    return floor, whole, known, source


def main() -> None:
    table = Table(title=f"One visitor, {site.WORKERS} workers, medians of {TURNS} turns")
    table.add_column("")
    for column in ("X-Cache", "empty ms", "ms", "304 ms", "/ empty", "304 / empty", ""):
        table.add_column(column, justify="right")
    with demo.loaded():
        wanted = paths()
        with site.serving() as server:
            for name, path in wanted.items():
                *taken, source = measured(server.port, path)
                empty, whole, known = map(statistics.median, taken)
                table.add_row(
                    name,
                    source,
                    *(f"{each:.2f}" for each in (empty, whole, known)),
                    f"{whole / empty:.2f}",
                    f"{known / empty:.2f}",
                    "ok" if whole / empty <= GOAL else "above the goal",
                )
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
