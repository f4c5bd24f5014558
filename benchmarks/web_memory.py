"""What a web worker holds in memory when it has answered everything with the demo's models."""

from __future__ import annotations

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks import demo, site
from benchmarks.recommendations_endpoint import latencies

PATHS = (
    "/api/movies/recommendations/",
    "/api/movies/recommendations/?strategy=collab&diversity=0.5",
    "/api/movies/recommendations/?strategy=content",
    "/api/movies/949/similar/",
    "/api/movies/949/recommendations/",
    "/api/movies/",
    "/api/movies/search/?q=heat",
    "/api/models/",
    "/",
)
MEBIBYTE = 2**20


def main() -> None:
    with demo.loaded():
        access = [token for _, token in demo.members()]
        with site.serving() as server:
            for path in PATHS:
                latencies(server.port, path, access)
            table = Table(title="A web worker with the demo's models, MiB")
            for column in ("", "resident", "of it its own", "of it shared"):
                table.add_column(column, justify="right" if column else "left")
            for number, worker in enumerate(psutil.Process(server.pid).children(), start=1):
                used = worker.memory_full_info()
                row = (used.rss, used.uss, used.rss - used.uss)
                table.add_row(f"worker {number}", *(f"{each / MEBIBYTE:.0f}" for each in row))
    Console().print(table)


if __name__ == "__main__":
    main()
