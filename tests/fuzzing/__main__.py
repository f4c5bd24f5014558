"""Send what the OpenAPI document allows, and what it does not, to every operation.

An answer fails that is a 5xx, but for a documented 503, or whose status, content type,
headers or body the document does not describe.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click
import schemathesis
from rich.console import Console
from rich.table import Table
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from tests.fuzzing.site import Ids, Site, Somebody, standing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemathesis.core.failures import Failure
    from schemathesis.schemas import BaseSchema

SCHEMA = "/api/schema/"
CHECKS = (
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
EXPECTED = ["2xx", "3xx", "4xx", "503"]
WHO = ("member", "admin", "nobody")
SHOWN = 3  # examples of one failure


@dataclass
class Tally:
    """What happened to one operation."""

    statuses: Counter[int] = field(default_factory=Counter)
    failures: dict[str, list[tuple[Failure, str]]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


def run(
    site: Site, who: Somebody | None, *, examples: int, seed: int, only: str
) -> dict[str, Tally]:
    """Send the requests of one person, or of nobody, to every operation."""
    config = SchemathesisConfig.from_dict(_configuration(examples, seed))
    schema: BaseSchema = schemathesis.openapi.from_wsgi(SCHEMA, site.app, config=config)
    if only:
        schema = schema.include(path_regex=only)
    _hook(schema, site, who)
    tallies: dict[str, Tally] = {}
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            _count(event, tallies)
        elif isinstance(event, events.NonFatalError):
            tallies.setdefault(event.label, Tally()).errors.append(str(event.value))
        elif isinstance(event, events.FatalError):
            raise event.exception
    return tallies


def _configuration(examples: int, seed: int) -> dict[str, Any]:
    return {
        "seed": seed,
        "continue-on-failure": True,
        "cache": {"enabled": False},
        "checks": {
            "enabled": False,
            **{name: {"enabled": True} for name in CHECKS},
            # A model that nobody trained is a 503 with its own code, and documented as one.
            "not_a_server_error": {"enabled": True, "expected-statuses": EXPECTED},
        },
        "generation": {"max-examples": examples, "database": "none", "no-shrink": True},
        "phases": {"stateful": {"enabled": True}},
    }


def _hook(schema: Any, site: Site, who: Somebody | None) -> None:
    ids = Ids(site)

    def map_path_parameters(_context: Any, path_parameters: Any) -> Any:
        if path_parameters and "tmdb_id" in path_parameters:
            return {**path_parameters, "tmdb_id": ids.known(path_parameters["tmdb_id"])}
        return path_parameters

    def map_body(_context: Any, body: Any) -> Any:
        if isinstance(body, dict):
            known = {
                name: ids.known(body[name]) for name in ("movie_id", "tmdb_id") if name in body
            }
            return {**body, **known}
        return body

    schema.hook(map_path_parameters)
    schema.hook(map_body)
    if who is not None:
        _sign_in(schema, who)


def _sign_in(schema: Any, who: Somebody) -> None:
    @schema.auth(refresh_interval=None)  # a request to sign out ends the token of no other request
    class SignedIn:
        def get(self, _case: Any, _context: Any) -> str:
            return who.header

        def set(self, case: Any, data: str, _context: Any) -> None:
            case.headers["Authorization"] = data


def _count(event: events.ScenarioFinished, tallies: dict[str, Tally]) -> None:
    recorder = event.recorder
    for case_id, node in recorder.cases.items():
        tally = tallies.setdefault(node.value.operation.label, Tally())
        answered = recorder.interactions.get(case_id)
        if answered is not None and answered.response is not None:
            tally.statuses[answered.response.status_code] += 1
        for check in recorder.checks.get(case_id, ()):
            if check.failure_info is not None:
                failure = check.failure_info.failure
                sample = check.failure_info.code_sample
                kept = tally.failures.setdefault(f"{check.name}: {failure.title}", [])
                kept.append((failure, sample))


def report(tallies: dict[str, Tally], console: Console, title: str) -> None:
    """Print what was sent to each operation and what was wrong with its answers."""
    table = Table(title=title, title_justify="left")
    for heading in ("operation", "cases", "2xx", "4xx", "5xx", "failures"):
        table.add_column(heading, justify="left" if heading == "operation" else "right")
    for label, tally in sorted(tallies.items()):
        classes = Counter[int]()
        for status, times in tally.statuses.items():
            classes[status // 100] += times
        cells = [tally.statuses.total(), classes[2], classes[4], classes[5], failed(tally)]
        table.add_row(label, *map(str, cells))
    console.print(table)
    for label, tally in sorted(tallies.items()):
        for line in _said(tally):
            console.print(f"[{label}] {line}", markup=False, soft_wrap=True)


def _said(tally: Tally) -> Iterator[str]:
    yield from tally.errors
    for name, found in tally.failures.items():
        yield f"{name} ({len(found)} times)"
        for failure, sample in found[:SHOWN]:
            yield f"    {failure.message}"
            yield f"    {sample}"


def failed(tally: Tally) -> int:
    """Return how much is wrong with an operation."""
    return len(tally.errors) + sum(map(len, tally.failures.values()))


@click.command()
@click.option("--examples", default=15, help="Generated cases an operation, besides the others.")
@click.option("--seed", default=20260101, help="The same seed makes the same requests.")
@click.option("--only", default="", help="A pattern of the paths to ask.")
@click.option("--who", multiple=True, default=WHO, type=click.Choice(WHO), help="Everybody.")
def main(examples: int, seed: int, only: str, who: tuple[str, ...]) -> None:
    """Run as a member, as an administrator and as nobody; exit with 1 on a failure."""
    console = Console(width=120)
    cases = failures = 0
    with standing() as site:
        people = {"member": site.member, "admin": site.admin, "nobody": None}
        for name in who:
            tallies = run(site, people[name], examples=examples, seed=seed, only=only)
            report(tallies, console, f"As {name}")
            cases += sum(tally.statuses.total() for tally in tallies.values())
            failures += sum(map(failed, tallies.values()))
    console.print(f"{cases} cases, {failures} failures")
    sys.exit(1 if failures or not cases else 0)


if __name__ == "__main__":
    main()
