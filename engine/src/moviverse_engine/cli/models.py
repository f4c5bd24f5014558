"""`moviverse-engine models`: which versions there are, and which of them answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from rich.markup import escape
from rich.table import Table

from moviverse_engine import artifact
from moviverse_engine.cli import options, terminal

if TYPE_CHECKING:
    from pathlib import Path

_SHOWN = ("NDCG@100", "NDCG@10", "Recall@20", "Coverage@20", "RMSE")


@click.command()
@options.models_dir
def models(*, models_dir: Path) -> None:
    """List all versions of all models with their figures; * marks the active ones."""
    table = Table(title=f"Models in {escape(str(models_dir))}")
    for heading in ("", "model", "version", "ratings", "figures"):
        table.add_column(heading, justify="right" if heading == "ratings" else "left")
    for name in artifact.names(models_dir):
        active = artifact.active(models_dir, name)
        for version in artifact.versions(models_dir, name):
            mark = "*" if version == active else ""
            table.add_row(mark, name, version, *_told(models_dir, name, version))
    terminal.answers().print(table)


def _told(models_dir: Path, name: str, version: str) -> tuple[str, str]:
    """Return ratings and figures of a version, which need not be sound to be listed."""
    try:
        manifest = artifact.open(models_dir, name, version=version, verify=False).manifest
    except artifact.ArtifactDamaged:
        return "", "damaged"
    data, metrics = (_mapping(manifest.get(key)) for key in ("data", "metrics"))
    ratings = data.get("interactions", data.get("ratings"))
    figures = [f"{key} {metrics[key]:.4f}" for key in _SHOWN if isinstance(metrics.get(key), float)]
    return (
        f"{ratings:,}" if isinstance(ratings, int) else "",
        ", ".join(figures) or "not measured",
    )


def _mapping(content: object) -> dict[str, Any]:
    return content if isinstance(content, dict) else {}
