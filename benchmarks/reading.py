"""Reading ratings: the peak of memory beside the matrix they become, and rows a second.

A table in the shape of MovieLens 25M is written first: a user for every 154 ratings, a film for
every 423, popular films much more often.
"""

from __future__ import annotations

import argparse
import lzma
import multiprocessing
import shutil
import tempfile
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.ease import memory_mb
from moviverse_engine.interactions.movielens import read_ratings

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROWS = 5_000_000
ROWS_OF_A_USER, ROWS_OF_A_FILM = 154, 423
BLOCK = 500_000
HEADER = b"userId,movieId,rating,timestamp\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=ROWS, help="MovieLens 25M has 25,000,095")
    rows = parser.parse_args().rows
    table = Table(title=f"Reading {rows:,} ratings; MB over base, CPU time")
    for column in ("", "matrix MB", "table MB", "peak MB", "peak / matrix", "M rows a CPU second"):
        table.add_column(column, justify="right" if column else "left")
    with tempfile.TemporaryDirectory() as folder:
        for name, path in written(Path(folder), rows).items():
            found, seconds, peak, matrix, columns = read(path)
            table.add_row(
                name,
                *(f"{each:,.0f}" for each in (matrix, columns, peak)),
                f"{peak / matrix:.2f}",
                f"{found / seconds / 1e6:.2f}",
            )
    Console(width=120).print(table)


def written(folder: Path, rows: int) -> dict[str, Path]:
    """Write the same ratings in order, shuffled, zipped and as xz; return the files."""
    users, films = -(-rows // ROWS_OF_A_USER), -(-rows // ROWS_OF_A_FILM)
    rng = np.random.default_rng(0)
    popularity = np.cumsum(1 / np.arange(1, films + 1) ** 0.9)
    drawn = np.searchsorted(popularity, rng.random(2 * rows) * popularity[-1])
    owners = rng.integers(users, size=len(drawn))
    pairs = np.unique(owners * films + np.minimum(drawn, films - 1))
    pairs = np.sort(rng.permutation(pairs)[:rows])
    files = {name: folder / name / "ratings.csv" for name in ("in order", "shuffled")}
    for name, path in files.items():
        path.parent.mkdir()
        write(path, pairs if name == "in order" else rng.permutation(pairs), films)
    zipped, packed = folder / "ratings.zip", folder / "ratings.csv.xz"
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.write(files["in order"], "ratings.csv")
    with files["in order"].open("rb") as plain, lzma.open(packed, "wb", preset=0) as file:
        shutil.copyfileobj(plain, file, 1 << 20)
    return {**files, "zip, in order": zipped, "xz, in order": packed}


def write(path: Path, pairs: NDArray[np.int64], films: int) -> None:
    rng = np.random.default_rng(1)
    with path.open("wb") as file:
        file.write(HEADER)
        for first in range(0, len(pairs), BLOCK):
            block = pairs[first : first + BLOCK]
            columns = (
                (block // films + 1).tolist(),
                (block % films * 3 + 1).tolist(),
                (rng.integers(1, 11, size=len(block)) / 2).tolist(),
                rng.integers(789_652_009, 1_574_327_703, size=len(block)).tolist(),
            )
            lines = (f"{u},{i},{r},{t}\n" for u, i, r, t in zip(*columns, strict=True))
            file.write("".join(lines).encode())


def read(path: Path) -> tuple[int, float, float, float, float]:
    """Read in a process of its own; return rows, CPU seconds, and MB: peak, matrix, table."""
    context = multiprocessing.get_context("spawn")
    report = context.SimpleQueue()
    child = context.Process(target=_read, args=(path, report))
    child.start()
    result: tuple[int, float, float, float, float] = report.get()
    child.join()
    return result


def _read(path: Path, report: Any) -> None:
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before, began = memory_mb("VmRSS"), time.process_time()
    data, _ = read_ratings(path)
    seconds, peak = time.process_time() - began, memory_mb("VmHWM") - before
    matrix = data.matrix()
    parts = (matrix.data, matrix.indices, matrix.indptr)
    columns = (data.user_index, data.item_index, data.ratings, data.timestamps)
    sizes = (sum(each.nbytes for each in group) / 2**20 for group in (parts, columns))
    report.put((len(data), seconds, peak, *sizes))


if __name__ == "__main__":
    main()
