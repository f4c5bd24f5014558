"""How long it takes from `moviverse serve` to the first page: from nothing, and the second time."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from moviverse.cli import embedded_postgres
from tests.integration.supervised import Site


def seconds_to_the_first_page(site: Site) -> float:
    began = time.perf_counter()
    site.start()
    page = site.get("/")
    assert page.status_code == httpx.codes.OK, page.text
    return time.perf_counter() - began


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        site = Site(home=Path(folder) / "home")
        first = seconds_to_the_first_page(site)
        site.stop()
        second = seconds_to_the_first_page(site)
        site.stop()
        embedded_postgres.stop(site.home / "postgres")
    table = Table(title="From `moviverse serve` to the first page, packages installed")
    table.add_column("")
    table.add_column("seconds", justify="right")
    table.add_row("from nothing: database, demo, models, accounts", f"{first:.1f}")
    table.add_row("the second time", f"{second:.1f}")
    Console().print(table)


if __name__ == "__main__":
    main()
