"""Training time, memory and answers of every model as users and films grow, and EASE past its budget.

MovieLens 1M is enlarged by `moviverse_engine.interactions.enlarging`, with the genres and decades
of its films. Every cell is a process of its own that is stopped at a limit of CPU time, or at twice
as much by the clock.
"""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.data import datasets
from benchmarks.ease import answer_times, interactions, memory_mb
from moviverse_engine import EngineError
from moviverse_engine.evaluation import measure, strong
from moviverse_engine.features import ItemFeatures
from moviverse_engine.interactions import IdMap, Interactions
from moviverse_engine.interactions.enlarging import enlarged
from moviverse_engine.interactions.movielens import read_films, read_ratings
from moviverse_engine.models import EASE, EASEConfig
from moviverse_engine.models.registry import MODELS
from moviverse_engine.rerank import top_k

if TYPE_CHECKING:
    from collections.abc import Callable

    from moviverse_engine.models import Model

SIZES = ((1, 1), (2, 1), (1, 5), (10, 1), (10, 5))
LIMIT_SECONDS, ALL_SECONDS = 120.0, 750.0
QUICK_SIZES = ((1, 1), (2, 1))
QUICK_LIMIT_SECONDS, QUICK_ALL_SECONDS = 15.0, 90.0
PEOPLE = 200  # whose answers are timed
MANY_ITEMS, TIGHT_MB, MANY_LIMIT_SECONDS = 60_000, 512, 240.0
SMALL_BUDGETS_MB = (65, 16, 4)


@dataclass(frozen=True)
class Cell:
    """What a training cost: CPU seconds, peak in MB over its base, milliseconds an answer."""

    seconds: float
    peak_mb: float
    answer_ms: float
    said: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.seconds:.1f} s, {self.peak_mb:,.0f} MB, {self.answer_ms:.2f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="two sizes, within two minutes")
    parser.add_argument("--models", default=",".join(MODELS), help="names with commas")
    asked = parser.parse_args()
    console = Console(width=160)
    name, data, features = material()
    with tempfile.TemporaryDirectory() as folder:
        if not asked.quick:
            past_the_budget(console, name, data)
            many_items(console, data, Path(folder))
        growing(console, asked, name=name, data=data, features=features, folder=Path(folder))


def material() -> tuple[str, Interactions, ItemFeatures | None]:
    """Return MovieLens 1M with genres and decades, or generated data without."""
    folder = datasets() / "ml-1m"
    if not folder.exists():
        return (*interactions(), None)
    records = {
        film.movie_id: {
            "genres": list(film.genres),
            "decade": [] if film.year is None else [f"{film.year // 10 * 10}s"],
        }
        for film in read_films(folder)[0]
    }
    data = read_ratings(folder)[0]
    return "MovieLens 1M", data, ItemFeatures.build(data.items, records)


def growing(
    console: Console,
    asked: argparse.Namespace,
    *,
    name: str,
    data: Interactions,
    features: ItemFeatures | None,
    folder: Path,
) -> None:
    """Print time, memory and answers of every model, a column a size."""
    sizes = QUICK_SIZES if asked.quick else SIZES
    limit = QUICK_LIMIT_SECONDS if asked.quick else LIMIT_SECONDS
    until = time.monotonic() + (QUICK_ALL_SECONDS if asked.quick else ALL_SECONDS)
    names = asked.models.split(",")
    table = Table(
        title=f"{name}, users x and films x; training, peak over base, one person's top 20 (p50)",
        caption=f"each cell a process of its own, stopped at {limit:.0f} s of CPU; settings as they come",
        show_lines=True,
    )
    table.add_column("")
    rows: dict[str, list[str]] = {each: [] for each in names}
    for users, items in sizes:
        made, described = data, features
        if (users, items) != (1, 1):
            made = enlarged(data, users=users, items=items, rng=np.random.default_rng(0))
            described = features and _copied(features, items)
        table.add_column(
            f"{users} x {items}\n{len(made.users):,} users, {len(made.items):,} films\n"
            f"{len(made):,} ratings"
        )
        corpus = folder / f"{users}-{items}"
        made.save(corpus, about={"source": name})
        if described is not None:
            described.save(corpus.with_suffix(".features"))
        for each in names:
            if any(cell.startswith(">") for cell in rows[each]):
                cell = "not tried"
            elif time.monotonic() > until:
                cell = "no time left"
            else:
                cell = str(trained(each, {}, corpus, limit))
            rows[each].append(cell)
            console.print(f"{each}, {users} x {items}: {cell}", style="dim")
    for each, cells in rows.items():
        table.add_row(each, *cells)
    console.print(table)


def many_items(console: Console, data: Interactions, folder: Path) -> None:
    """Print what EASE does with more films than its budget holds."""
    copies = -(-MANY_ITEMS // len(data.items))
    made = enlarged(data, users=2, items=copies, rng=np.random.default_rng(0))
    made.save(folder / "many", about={})
    cell = trained("EASE", {"memory_budget_mb": TIGHT_MB}, folder / "many", MANY_LIMIT_SECONDS)
    full_mb = len(made.items) ** 2 * 4 / 2**20
    console.print(
        f"\nEASE, {len(made.items):,} films, whose matrix would take {full_mb:,.0f} MB, within "
        f"a budget of {TIGHT_MB} MB: {cell}"
    )
    for message in cell.said if isinstance(cell, Cell) else ():
        console.print(f"  it said: {message}")


def past_the_budget(console: Console, name: str, data: Interactions) -> None:
    """Print what the switch costs where the whole matrix fits as well, on validation people."""
    split = strong(data, seed=98765, part="validation")
    budgets = (EASEConfig().memory_budget_mb, *SMALL_BUDGETS_MB)
    table = Table(title=f"EASE past its budget: {name}, strong, validation people, seed 98765")
    for column in ("budget MB", "seconds", "NDCG@100", "loss", "form"):
        table.add_column(column, justify="left" if column == "form" else "right")
    best = None
    for budget in budgets:
        said: list[str] = []
        began = time.process_time()
        model = EASE(EASEConfig(memory_budget_mb=budget)).fit(
            split.train, rng=np.random.default_rng(0), progress=_listening(said)
        )
        seconds = time.process_time() - began
        ndcg = float(measure(model, split).values["NDCG@100"].mean())
        best = ndcg if best is None else best
        told = f"{model.form}; {' '.join(said)}".removesuffix("; ")
        table.add_row(str(budget), f"{seconds:.1f}", f"{ndcg:.4f}", f"{best - ndcg:.4f}", told)
    console.print(table)


def trained(name: str, settings: dict[str, object], corpus: Path, limit: float) -> Cell | str:
    """Train in a process of its own; return what it cost, or in words why there is no figure."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_train, args=(name, settings, corpus, sender), daemon=True)
    child.start()
    sender.close()
    try:
        base_mb: float = receiver.recv()  # once it has loaded everything and begins
        process = psutil.Process(child.pid)
        started, until = _cpu_seconds(process), time.monotonic() + 2 * limit
        while not receiver.poll(0.5):
            if _cpu_seconds(process) - started > limit or time.monotonic() > until:
                peak = memory_mb("VmHWM", str(child.pid)) - base_mb
                return f"> {_cpu_seconds(process) - started:.0f} s, {peak:,.0f} MB so far"
        result: Cell | str = receiver.recv()
    except EOFError:
        return "its process died"
    else:
        return result
    finally:
        child.kill()
        child.join()


def _cpu_seconds(process: psutil.Process) -> float:
    used = process.cpu_times()
    return float(used.user + used.system)


def _train(name: str, settings: dict[str, object], corpus: Path, report: Any) -> None:
    model_type = MODELS[name]
    data = Interactions.load(corpus, mmap=False)
    described = corpus.with_suffix(".features")
    features = ItemFeatures.load(described, items=data.items) if described.exists() else None
    said: list[str] = []
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before = memory_mb("VmRSS")
    report.send(before)
    began = time.process_time()
    try:
        model = model_type(model_type.config_type.from_mapping(settings)).fit(
            data, features, rng=np.random.default_rng(0), progress=_listening(said)
        )
    except (EngineError, MemoryError) as error:
        report.send(str(error) or "out of memory")
        return
    seconds, peak = time.process_time() - began, memory_mb("VmHWM") - before
    report.send(Cell(seconds, peak, _answer_ms(model, data), tuple(said)))


def _answer_ms(model: Model[Any], data: Interactions) -> float:
    people = np.random.default_rng(1).choice(len(data.users), PEOPLE).tolist()
    histories = data.matrix()
    rows = {person: histories[[person]] for person in set(people)}

    def answer(person: int) -> object:
        return top_k(model.score(rows[person])[0], 20, exclude=rows[person].indices)

    return statistics.median([answer_times(answer, people)[0] for _ in range(3)])


def _listening(said: list[str]) -> Callable[[float, str], None]:
    """Keep what a model says of giving up its whole matrix, each sentence once."""

    def tell(_fraction: float, message: str, /) -> None:
        if "sparse" in message and message not in said:
            said.append(message)

    return tell


def _copied(features: ItemFeatures, copies: int) -> ItemFeatures:
    """Describe every copy of a film as the film."""
    rows = np.repeat(np.arange(len(features.items)), copies)
    return replace(features, items=IdMap(np.arange(1, len(rows) + 1)), matrix=features.matrix[rows])


if __name__ == "__main__":
    main()
