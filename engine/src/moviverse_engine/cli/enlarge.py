"""`moviverse-engine enlarge`: a larger corpus that behaves like a given one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click
import numpy as np

from moviverse_engine.cli import options, sources, terminal
from moviverse_engine.interactions import enlarging

if TYPE_CHECKING:
    from pathlib import Path

_COPIES = click.IntRange(1, 10_000)


@click.command()
@options.data
@click.option("--users", type=_COPIES, default=1, show_default=True, help="Copies of each user.")
@click.option("--items", type=_COPIES, default=1, show_default=True, help="Copies of each item.")
@click.option("--out", type=options.PATH, required=True, help="Folder of the new corpus.")
@options.seed(0)
@options.strict
def enlarge(*, data_path: Path, users: int, items: int, out: Path, seed: int, strict: bool) -> None:
    """Store a corpus of several times as many users and items, to see how models scale."""
    data = sources.load(data_path, strict=strict)
    with terminal.progress("enlarging") as progress:
        made = enlarging.enlarged(
            data.interactions,
            users=users,
            items=items,
            rng=np.random.default_rng(seed),
            progress=progress,
        )
    about = {
        "source": f"{data_path.name}, {users} x its users, {items} x its items, seed {seed}",
        "synthetic": True,
        "created_at": datetime.now(UTC).isoformat(),
    }
    made.save(out, about=about)
    click.echo(
        f"{len(made):,} ratings of {len(made.users):,} users and {len(made.items):,} items: {out}"
    )
