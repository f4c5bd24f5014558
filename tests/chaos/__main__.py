"""Let TMDb fail in every way, ask the site for everything meanwhile, and judge the answers.

    python -m tests.chaos [--modes 500 hang] [--seconds 3] [--home FOLDER]

It ends with 1 when an answer is a 500 or takes longer than six seconds, when a film or a list that
the site has is not shown, when TMDb is asked more than fifty times in a second, or when the site
takes longer than 65 seconds to notice that TMDb is well again.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.chaos import asking
from tests.chaos.site import standing
from tests.fakes import tmdb_faults, tmdb_server

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.chaos.asking import Answered, People
    from tests.fakes.tmdb_faults import Mode
    from tests.fakes.tmdb_server import Server

SLOWEST_SECONDS = 6.0
MOST_CALLS_A_SECOND = 50
BACK_WITHIN_SECONDS = 65.0
IN_A_ROW = 4  # films that were missing and are shown: so many, and each web worker has seen it
GOOD = {200, 201, 204}
SLOW_SECONDS = 3.0  # of the mode `slow`
HEADER = ("mode", "asked", "answers by status", "p50 s", "max s", "calls/s", "back s")
WIDTHS = (14, 6, 34, 6, 6, 8, 7)


@dataclass(frozen=True)
class Phase:
    """What came of one mode."""

    mode: Mode
    answers: list[Answered]
    most_calls: int
    back_seconds: float | None

    @property
    def slowest(self) -> Answered:
        """The answer that took longest."""
        return max(self.answers, key=lambda each: each.seconds)

    @property
    def faults(self) -> list[str]:
        """What should not have been, in sentences."""
        said = Counter(
            f"{each.kind}: {each.status or 'no answer'}"
            for each in self.answers
            if each.status in {asking.OUR_FAULT, asking.NO_ANSWER}
            or (each.kind in asking.WARM and each.status not in GOOD)
            or (each.kind.startswith("favourite") and each.status not in GOOD)
        )
        found = [f"{what} ({times} times)" for what, times in said.items()]
        if self.slowest.seconds > SLOWEST_SECONDS:
            found.append(f"{self.slowest.kind} took {self.slowest.seconds:.1f} s")
        if self.most_calls > MOST_CALLS_A_SECOND:
            found.append(f"TMDb was asked {self.most_calls} times in a second")
        if self.back_seconds is None:
            found.append(f"not back {BACK_WITHIN_SECONDS:.0f} s after TMDb was")
        return found

    def row(self) -> tuple[str, ...]:
        """Return the phase as a line of the table."""
        by_status = Counter(str(each.status or "none") for each in self.answers)
        return (
            self.mode,
            str(len(self.answers)),
            " ".join(f"{status}:{times}" for status, times in sorted(by_status.items())),
            f"{statistics.median(each.seconds for each in self.answers):.2f}",
            f"{self.slowest.seconds:.2f}",
            str(self.most_calls),
            "never" if self.back_seconds is None else f"{self.back_seconds:.1f}",
        )


def main() -> int:
    """Run the phases; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--modes", nargs="+", choices=tmdb_faults.MODES, default=tmdb_faults.MODES)
    parser.add_argument("--seconds", type=float, default=3.0, help="that a mode lasts")
    parser.add_argument("--home", type=Path, help="a folder to keep; a new one unless told")
    asked = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="moviverse-chaos-") as folder:
        phases = _run(asked.home or Path(folder), asked.modes, seconds=asked.seconds)
    faults = [f"{phase.mode}: {fault}" for phase in phases for fault in phase.faults]
    for fault in faults:
        _say(f"  {fault}")
    outcome = f"{len(faults)} faults" if faults else "Nothing was wrong"
    _say(f"{outcome} in {len(phases)} modes, {time.monotonic() - began:.0f} s.")
    return 1 if faults else 0


def _run(home: Path, modes: Sequence[Mode], *, seconds: float) -> list[Phase]:
    with tmdb_server.running() as tmdb:
        _say("Starting the site ...")
        with standing(home=home, tmdb_url=tmdb.url) as site:
            cards = site.get("/api/movies/?page_size=20").json()["results"]
            people = asking.People(
                base_url=f"http://127.0.0.1:{site.port}",
                token=site.login(),
                warm=[card["tmdb_id"] for card in cards],
            )
            people.during(seconds)  # everything is read once
            _say(_line(HEADER))
            phases = []
            for mode in modes:
                people.token = site.login()  # a token lives for minutes
                phase = _phase(mode, tmdb, people, seconds=seconds)
                phases.append(phase)
                _say(_line(phase.row()))
            return phases


def _phase(mode: Mode, tmdb: Server, people: People, *, seconds: float) -> Phase:
    tmdb.forget()
    retry_after = "2" if mode == "429" else ""
    tmdb.switch(mode, seconds=SLOW_SECONDS, retry_after=retry_after)
    answers = people.during(seconds)
    tmdb.switch("ok")
    back_seconds = _back(people)
    return Phase(mode, answers, _most_calls(tmdb), back_seconds)


def _back(people: People) -> float | None:
    """Return how long the site takes to fetch films again, as each of its processes sees it."""
    began = time.monotonic()
    row = 0
    while row < IN_A_ROW:
        row = row + 1 if people.detail(people.missing()).status in GOOD else 0
        passed = time.monotonic() - began
        if passed > BACK_WITHIN_SECONDS:
            return None
        if not row:
            time.sleep(0.25)
    return time.monotonic() - began


def _most_calls(tmdb: Server) -> int:
    """Return how often TMDb was asked in the busiest second."""
    times = sorted(call.at for call in tmdb.calls)
    return max((bisect_left(times, at + 1.0) - place for place, at in enumerate(times)), default=0)


def _line(cells: Sequence[str]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True)).rstrip()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
