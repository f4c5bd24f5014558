"""EASE beside the plainest NumPy that computes it: training, one answer, and many."""

from __future__ import annotations

import multiprocessing
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy.linalg import lapack
from threadpoolctl import threadpool_limits

from benchmarks.data import datasets
from moviverse_engine.interactions import Interactions
from moviverse_engine.interactions.movielens import read_ratings
from moviverse_engine.models import EASE
from moviverse_engine.rerank import top_k

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

LAMBDA = 700.0
ROUNDS = 5
ANSWERS = 2_000
CROWD = 4_096
LIKED = 4.0
USERS, ITEMS = 6_000, 3_500  # of the generated data: about MovieLens 1M


def interactions() -> tuple[str, Interactions]:
    folder = datasets() / "ml-1m"
    if folder.exists():
        return "MovieLens 1M, ratings of 4 and 5", read_ratings(folder)[0].filter(min_rating=LIKED)
    rng = np.random.default_rng(0)
    popularity = 1 / np.arange(1, ITEMS + 1) ** 0.8
    items = rng.choice(ITEMS, size=600_000, p=popularity / popularity.sum())
    users = rng.integers(USERS, size=len(items))
    same = np.full(len(items), LIKED, dtype=np.float32)
    made = Interactions.from_columns(users, items, same, np.zeros(len(items), dtype=np.int64))
    return "generated data, since MovieLens 1M is not here", made


def reference(X: csr_array) -> NDArray[np.float32]:
    """The paper's closed form as plainly as it can be fast: float32, Cholesky, one thread."""
    G = (X.T @ X).toarray()
    diagonal = np.diag_indices(len(G))
    G[diagonal] += np.float32(LAMBDA)
    factor, _ = lapack.spotrf(G, lower=1)
    P, _ = lapack.spotri(factor, lower=1)
    P = np.tril(P) + np.tril(P, -1).T
    B = P / -np.diag(P)
    B[diagonal] = 0
    return np.ascontiguousarray(B)


def binary(data: Interactions) -> csr_array:
    X = data.matrix()
    X.data = np.ones_like(X.data)
    return X


def _train(which: str, corpus: Path, report: Any) -> None:
    data = Interactions.load(corpus, mmap=False)
    X = binary(data)
    with threadpool_limits(limits=1):
        before = memory_mb("VmRSS")
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
        began = time.perf_counter()
        if which == "reference":
            reference(X)
        else:
            EASE().fit(data, rng=np.random.default_rng(0))
        took = time.perf_counter() - began
    report.put((took, memory_mb("VmHWM") - before))


def memory_mb(which: str, process: str = "self") -> float:
    """Return a process's resident memory now (VmRSS) or at its peak (VmHWM); Linux only."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(which))


def trained(which: str, corpus: Path) -> tuple[float, float]:
    """Train in a process of its own; return seconds and the peak in MB over its base."""
    context = multiprocessing.get_context("spawn")
    report = context.SimpleQueue()
    child = context.Process(target=_train, args=(which, corpus, report))
    child.start()
    result: tuple[float, float] = report.get()
    child.join()
    return result


def answer_times(answer: Callable[[int], object], people: list[int]) -> tuple[float, float]:
    """Return the median and the 99th percentile in milliseconds."""
    return times_in_turn({"": answer}, people)[""]


def times_in_turn(
    answers: Mapping[str, Callable[[int], object]], people: list[int]
) -> dict[str, tuple[float, float]]:
    """Ask all in turn, so that a busy machine slows all alike; median and 99th percentile in ms."""
    times: dict[str, list[float]] = {label: [] for label in answers}
    for person in people:
        for label, answer in answers.items():
            began = time.perf_counter()
            answer(person)
            times[label].append((time.perf_counter() - began) * 1_000)
    return {
        label: (statistics.median(each), float(np.percentile(each, 99)))
        for label, each in times.items()
    }


def training(console: Console, name: str, data: Interactions) -> None:
    matrix_mb = len(data.items) ** 2 * 4 / 2**20
    results: dict[str, list[tuple[float, float]]] = {"reference": [], "moviverse": []}
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        data.save(corpus, about={"source": name})
        for _ in range(ROUNDS):
            for which, found in results.items():
                found.append(trained(which, corpus))
    table = Table(title=f"EASE training: {name}; one thread; medians of {ROUNDS}, in turn")
    for column in ["", "seconds", "peak MB over base", "matrices of 4 n^2 bytes"]:
        table.add_column(column, justify="right")
    for which, found in results.items():
        seconds, peak = (statistics.median(each) for each in zip(*found, strict=True))
        table.add_row(which, f"{seconds:.2f}", f"{peak:.0f}", f"{peak / matrix_mb:.2f}")
    pairs = zip(results["moviverse"], results["reference"], strict=True)
    ratio = statistics.median(ours[0] / theirs[0] for ours, theirs in pairs)
    table.add_row("ratio, pair by pair", f"{ratio:.2f}", "", "")
    console.print(table)


def answering(console: Console, data: Interactions) -> None:
    model = EASE().fit(data, rng=np.random.default_rng(0))
    B = reference(binary(data))
    histories = data.matrix()
    people = np.random.default_rng(1).choice(len(data.users), ANSWERS).tolist()
    rows = {person: histories[[person]] for person in set(people)}
    seen = {person: row.indices for person, row in rows.items()}

    def plain(person: int) -> object:
        scores = B[seen[person]].sum(axis=0)
        scores[seen[person]] = -np.inf
        best = np.argpartition(scores, -20)[-20:]
        return best[np.argsort(-scores[best])]

    def ours(person: int) -> object:
        return top_k(model.score(rows[person])[0], 20, exclude=seen[person])

    times = times_in_turn({"reference": plain, "moviverse": ours}, people)
    table = Table(title=f"One person's top 20, seen films out; {ANSWERS} answers")
    for column in ["", "p50 ms", "p99 ms"]:
        table.add_column(column, justify="right")
    for label, (median, slow) in times.items():
        table.add_row(label, f"{median:.3f}", f"{slow:.3f}")
    ratios = [o / r for o, r in zip(times["moviverse"], times["reference"], strict=True)]
    table.add_row("ratio", *(f"{ratio:.2f}" for ratio in ratios))
    console.print(table)
    differ = max(
        float(np.abs(B[seen[each]].sum(axis=0) - model.score(rows[each])[0]).max())
        for each in people[:50]
    )
    console.print(f"Largest difference of a score to the reference: {differ:.1e}")


def many(console: Console, data: Interactions) -> None:
    """Score whole crowds: the plain sparse product, a dense one by batches, and the model."""
    model = EASE().fit(data, rng=np.random.default_rng(0))
    B = reference(binary(data))
    histories = data.matrix()[:CROWD]
    X = binary(data)[:CROWD]

    def dense() -> object:
        return [X[first : first + 256].toarray() @ B for first in range(0, X.shape[0], 256)]

    ways: dict[str, Callable[[], object]] = {
        "sparse times dense": lambda: X @ B,
        "dense times dense": dense,
        "moviverse": lambda: model.score(histories),
    }
    rates: dict[str, list[float]] = {label: [] for label in ways}
    for _ in range(ROUNDS):
        for label, way in ways.items():
            began = time.process_time()
            way()
            rates[label].append(X.shape[0] / (time.process_time() - began))
    table = Table(title=f"All scores of {X.shape[0]} people at once; one thread, processor's time")
    for column in ["", "people a second", "ratio, round by round"]:
        table.add_column(column, justify="right")
    for label, each in rates.items():
        pairs = zip(each, rates["sparse times dense"], strict=True)
        ratio = statistics.median(one / plain for one, plain in pairs)
        table.add_row(label, f"{statistics.median(each):.0f}", f"{ratio:.2f}")
    console.print(table)


def main() -> None:
    console = Console()
    name, data = interactions()
    training(console, name, data)
    with threadpool_limits(limits=1):
        answering(console, data)
        many(console, data)


if __name__ == "__main__":
    main()
