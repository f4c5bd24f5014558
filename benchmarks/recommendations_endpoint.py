"""What a live recommendation costs beside the framework alone, and where its time goes.

One server, one run: an empty view, an authenticated list of 20 films read with one query, and
`GET /api/movies/recommendations/`: token checked, history read, scored, explained, receipt kept. What
was asked for before is not scored again, so each request that is to be scored has another filter.
"""

from __future__ import annotations

import http.client
import itertools
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any

import numpy as np
from django.test import Client
from django.utils.module_loading import import_string
from rich.console import Console
from rich.table import Table

from benchmarks import demo, site
from moviverse.accounts import tokens
from moviverse.catalog import selectors as catalog
from moviverse.recommendations import drafts, reasons, receipts, selectors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

CLIENTS = 8
ROUNDS, REQUESTS = 8, 40  # requests of a client in a round
STEPS = 300
LIST = "20 films, one query, DRF's serializer"
OURS, AGAIN = "recommendations, each with a wish of its own", "recommendations, asked for again"
YEARS = itertools.cycle(range(1000, 1900))  # before all films: a filter that lets all pass
PATHS = {
    "an empty view": "/api/floor/nothing/",
    "20 films, one query, no serializer": "/api/floor/rows/",
    LIST: "/api/floor/films/",
    OURS: "/api/movies/recommendations/?year_from={year}",
    AGAIN: "/api/movies/recommendations/",
}


def latencies(port: int, path: str, access: Sequence[str]) -> list[float]:
    """Ask with CLIENTS connections at once; return milliseconds."""

    def ask(number: int) -> list[float]:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        taken = []
        for turn in range(REQUESTS):
            token = access[(number + turn * CLIENTS) % len(access)]
            began = time.perf_counter()
            asked = path.format(year=next(YEARS))
            connection.request("GET", asked, headers={"Authorization": f"Bearer {token}"})
            response = connection.getresponse()
            body = response.read()
            taken.append((time.perf_counter() - began) * 1000)
            assert response.status == http.client.OK, body
        connection.close()
        return taken

    with ThreadPoolExecutor(CLIENTS) as pool:
        return [each for taken in pool.map(ask, range(CLIENTS)) for each in taken]


def endpoints(console: Console, access: Sequence[str]) -> None:
    found: dict[str, list[float]] = {name: [] for name in PATHS}
    with site.serving() as server:
        for path in PATHS.values():
            latencies(server.port, path, access)  # both workers load what they need
        for _ in range(ROUNDS):
            for name, path in PATHS.items():
                found[name] += latencies(server.port, path, access)
    table = Table(title=f"{CLIENTS} clients at once, {site.WORKERS} workers, the same server")
    table.add_column("")
    for column in ("p50 ms", "p99 ms", "p50 / the list"):
        table.add_column(column, justify="right")
    of_list = statistics.median(found[LIST])
    for name, taken in found.items():
        p50, p99 = np.percentile(taken, [50, 99])
        table.add_row(name, f"{p50:.2f}", f"{p99:.2f}", f"{p50 / of_list:.2f}")
    console.print(table)


@contextmanager
def timed(places: Mapping[str, tuple[Any, str]]) -> Iterator[dict[str, list[float]]]:
    """Take the time of some functions where they are called, in milliseconds, by their names.

    Called on its own again and again, a function finds everything in the processor's caches and
    looks faster than it is.
    """
    taken: dict[str, list[float]] = {name: [] for name in places}
    originals = {name: getattr(owner, attribute) for name, (owner, attribute) in places.items()}

    def timing(name: str) -> Callable[..., Any]:
        @wraps(originals[name])
        def call(*values: Any, **named: Any) -> Any:
            began = time.perf_counter()
            try:
                return originals[name](*values, **named)
            finally:
                taken[name].append((time.perf_counter() - began) * 1000)

        return call

    for name, (owner, attribute) in places.items():
        setattr(owner, attribute, timing(name))
    try:
        yield taken
    finally:
        for name, (owner, attribute) in places.items():
            setattr(owner, attribute, originals[name])


def steps(console: Console, token: str) -> None:
    """Show where the time of one request goes, in one process with nobody beside it."""
    renderer = import_string("drf_orjson_renderer.renderers.ORJSONRenderer")
    client = Client(headers={"host": "127.0.0.1", "authorization": f"Bearer {token}"})
    steps_of_a_request = {
        "token": (tokens, "user_of"),
        "history": (selectors, "memory"),
        "score, filter, rank": (drafts, "drafted"),
        "cards": (catalog, "cards"),
        "explain": (reasons, "told"),
        "predict ratings": (drafts, "predicted"),
        "receipt": (receipts, "keep"),
        "render": (renderer, "render"),
    }
    whole = []
    client.get(PATHS[AGAIN])
    with timed(steps_of_a_request) as taken:
        for _ in range(STEPS):
            began = time.perf_counter()
            path = PATHS[OURS].format(year=next(YEARS))
            assert client.get(path).status_code == http.client.OK
            whole.append((time.perf_counter() - began) * 1000)
    found = {name: statistics.median(each) for name, each in taken.items()}
    together = statistics.median(whole)
    found["the framework around them"] = together - sum(found.values())
    table = Table(title="Where the time of one request goes, in process")
    table.add_column("")
    for column in ("p50 ms", "share"):
        table.add_column(column, justify="right")
    for name, milliseconds in (*found.items(), ("together", together)):
        table.add_row(name, f"{milliseconds:.2f}", f"{milliseconds / together:.0%}")
    console.print(table)


def main() -> None:
    console = Console()
    with demo.loaded():
        people = demo.members()
        endpoints(console, [token for _, token in people])
        steps(console, people[0][1])


if __name__ == "__main__":
    main()
