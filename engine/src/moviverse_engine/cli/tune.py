"""`moviverse-engine tune`: search settings on validation people; test people are not looked at."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

import click
import numpy as np
from rich import box
from rich.table import Table

from moviverse_engine.cli import (
    config_files,
    options,
    outputs,
    protocols,
    scoring,
    sources,
    tables,
    terminal,
)
from moviverse_engine.cli import search as searches
from moviverse_engine.cli.program import Interrupted
from moviverse_engine.evaluation.intervals import Interval, intervals
from moviverse_engine.evaluation.search_spaces import SPACES, Choice
from moviverse_engine.models import registry

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from moviverse_engine.cli.protocols import Protocol, Question
    from moviverse_engine.cli.search import Search, Trial
    from moviverse_engine.evaluation.search_spaces import Space
    from moviverse_engine.models import Model

_SHOWN = 20
_TRIALS = ".trials"  # behind the name of --out


@click.command()
@options.data
@protocols.options
@click.option("--model", "model_name", required=True, help="Name of the model, in any case.")
@click.option(
    "--trials",
    type=click.IntRange(1, 100_000),
    default=30,
    show_default=True,
    help="How many, with those that the storage has already.",
)
@click.option("--out", type=options.PATH, required=True, help="File for the best settings.")
@click.option(
    "--storage",
    "storage_path",
    type=options.PATH,
    help="File that keeps the trials, so that the search can go on; beside --out by default.",
)
@options.settings
@options.strict
def tune(
    *,
    data_path: Path,
    model_name: str,
    trials: int,
    out: Path,
    storage_path: Path | None,
    assignments: tuple[str, ...],
    strict: bool,
    **protocol_options: Any,
) -> None:
    """Search the best settings of a model on validation people.

    The same command goes on where an earlier one was stopped. What --set says is not searched.
    `train --config FILE` and `evaluate --config FILE` read what --out holds.
    """
    searches.require_library()
    protocol = protocols.Protocol.asked(**protocol_options)
    storage = storage_path or out.with_name(out.name + _TRIALS)
    outputs.require_writable(out, "--out")
    outputs.require_writable(storage, "--storage")
    kind = registry.find(model_name)
    if protocol.name == "rating" and not scoring.predicts_ratings(kind):
        raise click.BadParameter(f"{kind.name} predicts no ratings.", param_hint="--model")
    fixed = options.nested(assignments)
    space = _space(kind, fixed)
    data = sources.load(data_path, strict=strict)
    question = protocols.Question(
        protocol, "validation", protocol.draw(data.interactions, "validation"), data.features
    )
    about = {
        "model": kind.name,
        "data": data.interactions.fingerprint,
        "protocol": protocol.name,
        "split": protocol.source,
        "feedback": protocol.feedback,
        "seed": protocol.seed,
        "fixed": fixed,
    }
    search = searches.Search(
        storage,
        space,
        about=about,
        defaults=_defaults(kind, fixed, space),
        fewer_is_better=protocol.headline in protocols.ERRORS,
        seed=protocol.seed,
    )
    if search.tried:
        terminal.notices().print(f"{storage} has {search.tried} trials; the search goes on.")
    keep = partial(_keep, out=out, kind=kind, fixed=fixed, about=about, protocol=protocol)
    if search.best:
        keep(search)

    def hear(search: Search) -> None:
        keep(search)
        _tell(search, trials, protocol.headline)

    try:
        search.run(trials, partial(_tried, kind, fixed, question), hear)
    except KeyboardInterrupt as error:
        where = f"{out} holds the best of them" if search.best else "nothing was written"
        raise Interrupted(
            f"Interrupted after {search.tried} of {trials} trials; {where}. The same command goes "
            f"on from {storage}."
        ) from error
    _show(search, protocol.headline, out)


def _tried(
    kind: type[Model[Any]], fixed: Mapping[str, Any], question: Question, settings: dict[str, Any]
) -> tuple[Interval, float]:
    fitted, seconds = scoring.trained(_model(kind, fixed, settings), question)
    figure = scoring.scored(fitted, question).figures[question.protocol.headline]
    rng = np.random.default_rng(question.protocol.seed)
    return intervals([figure], rng=rng)[0], seconds


def _model(
    kind: type[Model[Any]], fixed: Mapping[str, Any], settings: Mapping[str, Any]
) -> Model[Any]:
    tree: dict[str, Any] = {}
    for name, value in settings.items():
        *groups, last = name.split(".")
        branch = tree
        for group in groups:
            branch = branch.setdefault(group, {})
        branch[last] = value
    return kind(kind.config_type.from_mapping(config_files.merged(fixed, tree)))


def _space(kind: type[Model[Any]], fixed: Mapping[str, Any]) -> Space:
    """Give what is searched: the space of the model without what is fixed."""
    kind.config_type.from_mapping(fixed)
    space = {
        name: each
        for name, each in SPACES.get(kind.name, {}).items()
        if _value(fixed, name) is None
    }
    if not space:
        raise click.BadParameter(f"{kind.name} has nothing to search.", param_hint="--model")
    return space


def _defaults(kind: type[Model[Any]], fixed: Mapping[str, Any], space: Space) -> dict[str, Any]:
    """Give the model's own settings, as far as the space has them."""
    own = kind.config_type.from_mapping(fixed).to_mapping()
    found: dict[str, Any] = {}
    for name, each in space.items():
        value = _value(own, name)
        if isinstance(value, (tuple, list)):
            value = ",".join(map(str, value))
        inside = (
            value in each.values if isinstance(each, Choice) else each.low <= value <= each.high
        )
        if inside:
            found[name] = value
    return found


def _value(settings: Mapping[str, Any], name: str) -> Any:
    found: Any = settings
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _keep(
    search: Search,
    *,
    out: Path,
    kind: type[Model[Any]],
    fixed: Mapping[str, Any],
    about: Mapping[str, Any],
    protocol: Protocol,
) -> None:
    """Write the best settings so far."""
    best = search.best
    if best is None:
        return
    figure = {"metric": protocol.headline, **vars(best.figure)}
    content = {
        "model": kind.name,
        "config": _model(kind, fixed, best.settings).config.to_mapping(),
        "found": {**about, "part": "validation", "trials": search.tried, "figure": figure},
    }
    outputs.write_text(out, json.dumps(content, indent=2) + "\n")


def _tell(search: Search, trials: int, metric: str) -> None:
    best = search.best
    if best is not None:
        terminal.notices().print(
            f"trial {search.tried} of {trials}: {metric} {tables.number(best.figure.mean)} so far"
        )


def _show(search: Search, metric: str, out: Path) -> None:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for heading in ("trial", metric, "train s"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("settings", overflow="fold")
    for trial in search.ranked[:_SHOWN]:
        table.add_row(*_row(trial))
    console = terminal.answers()
    console.print(table)
    hidden = len(search.trials) - _SHOWN
    if hidden > 0:
        console.print(f"{hidden} more trials were worse.")
    console.print(
        f"The best of {search.tried} trials on validation people is in {out}. Being the best of "
        "many, its figure is a little too high; test people were not looked at."
    )


def _row(trial: Trial) -> tuple[str, ...]:
    settings = ", ".join(
        f"{name}={value:.4g}" if isinstance(value, float) else f"{name}={value}"
        for name, value in trial.settings.items()
    )
    return (
        str(trial.number),
        tables.interval(vars(trial.figure)),
        f"{trial.seconds:.2f}",
        settings,
    )
