"""`moviverse-engine train`: from ratings to a published model."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from moviverse_engine import artifact
from moviverse_engine.cli import config_files, options, published, sources, terminal
from moviverse_engine.models import limits, registry

if TYPE_CHECKING:
    from pathlib import Path

    from moviverse_engine.models import Model


@click.command()
@options.data
@click.option("--model", "model_name", help="Name of the model, in any case.")
@click.option(
    "--config",
    "config_path",
    type=options.PATH,
    metavar="FILE",
    help="Settings of the model, as tune writes them; --set changes some of them.",
)
@click.option(
    "--out",
    type=options.PATH,
    default=options.MODELS_DIR,
    show_default=True,
    envvar="MOVIVERSE_MODELS",
    help="Folder of all models.",
)
@options.settings
@options.seed(0)
@options.strict
def train(
    *,
    data_path: Path,
    model_name: str | None,
    config_path: Path | None,
    out: Path,
    assignments: tuple[str, ...],
    seed: int,
    strict: bool,
) -> None:
    """Train a model on all ratings and publish it.

    Settings are given as --set l2=500, those of a member of Hybrid as --set ease.l2=500.
    """
    model = _model(model_name, config_path, assignments)
    out.mkdir(parents=True, exist_ok=True)  # a wrong place is told before the training, not after
    data = sources.load(data_path, strict=strict)
    features = data.features
    start = time.perf_counter()
    with terminal.progress(model.name) as progress:
        rng = np.random.default_rng(seed)
        model.fit(data.interactions, features, rng=rng, progress=progress)
    seconds = time.perf_counter() - start

    def write(folder: Path) -> None:
        published.write(folder, model, titles=data.titles, features=features)

    manifest = {
        "model": model.name,
        "config": model.config.to_mapping(),
        "data": {
            "source": data_path.name,
            "fingerprint": data.interactions.fingerprint,
            "users": len(data.interactions.users),
            "items": len(data.interactions.items),
            "interactions": len(data.interactions),
        },
        "metrics": {},
        "limits": limits.of(model.name),
        "seed": seed,
        "training_seconds": round(seconds, 3),
    }
    version = artifact.publish(
        out, model.name, write=write, manifest=manifest, now=datetime.now(UTC)
    )
    click.echo(f"{model.name} trained in {seconds:.2f} s: {out / model.name / version}")


def _model(name: str | None, config_path: Path | None, assignments: tuple[str, ...]) -> Model[Any]:
    settings = options.nested(assignments)
    if config_path is None:
        if name is None:
            raise click.UsageError("Say which --model to train, or give a --config.")
        kind = registry.find(name)
    else:
        kind, given = config_files.read(config_path)
        if name is not None and registry.find(name) is not kind:
            raise click.BadParameter(f"is of {kind.name}, not {name}.", param_hint="--config")
        settings = config_files.merged(given, settings)
    return kind(kind.config_type.from_mapping(settings))
