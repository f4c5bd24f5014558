"""Print one table: accuracy, training and answers of the engine and of other libraries."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from subprocess import CalledProcessError
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.data import ROOT, datasets
from benchmarks.peers import environment
from moviverse_engine.evaluation import measurement, metrics, split_files
from moviverse_engine.evaluation.intervals import bootstrap_interval
from moviverse_engine.evaluation.ratings import random_ratings
from moviverse_engine.interactions.movielens import read_ratings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moviverse_engine.evaluation import Split
    from moviverse_engine.interactions import Interactions

OURS = "moviverse"
RANKERS = (
    (OURS, "Hybrid"),
    (OURS, "EASE"),
    (OURS, "iALS"),
    (OURS, "ItemKNN"),
    (OURS, "Popularity"),
    ("irspack", "EASE"),
    ("irspack", "iALS"),
    ("irspack", "RP3beta"),
    ("implicit", "ALS"),
    ("implicit", "BM25"),
    ("lenskit", "EASE"),
    ("lenskit", "iALS"),
    ("cornac", "EASE"),
    ("rectools", "EASE"),
)
RATERS = (
    (OURS, "SVD"),
    ("surprise", "SVD"),
    ("surprise", "SVD, tuned"),
    ("surprise", "SVD++"),
    ("lenskit", "BiasedMF"),
)
HOME = ROOT / "var" / "peers"
LIMIT_SECONDS = 300.0  # of one contender
SPLIT = "strong_split_98765.npz"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--only", help="Libraries with commas, such as moviverse,implicit.")
    only = parser.parse_args().only
    console = Console(width=130)
    folder = datasets() / "ml-1m"
    if not folder.exists():
        console.print("Skipped: MovieLens 1M is not here; set MOVIVERSE_DATASETS to its folder.")
        return
    chosen = set(only.split(",")) if only else {library for library, _ in RANKERS + RATERS}
    data, _ = read_ratings(folder)
    with tempfile.TemporaryDirectory() as work:
        bench = Bench(console, Path(work), chosen)
        bench.ranking(split_files.strong(folder / SPLIT, data))
        bench.rating(data)


class Bench:
    """Runs contenders one after the other on the same task."""

    def __init__(self, console: Console, work: Path, chosen: set[str]) -> None:
        self.console, self.work, self.chosen = console, work, chosen

    def ranking(self, split: Split) -> None:
        """Rank for people that no model has seen, all by the same metrics."""
        films, people = split.train.items, split.target.users
        X = split.train.matrix()
        H = measurement.aligned(split.history, people, films)
        wanted = measurement.aligned(split.target, people, films)
        task = self.work / "likes.npz"
        np.savez(
            task,
            n_items=len(films),
            X_indices=X.indices,
            X_indptr=X.indptr,
            H_indices=H.indices,
            H_indptr=H.indptr,
        )
        table = _table(
            f"MovieLens 1M, strong generalisation, {len(people)} unseen people, {len(films)} films",
            ["NDCG@100", "NDCG@10", "Recall@20", "train, s", "top 20 p50 / p99, ms", "people / s"],
        )
        for library, name, found in self._each(RANKERS, task):
            if isinstance(found, str):
                table.add_row(library, name, found)
                continue
            scores = found["scores"]
            scores[H.tocoo().coords] = -np.inf
            hits = metrics.find_hits(scores, metrics.rank_items(scores), wanted.toarray() > 0)
            targets = np.diff(wanted.indptr)
            p50, p99 = np.percentile(found["answer_milliseconds"], (50, 99))
            table.add_row(
                library,
                name,
                _interval(metrics.ndcg_at_k(hits, targets, 100)),
                f"{metrics.ndcg_at_k(hits, targets, 10).mean():.4f}",
                f"{metrics.recall_at_k(hits, targets, 20).mean():.4f}",
                f"{found['training_seconds']:.2f}",
                f"{p50:.3f} / {p99:.2f}",
                f"{found['people_a_second']:,.0f}",
            )
        self.console.print(table)

    def rating(self, data: Interactions) -> None:
        """Predict a random tenth of the ratings, seed 42."""
        split = random_ratings(data, seed=42)
        task = self.work / "ratings.npz"
        train, asked = split.train, split.test
        np.savez(
            task,
            users=train.users.ids[train.user_index],
            items=train.items.ids[train.item_index],
            ratings=train.ratings,
            asked_users=asked.users.ids[asked.user_index],
            asked_items=asked.items.ids[asked.item_index],
        )
        table = _table(
            f"MovieLens 1M, {len(asked):,} ratings to predict (random 90/10, seed 42)",
            ["RMSE", "MAE", "train, s", "pairs / s"],
        )
        for library, name, found in self._each(RATERS, task):
            if isinstance(found, str):
                table.add_row(library, name, found)
                continue
            wrong = found["predicted"] - asked.ratings
            table.add_row(
                library,
                name,
                f"{np.sqrt(np.mean(wrong**2)):.4f}",
                f"{np.abs(wrong).mean():.4f}",
                f"{found['training_seconds']:.1f}",
                f"{found['pairs_a_second']:,.0f}",
            )
        self.console.print(table)

    def _each(
        self, contenders: tuple[tuple[str, str], ...], task: Path
    ) -> list[tuple[str, str, dict[str, NDArray[Any]] | str]]:
        done: list[tuple[str, str, dict[str, NDArray[Any]] | str]] = []
        for library, name in contenders:
            if library not in self.chosen:
                continue
            with self.console.status(f"{library} {name}"):
                done.append((library, name, self._one(library, name, task)))
        return done

    def _one(self, library: str, name: str, task: Path) -> dict[str, NDArray[Any]] | str:
        try:
            theirs = library != OURS
            interpreter = environment.python(HOME, library) if theirs else Path(sys.executable)
        except CalledProcessError:
            return "cannot be installed here"
        result = self.work / "result.npz"
        wrong = environment.run(interpreter, ROOT, library, name, task, result, limit=LIMIT_SECONDS)
        if wrong:
            return wrong
        with np.load(result) as found:
            return dict(found)


def _table(title: str, columns: list[str]) -> Table:
    table = Table(title=f"{title}; one thread")
    table.add_column("library")
    table.add_column("model")
    for column in columns:
        table.add_column(column, justify="right")
    return table


def _interval(values: NDArray[np.float64]) -> str:
    found = bootstrap_interval(values, rng=np.random.default_rng(0))
    return f"{found.mean:.4f} ({found.low:.3f}-{found.high:.3f})"


if __name__ == "__main__":
    main()
