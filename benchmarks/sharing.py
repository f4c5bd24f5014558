"""How much memory processes share that serve the same EASE, mapped from disk or copied by each."""

from __future__ import annotations

import multiprocessing
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.ease import interactions
from moviverse_engine.interactions import Interactions, history
from moviverse_engine.models import EASE, registry
from moviverse_engine.models.storage import Folder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

PROCESSES = 4
MANY_ITEMS = 20_000
FIELDS = ("Rss", "Pss", "Private_Clean", "Private_Dirty")


def main() -> None:
    console = Console(width=140)
    with tempfile.TemporaryDirectory() as folder:
        name, data = interactions()
        EASE().fit(data, rng=np.random.default_rng(0)).save(Path(folder) / "real")
        shared(console, f"EASE of {name}, {len(data.items):,} films", Path(folder) / "real")
        write_large(Path(folder) / "large")
        shared(console, f"EASE of {MANY_ITEMS:,} films, random weights", Path(folder) / "large")


def write_large(folder: Path) -> None:
    """Write an EASE of many films: its size is true, its weights are random, for want of hours."""
    ids = np.arange(MANY_ITEMS)
    none = np.empty(0, dtype=np.int64)
    model = EASE().fit(Interactions.from_columns(none, none, none, none), rng=_seeded())
    model.save(folder)
    files = Folder(folder)
    np.save(folder / "item_ids.npy", ids)
    files.put("columns", ids.astype(np.int32))
    B: NDArray[np.float32] = np.lib.format.open_memmap(
        folder / "B.npy", mode="w+", dtype=np.float32, shape=(MANY_ITEMS, MANY_ITEMS)
    )
    for first in range(0, MANY_ITEMS, 1_000):
        B[first : first + 1_000] = _seeded().random((1_000, MANY_ITEMS), dtype=np.float32)


def shared(console: Console, title: str, folder: Path) -> None:
    """Print the memory of processes that serve the model in a folder, over what they had before."""
    matrix_mb = (folder / "B.npy").stat().st_size / 2**20
    table = Table(title=f"{title}; {PROCESSES} processes have asked it for every film")
    for column in (
        *("MB over base", "resident, each", "private, each", "proportional, each"),
        *("all together", "matrices"),
    ):
        table.add_column(column, justify="left" if column == "MB over base" else "right")
    for how, mmap in (("mapped", True), ("copied", False)):
        found = _served(folder, mmap=mmap)
        resident, private, proportional = (
            [each[field] for each in found] for field in ("resident", "private", "proportional")
        )
        table.add_row(
            how,
            *(f"{np.mean(each):,.1f}" for each in (resident, private, proportional)),
            f"{sum(proportional):,.1f}",
            f"{sum(proportional) / matrix_mb:.2f}",
        )
    table.caption = f"the matrix is {matrix_mb:,.1f} MB; from /proc/PID/smaps_rollup"
    console.print(table)


def _served(folder: Path, *, mmap: bool) -> list[dict[str, float]]:
    """Let processes load a model and answer; return what each of them took."""
    context = multiprocessing.get_context("spawn")
    ends = []
    children = []
    for _ in range(PROCESSES):
        ours, theirs = context.Pipe()
        child = context.Process(target=_serve, args=(folder, mmap, theirs), daemon=True)
        child.start()
        ends.append(ours)
        children.append(child)
    before = [
        end.recv() and _memory_mb(child.pid) for end, child in zip(ends, children, strict=True)
    ]
    for end in ends:
        end.send("load")
    for end in ends:
        end.recv()
    after = [_memory_mb(child.pid) for child in children]  # all of them have the model now
    for end, child in zip(ends, children, strict=True):
        end.send("stop")
        child.join()
    return [
        {field: late[field] - early[field] for field in late}
        for early, late in zip(before, after, strict=True)
    ]


def _serve(folder: Path, mmap: bool, end: Any) -> None:  # noqa: FBT001  spawn passes by position
    end.send("started")
    end.recv()
    model = registry.load(folder, mmap=mmap)
    for item in model.items.ids.tolist():
        model.score(history(model.items, {item: 5.0})[0])
    end.send("answered")
    end.recv()


def _memory_mb(process: int | None) -> Mapping[str, float]:
    """Return what is resident, what is private, and private plus a share of what is shared."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    sizes = {line.partition(":")[0]: line.split()[1] for line in lines[1:]}
    resident, proportional, clean, dirty = (int(sizes[field]) / 1024 for field in FIELDS)
    return {"resident": resident, "proportional": proportional, "private": clean + dirty}


def _seeded() -> np.random.Generator:
    return np.random.default_rng(0)


if __name__ == "__main__":
    main()
