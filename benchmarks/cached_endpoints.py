"""What an answer from the cache costs beside the framework alone.

One server, one run: an empty view, and each list that the cache answers, asked by turns, so that
whatever else the machine does weighs on all of them alike.
"""

from __future__ import annotations

import http.client
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks import demo, site
from moviverse.catalog.models import Movie, Person

if TYPE_CHECKING:
    from collections.abc import Mapping

CLIENTS = 2
ROUNDS, REQUESTS = 6, 25  # requests of a client in a round
GOAL = 2.0  # times the empty view
FLOOR = "an empty view"


def paths() -> dict[str, str]:
    """Return what is asked for, by the name in the table."""
    film = Movie.objects.order_by("-popularity", "tmdb_id").values_list("pk", flat=True)[0]
    person = Person.objects.order_by("folded_name").values_list("pk", flat=True)[0]
    return {
        FLOOR: "/api/floor/nothing/",
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


def asked(port: int, path: str, requests: int, *, tag: str = "") -> tuple[list[float], str, str]:
    """Ask one after the other; return milliseconds, the last `X-Cache` and the last `ETag`."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    taken, said, etag = [], "", ""
    headers = {"If-None-Match": tag} if tag else {}
    for _ in range(requests):
        began = time.perf_counter()
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        response.read()
        taken.append((time.perf_counter() - began) * 1_000)
        assert response.status in {http.client.OK, http.client.NOT_MODIFIED}, path
        said, etag = response.getheader("X-Cache", ""), response.getheader("ETag", "")
    connection.close()
    return taken, said, etag


def measured(
    port: int, wanted: Mapping[str, str], tags: Mapping[str, str]
) -> dict[str, list[float]]:
    """Ask for everything in turn, `CLIENTS` at once."""
    found: dict[str, list[float]] = {name: [] for name in wanted}
    with ThreadPoolExecutor(CLIENTS) as pool:
        for _ in range(ROUNDS):
            for name, path in wanted.items():
                turns = [
                    pool.submit(asked, port, path, REQUESTS, tag=tags.get(name, ""))
                    for _ in range(CLIENTS)
                ]
                for turn in turns:
                    found[name] += turn.result()[0]
    return found


def main() -> None:
    with demo.loaded():
        wanted = paths()
        with site.serving() as server:
            first = {  # both workers load and keep what they need
                name: asked(server.port, path, REQUESTS) for name, path in wanted.items()
            }
            tags = {name: etag for name, (_, _, etag) in first.items() if name != FLOOR}
            whole = measured(server.port, wanted, {})
            known = measured(server.port, wanted, tags)
    table = Table(title=f"{CLIENTS} clients at once, {site.WORKERS} workers, the same server")
    table.add_column("")
    for column in ("X-Cache", "p50 ms", "p99 ms", "p50 / empty", "304: p50 / empty", ""):
        table.add_column(column, justify="right")
    floors = statistics.median(whole[FLOOR]), statistics.median(known[FLOOR])
    for name, taken in whole.items():
        p50, p99 = np.percentile(taken, [50, 99])
        ratio, again = p50 / floors[0], statistics.median(known[name]) / floors[1]
        verdict = "" if name == FLOOR else "ok" if ratio <= GOAL else "above the goal"
        table.add_row(
            name,
            first[name][1],
            f"{p50:.2f}",
            f"{p99:.2f}",
            f"{ratio:.2f}",
            f"{again:.2f}",
            verdict,
        )
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
