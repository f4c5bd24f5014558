"""Lists made ahead for a whole site: how many people a second a model scores, in how much memory.

`python -m benchmarks.generate_recommendations [--users 100000] [--films 10000] [--models EASE,Hybrid]`

People and films are made up, by Zipf's law. Each model is trained in a process of its own, on one
thread, and then asked for the best 100 films of everybody, as the job `generate_recommendations` does:
histories, all scores, what was seen left out, the best kept. The database is not part of it.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
import numpy as np
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moviverse.config.settings.dev")
django.setup()

from benchmarks.ease import memory_mb  # noqa: E402 - after the setup
from moviverse.recommendations import blocks  # noqa: E402
from moviverse.recommendations.selectors import Memory  # noqa: E402
from moviverse.recommendations.services.preparing import LISTED  # noqa: E402
from moviverse.recommendations.shelf import Served  # noqa: E402
from moviverse.recommendations.wishes import Told  # noqa: E402
from moviverse_engine.features import ItemFeatures  # noqa: E402
from moviverse_engine.interactions import IdMap, Interactions  # noqa: E402
from moviverse_engine.models import HybridConfig, SVDConfig  # noqa: E402
from moviverse_engine.models.registry import MODELS  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moviverse_engine.models import Model

GOAL = 5_000  # people a second
LEARNT_FROM = 20_000  # people
HISTORY = 35  # films of a person, on average
GENRES, WORDS, WORDS_OF_A_FILM = 19, 3_500, 12
BATCH = 2_000  # people whose histories are there at a time


@dataclass(frozen=True)
class Cell:
    """What generating took: people a second of processor's time, MB over what the model had."""

    people_a_second: float
    peak_mb: float
    training_seconds: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--users", type=int, default=100_000)
    parser.add_argument("--films", type=int, default=10_000)
    parser.add_argument("--models", default="EASE,iALS,Hybrid", help="names with commas")
    asked = parser.parse_args()
    table = Table(
        title=f"The best 100 of {asked.films:,} films for {asked.users:,} people; one thread",
        caption=f"goal: {GOAL:,} people a second",
    )
    for column in ("", "people a second", "peak MB over the model", "training, seconds"):
        table.add_column(column, justify="right")
    for name in asked.models.split(","):
        cell = measured(name, users=asked.users, films=asked.films)
        table.add_row(
            name,
            f"{cell.people_a_second:,.0f}",
            f"{cell.peak_mb:,.0f}",
            f"{cell.training_seconds:,.0f}",
        )
    Console(width=110).print(table)


def measured(name: str, *, users: int, films: int) -> Cell:
    """Measure in a process of its own, whose memory is its own, too."""
    context = multiprocessing.get_context("spawn")
    report = context.SimpleQueue()
    child = context.Process(target=_measure, args=(name, users, films, report))
    child.start()
    cell: Cell = report.get()
    child.join()
    return cell


def _measure(name: str, users: int, films: int, report: Any) -> None:
    with threadpool_limits(limits=1):
        began = time.process_time()
        served = _served(name, films)
        training = time.process_time() - began
        blocks.tops(served, list(_memories(np.random.default_rng(2), 10, films)), limit=LISTED)
        rng, spent = np.random.default_rng(1), 0.0
        before = memory_mb("VmRSS")
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
        for _ in range(0, users, BATCH):
            people = list(_memories(rng, BATCH, films))
            began = time.process_time()
            blocks.tops(served, people, limit=LISTED)
            spent += time.process_time() - began
    report.put(Cell(users / spent, memory_mb("VmHWM") - before, training))


def _served(name: str, films: int) -> Served:
    """Return a trained model as the job sees one; facts are for filters, which there are none of."""
    rng = np.random.default_rng(0)
    people = np.repeat(np.arange(LEARNT_FROM), HISTORY)
    items = _films(rng, len(people), films)
    ratings = rng.choice([2.0, 3.0, 3.5, 4.0, 5.0], size=len(people)).astype(np.float32)
    data = Interactions.from_columns(people, items, ratings, np.zeros(len(people), np.int64))
    config: Any = MODELS[name].config_type()
    if isinstance(config, HybridConfig):
        config = replace(config, svd=SVDConfig(rank=0, iterations=1))  # it ranks nothing
    model: Model[Any] = MODELS[name](config)
    model.fit(data, _features(rng, films), rng=rng)
    return Served(name, "1", model, None)  # type: ignore[arg-type]


def _features(rng: np.random.Generator, films: int) -> ItemFeatures:
    records = {
        film: {
            "genres": [f"genre {each}" for each in rng.integers(GENRES, size=3).tolist()],
            "keywords": [
                f"word {each}" for each in rng.integers(WORDS, size=WORDS_OF_A_FILM).tolist()
            ],
        }
        for film in range(films)
    }
    return ItemFeatures.build(IdMap(np.arange(films)), records)


def _memories(rng: np.random.Generator, people: int, films: int) -> Iterator[Memory]:
    told = [Told(value / 2) for value in range(1, 11)]
    lengths = rng.poisson(HISTORY - 1, size=people) + 1
    for length in lengths.tolist():
        items = _films(rng, length, films).tolist()
        values = rng.integers(len(told), size=length).tolist()
        yield Memory({item: told[value] for item, value in zip(items, values, strict=True)})


def _films(rng: np.random.Generator, count: int, films: int) -> np.ndarray[Any, Any]:
    """Draw films by Zipf's law."""
    return ((films + 1) ** rng.random(count)).astype(np.int64) - 1


if __name__ == "__main__":
    main()
