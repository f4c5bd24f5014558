"""`moviverse-engine train`: from ratings to a published model."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from moviverse_engine import artifact
from moviverse_engine.cli import config_files, figures, options, published, sources, terminal
from moviverse_engine.models import IALS, limits, registry, spark_als

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
@click.option(
    "--engine",
    type=click.Choice(["local", "spark"]),
    default="local",
    show_default=True,
    help="Spark trains iALS alone, and what it trains is asked without Spark.",
)
@click.option("--master", help="Where Spark runs, local[2] without it: spark://host:7077, yarn.")
@click.option(
    "--parquet",
    "parquet_path",
    type=options.PATH,
    help="What export wrote of --data, where all machines of a cluster see it.",
)
@click.option(
    "--evaluate",
    "is_measured",
    is_flag=True,
    help="Measure the same settings on validation people first; the card tells the figures.",
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
    engine: str,
    master: str | None,
    parquet_path: Path | None,
    is_measured: bool,
    assignments: tuple[str, ...],
    seed: int,
    strict: bool,
) -> None:
    """Train a model on all ratings and publish it.

    Settings are given as --set l2=500, those of a member of Hybrid as --set ease.l2=500.
    """
    kind, settings = _settings(model_name, config_path, assignments)
    spark = _spark(engine, kind, master, parquet_path)
    if spark:
        settings = {**spark_als.DEFAULTS, **settings}
    model = kind(kind.config_type.from_mapping(settings))
    if spark:
        spark_als.require(model.config)
        if is_measured:
            raise click.UsageError("--evaluate is for --engine local.")
    out.mkdir(parents=True, exist_ok=True)  # a wrong place is told before the training, not after
    data = sources.load(data_path, strict=strict)
    features = data.features
    metrics = figures.on_validation(kind(model.config), data, seed=seed) if is_measured else {}
    start = time.perf_counter()
    with terminal.progress(model.name) as progress:
        rng = np.random.default_rng(seed)
        if spark:
            items = data.interactions.items
            model = spark_als.fit(
                model.config,
                data.interactions,
                items.extended(features.items) if features else items,
                spark=spark,
                seed=seed,
                progress=progress,
            )
        else:
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
        "metrics": metrics,
        "limits": limits.of(model.name),
        "engine": engine,
        "seed": seed,
        "training_seconds": round(seconds, 3),
    }
    version = artifact.publish(
        out, model.name, write=write, manifest=manifest, now=datetime.now(UTC)
    )
    click.echo(f"{model.name} trained in {seconds:.2f} s: {out / model.name / version}")


def _settings(
    name: str | None, config_path: Path | None, assignments: tuple[str, ...]
) -> tuple[type[Model[Any]], dict[str, Any]]:
    settings = options.nested(assignments)
    if config_path is None:
        if name is None:
            raise click.UsageError("Say which --model to train, or give a --config.")
        return registry.find(name), settings
    kind, given = config_files.read(config_path)
    if name is not None and registry.find(name) is not kind:
        raise click.BadParameter(f"is of {kind.name}, not {name}.", param_hint="--config")
    return kind, config_files.merged(given, settings)


def _spark(
    engine: str, kind: type[Model[Any]], master: str | None, parquet_path: Path | None
) -> spark_als.Spark | None:
    """Say where Spark runs, None where it does not."""
    if engine == "local":
        if master or parquet_path:
            raise click.UsageError("--master and --parquet are for --engine spark.")
        return None
    if kind is not IALS:
        raise click.BadParameter(f"trains iALS, not {kind.name}.", param_hint="--engine spark")
    return spark_als.Spark(master or spark_als.Spark.master, parquet_path)
