"""What a live recommendation costs beside the framework alone, and where its time goes.

One server, one run: an empty view, an authenticated list of 20 films read with one query, and
`GET /api/movies/recommendations/`: token checked, history read, scored, explained, receipt kept.
"""

from __future__ import annotations

import http.client
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import numpy as np
import orjson
from django.test import RequestFactory
from django.utils import timezone
from rich.console import Console
from rich.table import Table

from benchmarks import demo, site
from moviverse.accounts import tokens
from moviverse.api.recommendations.answers import answer_body
from moviverse.api.recommendations.personal import Recommendations
from moviverse.catalog import selectors as catalog
from moviverse.recommendations import drafts, receipts, selectors, services
from moviverse.recommendations.wishes import Wish

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from moviverse.accounts.models import User

CLIENTS = 8
ROUNDS, REQUESTS = 8, 40  # requests of a client in a round
STEPS = 300
LIST = "20 films, one query, DRF's serializer"
OURS = "recommendations"
PATHS = {
    "an empty view": "/api/floor/nothing/",
    "20 films, one query, no serializer": "/api/floor/rows/",
    LIST: "/api/floor/films/",
    OURS: "/api/movies/recommendations/",
}


def latencies(port: int, path: str, access: Sequence[str]) -> list[float]:
    """Ask with CLIENTS connections at once; return milliseconds."""

    def ask(number: int) -> list[float]:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        taken = []
        for turn in range(REQUESTS):
            token = access[(number + turn * CLIENTS) % len(access)]
            began = time.perf_counter()
            connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
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


def timed(act: Callable[[], object]) -> float:
    """Return the median milliseconds of an act."""
    taken = []
    for _ in range(STEPS):
        began = time.perf_counter()
        act()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def steps(console: Console, user: User, token: str) -> None:
    """Show where the time of one request goes, in one process with nobody beside it."""
    now, wish = timezone.now(), Wish()
    answer = services.recommend_for(user=user, wish=wish, now=now)
    said = selectors.history(user=user)
    draft = drafts.drafted(said, wish)
    assert draft is not None
    rows, ids = draft.rows[: wish.limit], draft.ids()[: wish.limit]
    scores = draft.scores[rows].tolist()

    def keep() -> None:
        fresh = replace(answer, request_id=uuid4())
        receipts.keep(answer=fresh, user_id=user.pk, said=said, wish=wish)

    found = {
        "token": timed(lambda: tokens.user_of(access=token, now=now)),
        "history": timed(lambda: selectors.history(user=user)),
        "score, filter, rank": timed(lambda: drafts.drafted(said, wish)),
        "explain": timed(lambda: draft.explain(rows, scores)),
        "predict ratings": timed(lambda: drafts.predicted(draft.served, draft.taste, rows)),
        "cards": timed(lambda: catalog.cards(ids)),
        "receipt": timed(keep),
        "render": timed(lambda: orjson.dumps(answer_body(answer))),
    }
    view, factory = Recommendations.as_view(), RequestFactory()
    header: dict[str, Any] = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    whole = timed(lambda: view(factory.get(PATHS[OURS], **header)).render())
    table = Table(title=f"Where the time of one request goes, {len(said)} films in the history")
    table.add_column("")
    table.add_column("p50 ms", justify="right")
    for name, milliseconds in found.items():
        table.add_row(name, f"{milliseconds:.2f}")
    table.add_row("the framework's view around them", f"{whole - sum(found.values()):.2f}")
    table.add_row("together", f"{whole:.2f}")
    console.print(table)


def main() -> None:
    console = Console()
    with demo.loaded():
        people = demo.members()
        endpoints(console, [token for _, token in people])
        steps(console, *people[0])


if __name__ == "__main__":
    main()
