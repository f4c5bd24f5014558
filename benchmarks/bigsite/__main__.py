"""Fill the big site once, train on it once, then print how long its answers take.

The first run takes minutes; `var/bench` (or `BENCHMARK_HOME`) keeps the site for the next one.
`BENCHMARK_DATABASE_URL` names another PostgreSQL than the embedded one, with a database of its own.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import fields
from itertools import repeat
from typing import TYPE_CHECKING

import numpy as np
import psutil
from django.utils import timezone
from rich.console import Console
from rich.table import Table

from benchmarks.bigsite import filling, home, members, questions
from benchmarks.bigsite.asking import CLIENTS, Answers, ask
from benchmarks.bigsite.questions import AGAIN, FLOOR, RECOMMENDATIONS
from benchmarks.bigsite.size import Size
from moviverse.cli import console as terminal
from moviverse.recommendations.services import training

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.bigsite.questions import Question
    from benchmarks.site import Server

WARMING = 0.1  # of the requests, asked before: both workers load what they need
ROUNDS, OF_A_ROUND = 8, 100  # of the comparison with the list
SHOWN_ERRORS = 3
COLUMNS = ("p50 ms", "p95 ms", "p99 ms", "a second", "cached", "web CPU ms", "database CPU ms")
MODELS = ("Hybrid",)


def main() -> int:
    """Fill, train, measure; return 1 when an answer was an error or took longer than it may."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bigsite", description=__doc__)
    parser.add_argument("--fill", action="store_true", help="fill and train, and measure nothing")
    parser.add_argument("--only", metavar="WORD", help="only the lines that hold this word")
    for each in fields(Size):
        parser.add_argument(f"--{each.name}", type=int, default=each.default)
    asked = vars(parser.parse_args())
    fill, only = asked.pop("fill"), asked.pop("only")
    size = Size(**asked)
    with home.opened():
        with terminal.progress() as progress:
            filling.fill(size, now=timezone.now(), progress=progress)
            if not training.is_current(MODELS):
                training.train(
                    names=MODELS,
                    now=timezone.now(),
                    rng=np.random.default_rng(0),
                    progress=progress,
                )
        return 0 if fill else _measured(size, only or "")


def _measured(size: Size, only: str) -> int:
    console = Console(width=150)
    with members.signed_in() as signed_in, home.site.serving() as server:
        drawn = questions.Site(size.films, signed_in)
        asked = questions.questions(drawn)
        lines = [questions.mix(asked, drawn), *asked]
        wrong = _table(console, server, [each for each in lines if only in each.name], size)
        if not only:
            _comparison(console, server, {each.name: each for each in asked})
    return 1 if wrong else 0


def _table(console: Console, server: Server, lines: Sequence[Question], size: Size) -> list[str]:
    table = Table(
        title=f"{size.films:,} films, {size.members:,} members, {size.deeds:,} things done; "
        f"{CLIENTS} clients at once, {home.site.WORKERS} workers"
    )
    table.add_column("")
    for column in (*COLUMNS, "p95 may be"):
        table.add_column(column, justify="right")
    wrong = []
    for line in lines:
        answers = _asked(server, line)
        p50, p95, p99 = answers.percentiles()
        late = line.p95_ms is not None and p95 > line.p95_ms
        count = len(answers.took)
        table.add_row(
            line.name,
            *(f"{each:,.1f}" for each in (p50, p95, p99)),
            f"{count / answers.seconds:,.0f}",
            f"{answers.from_cache / count:.0%}" if answers.from_cache else "",
            f"{answers.web_cpu / count:.1f}",
            f"{answers.database_cpu / count:.1f}",
            f"{line.p95_ms:,.0f}{' MISSED' if late else ''}" if line.p95_ms else "",
        )
        wrong += [f"{line.name} took {p95:,.1f} ms."] if late else []
        wrong += [f"{line.name}: {len(answers.errors):,} errors"] if answers.errors else []
        for error in answers.errors[:SHOWN_ERRORS]:
            print(error, file=sys.stderr)
    console.print(table)
    return wrong


def _asked(server: Server, line: Question) -> Answers:
    web = psutil.Process(server.pid)
    few = max(CLIENTS, round(line.requests * WARMING))
    ask(server.port, web, [line.make() for _ in range(few)])
    return ask(server.port, web, [line.make() for _ in range(line.requests)])


def _comparison(console: Console, server: Server, lines: dict[str, Question]) -> None:
    """Print what live recommendations take beside a plain list of films, turn by turn."""
    names = (FLOOR, RECOMMENDATIONS, AGAIN)
    found = dict(zip(names, repeat(Answers()), strict=False))
    web = psutil.Process(server.pid)
    for _ in range(ROUNDS):
        for name in names:
            found[name] += ask(server.port, web, [lines[name].make() for _ in range(OF_A_ROUND)])
    floor = found[FLOOR].percentiles()[0]
    for name in (RECOMMENDATIONS, AGAIN):
        ours = found[name].percentiles()[0]
        console.print(
            f"{name.capitalize()}: {ours / floor:.2f} times as long as {FLOOR} "
            f"(p50 {ours:.1f} and {floor:.1f} ms, {ROUNDS} turns each)."
        )


if __name__ == "__main__":
    sys.exit(main())
