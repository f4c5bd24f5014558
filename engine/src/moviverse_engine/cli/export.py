"""`moviverse-engine export`: ratings for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from moviverse_engine.cli import options, sources, terminal
from moviverse_engine.interactions import parquet

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@options.data
@click.option("--parquet", "out", type=options.PATH, required=True, help="The file to write.")
@options.strict
def export(*, data_path: Path, out: Path, strict: bool) -> None:
    """Write all ratings into one Parquet file, as Spark reads them."""
    interactions = sources.load(data_path, strict=strict).interactions
    with terminal.progress("Parquet") as progress:
        parquet.write(interactions, out, progress=progress)
    click.echo(
        f"{len(interactions):,} ratings of {len(interactions.users):,} users "
        f"and {len(interactions.items):,} items: {out}"
    )
