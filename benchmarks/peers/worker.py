"""Train and ask one contender in a process of its own, and write down what it did.

Called as `python -m benchmarks.peers.worker LIBRARY CONTENDER TASK RESULT` with the Python of the
environment in which the library is installed.
"""

from __future__ import annotations

import sys
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

ALONE = 300  # people who are answered one by one
TOGETHER = 5_000  # people who are scored at once


def main(library: str, contender: str, task: str, result: str) -> None:
    made = import_module(f"benchmarks.peers.of_{library}").CONTENDERS[contender]()
    data = np.load(task)
    found: dict[str, Any] = rated(made, data) if "ratings" in data else ranked(made, data)
    np.savez(Path(result), **found)


def ranked(model: Any, data: Any) -> dict[str, NDArray[Any]]:
    """Train on likes; score the people asked, one by one and all at once."""
    X, H = matrix(data, "X"), matrix(data, "H")
    began = time.perf_counter()
    model.fit(X)
    training = time.perf_counter() - began
    if hasattr(model, "meet"):
        model.meet(H)
    scores = np.asarray(model.scores(H), dtype=np.float32)
    alone = [H[[row]] for row in range(min(ALONE, H.shape[0]))]
    model.top(alone[0])
    times = []
    for history in alone:
        began = time.perf_counter()
        model.top(history)
        times.append(time.perf_counter() - began)
    many = X[np.resize(np.arange(X.shape[0]), TOGETHER)]
    began = time.perf_counter()
    model.scores(many)
    rate = TOGETHER / (time.perf_counter() - began)
    return {
        "scores": scores,
        "training_seconds": np.array(training),
        "answer_milliseconds": np.array(times) * 1000,
        "people_a_second": np.array(rate),
    }


def rated(model: Any, data: Any) -> dict[str, NDArray[Any]]:
    """Train on ratings; predict the pairs asked."""
    began = time.perf_counter()
    model.fit(data["users"], data["items"], data["ratings"])
    training = time.perf_counter() - began
    began = time.perf_counter()
    predicted = model.rate(data["asked_users"], data["asked_items"])
    return {
        "predicted": np.asarray(predicted, dtype=np.float64),
        "training_seconds": np.array(training),
        "pairs_a_second": np.array(len(data["asked_users"]) / (time.perf_counter() - began)),
    }


def matrix(data: Any, name: str) -> Any:
    parts = (np.ones(len(data[f"{name}_indices"]), np.float32), data[f"{name}_indices"])
    bounds = data[f"{name}_indptr"]
    return csr_array((*parts, bounds), shape=(len(bounds) - 1, int(data["n_items"])))


if __name__ == "__main__":
    main(*sys.argv[1:])
