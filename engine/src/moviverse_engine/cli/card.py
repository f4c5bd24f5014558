"""`moviverse-engine card`: what a published model learnt from, and what it cannot do."""

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
@click.option("--version", help="A version other than the active one.")
def card(*, models_dir: Path, model_name: str, version: str | None) -> None:
    """Print the card of a model as Markdown: data, training, settings, figures and limits."""
    found = artifact.open(models_dir, registry.find(model_name).name, version=version)
    click.echo(artifact.card(found.manifest["name"], found.manifest), nl=False)
