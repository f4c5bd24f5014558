"""`moviverse-engine evaluate`: measure models on held-out people, films or time."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click
import numpy as np

from moviverse_engine import rerank
from moviverse_engine.cli import options, sources, tables, terminal
from moviverse_engine.evaluation import measurement, split_files, splits
from moviverse_engine.evaluation.intervals import bootstrap_interval, paired_difference
from moviverse_engine.models import registry

if TYPE_CHECKING:
    from moviverse_engine.features import ItemFeatures
    from moviverse_engine.interactions import Histories, Interactions
    from moviverse_engine.models import Model

_HEADLINE = {"strong": "NDCG@100", "loo": "NDCG@10", "temporal": "NDCG@10"}
_TIMED_PEOPLE = 300
_SHOWN = 20


@dataclass(frozen=True)
class Question:
    """What is measured, on what, and from which seed."""

    data: str
    protocol: str
    part: splits.Part
    seed: int
    split: splits.Split
    features: ItemFeatures | None


@click.command()
@options.data
@click.option("--protocol", type=click.Choice(list(_HEADLINE)), required=True)
@click.option("--split", "split_path", type=options.PATH, help="A given strong split (.npz).")
@click.option("--order", "order_path", type=options.PATH, help="A given order for loo (.npz).")
@click.option("--models", "names", required=True, help="Names with commas, in any case.")
@click.option(
    "--on",
    "part",
    type=click.Choice(get_args(splits.Part)),
    default="test",
    show_default=True,
    help="Choose settings on validation; look at test once.",
)
@options.settings
@options.seed(98765)
@click.option("--json", "json_path", type=options.PATH, help="Write the same to a file.")
@options.strict
def evaluate(
    *,
    data_path: Path,
    protocol: str,
    split_path: Path | None,
    order_path: Path | None,
    names: str,
    part: splits.Part,
    assignments: tuple[str, ...],
    seed: int,
    json_path: Path | None,
    strict: bool,
) -> None:
    """Train models and rank all films for people whose answers are known.

    strong asks people whom no model has seen, loo for everybody's last film, temporal for what
    came after a cut in time. Settings name their model: --set ease.l2=500.
    """
    if split_path and protocol != "strong":
        raise click.BadParameter("is for the protocol strong", param_hint="--split")
    if order_path and protocol != "loo":
        raise click.BadParameter("is for the protocol loo", param_hint="--order")
    if json_path and (json_path.is_dir() or not json_path.parent.is_dir()):
        raise click.BadParameter(f"{json_path} cannot be written", param_hint="--json")
    models = _models(names, assignments)
    data = sources.load(data_path, strict=strict)
    split = _split(data.interactions, protocol, split_path or order_path, seed=seed, part=part)
    question = Question(data_path.name, protocol, part, seed, split, data.features)
    results, measured = {}, {}
    for model in models:
        results[model.name], measured[model.name] = _measured(model, question)
    report = {
        "data": question.data,
        "protocol": protocol,
        "split": (split_path or order_path or Path("own draw")).name,
        "part": part,
        "seed": seed,
        "training": {
            "users": len(split.train.users),
            "items": len(split.train.items),
            "interactions": len(split.train),
        },
        "people": len(next(iter(measured.values())).users),
        "people_left_out": next(iter(measured.values())).left_out,
        "models": results,
        "differences": _differences(measured, _HEADLINE[protocol], seed),
    }
    tables.show(report, terminal.answers())
    if json_path:
        json_path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def _models(names: str, assignments: tuple[str, ...]) -> list[Model[Any]]:
    """Make the models; one that is named twice is measured once."""
    types = {registry.find(name.strip()): None for name in names.split(",")}
    given: dict[str, Any] = {}
    for name, chosen in options.nested(assignments).items():
        model_type = registry.find(name)
        if model_type not in types or not isinstance(chosen, dict):
            raise click.BadParameter(
                f"{name!r} is no setting of a model in --models.", param_hint="--set"
            )
        given[model_type.name] = chosen
    return [
        model_type(model_type.config_type.from_mapping(given.get(model_type.name, {})))
        for model_type in types
    ]


def _split(
    data: Interactions, protocol: str, given: Path | None, *, seed: int, part: splits.Part
) -> splits.Split:
    if protocol == "strong":
        if given:
            return split_files.strong(given, data, part=part)
        return splits.strong(data, seed=seed, part=part)
    if protocol == "loo":
        if given:
            return split_files.ordered(given, data, part=part)
        return splits.leave_last_out(data, part=part)
    return splits.temporal(data, part=part)


def _measured(
    model: Model[Any], question: Question
) -> tuple[dict[str, Any], measurement.Measurement]:
    split = question.split
    start = time.perf_counter()
    with terminal.progress(f"training {model.name}") as progress:
        rng = np.random.default_rng(question.seed)
        model.fit(split.train, question.features, rng=rng, progress=progress)
    seconds = time.perf_counter() - start
    with terminal.progress(f"measuring {model.name}") as progress:
        result = measurement.measure(model, split, progress=progress)

    def answer(history: Histories) -> object:
        return rerank.top_k(model.score(history)[0], _SHOWN, exclude=history.indices)

    histories = measurement.single_histories(model, split, people=_TIMED_PEOPLE)
    p50, p99 = np.percentile(measurement.answer_milliseconds(answer, histories), (50, 99))
    return {
        "config": model.config.to_mapping(),
        "metrics": {
            name: asdict(bootstrap_interval(values, rng=np.random.default_rng(question.seed)))
            for name, values in result.values.items()
        },
        "coverage": {f"Coverage@{measurement.SHOWN}": result.coverage},
        "training_seconds": seconds,
        "answer_milliseconds": {"p50": float(p50), "p99": float(p99)},
    }, result


def _differences(
    measured: dict[str, measurement.Measurement], metric: str, seed: int
) -> list[dict[str, Any]]:
    """Compare the best model with every other one, on the same people."""
    ranked = sorted(measured, key=lambda name: -float(np.mean(measured[name].values[metric])))
    best = measured[ranked[0]].values[metric]
    return [
        {
            "metric": metric,
            "better": ranked[0],
            "than": name,
            **asdict(
                paired_difference(
                    best, measured[name].values[metric], rng=np.random.default_rng(seed)
                )
            ),
        }
        for name in ranked[1:]
    ]
