"""`moviverse-engine rollback`: answer from the version before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from moviverse_engine import artifact
from moviverse_engine.cli import options
from moviverse_engine.models import registry

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@options.models_dir
@click.option("--model", "model_name", required=True, help="Name of the model, in any case.")
def rollback(*, models_dir: Path, model_name: str) -> None:
    """Make the version before the active one the active one, once it is found sound."""
    name = registry.find(model_name).name
    version = artifact.rollback(models_dir, name)
    click.echo(f"{name} is {version} now.")
