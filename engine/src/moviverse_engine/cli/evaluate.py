"""`moviverse-engine evaluate`: measure models on held-out people, films, time or ratings."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, get_args

import click
import numpy as np
from rich.markup import escape

from moviverse_engine import EngineError
from moviverse_engine.cli import (
    config_files,
    environment,
    options,
    outputs,
    protocols,
    scoring,
    sources,
    tables,
    terminal,
)
from moviverse_engine.cli import report as page
from moviverse_engine.evaluation.errors import NothingToEvaluate
from moviverse_engine.evaluation.groups import by_history_length
from moviverse_engine.evaluation.intervals import differences, holm, intervals
from moviverse_engine.evaluation.measurement import DESCRIBED
from moviverse_engine.evaluation.splits import Part
from moviverse_engine.models import registry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from moviverse_engine.cli.protocols import Protocol, Question
    from moviverse_engine.cli.scoring import Scored
    from moviverse_engine.models import Model

_ALL = "all"
_SHARES = (0.1, 0.25, 0.5)  # of the training people, on the way to all of them
_PAIRED_RESAMPLES = 10_000


@click.command()
@options.data
@protocols.options
@click.option("--models", "names", help="Names with commas, in any case, or all.")
@click.option(
    "--on",
    "part",
    type=click.Choice(get_args(Part)),
    default="test",
    show_default=True,
    help="Choose settings on validation; look at test once.",
)
@options.config_files
@options.settings
@click.option("--learning-curve", is_flag=True, help="Train on a tenth, quarter and half too.")
@click.option("--json", "json_path", type=options.PATH, help="Write all figures to a file.")
@click.option("--html", "html_path", type=options.PATH, help="Write a report with plots.")
@options.strict
def evaluate(
    *,
    data_path: Path,
    names: str | None,
    part: Part,
    config_paths: tuple[Path, ...],
    assignments: tuple[str, ...],
    learning_curve: bool,
    json_path: Path | None,
    html_path: Path | None,
    strict: bool,
    **protocol_options: Any,
) -> None:
    """Train models and ask them about people whose answers are known.

    strong asks people whom no model has seen, loo for everybody's last film, temporal for what
    came after a cut in time, always ranking all films; rating asks for hidden ratings. Settings
    name their model: --set ease.l2=500. Without --models those of the --config files are measured.
    """
    protocol = protocols.Protocol.asked(**protocol_options)
    outputs.require_writable(json_path, "--json")
    outputs.require_writable(html_path, "--html")
    if json_path and html_path and json_path.resolve() == html_path.resolve():
        raise click.BadParameter("is the file of --json too", param_hint="--html")
    if html_path:
        page.require_libraries()
    models = _models(names, config_paths, assignments, protocol)
    data = sources.load(data_path, strict=strict)
    question = protocols.Question(
        protocol, part, protocol.draw(data.interactions, part), data.features
    )
    results: dict[str, dict[str, Any]] = {}
    measured: dict[str, Scored] = {}
    missing: dict[str, str] = {}
    for model in models:
        try:
            results[model.name], measured[model.name] = _measured(
                model, question, learning_curve=learning_curve
            )
        except NothingToEvaluate:
            raise
        except EngineError as error:
            if names is None or names.strip().lower() != _ALL:
                raise
            missing[model.name] = " ".join(str(error).split())
            terminal.notices().print(
                f"[yellow]{model.name} is left out: {escape(missing[model.name])}[/]"
            )
    if not measured:
        raise click.UsageError("No model could be measured.")
    report = {
        "command": environment.command_line(),
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "environment": environment.description(),
        "data": data_path.name,
        "fingerprint": data.interactions.fingerprint,
        **_about(question, measured),
        "models": results,
        "models_left_out": missing,
        "metrics_left_out": _metrics_left_out(question, measured),
        "differences": _differences(measured, protocol),
    }
    tables.show(report, terminal.answers())
    if json_path:
        outputs.write_text(json_path, json.dumps(_plain(report), indent=2) + "\n")
    if html_path:
        outputs.write_text(html_path, page.render(report))


def _models(
    names: str | None,
    config_paths: Sequence[Path],
    assignments: tuple[str, ...],
    protocol: Protocol,
) -> list[Model[Any]]:
    """Make the models, untrained; one that is named twice is measured once."""
    given = {kind.name: chosen for kind, chosen in map(config_files.read, config_paths)}
    if names is None and not given:
        raise click.UsageError("Say which --models to measure, or give a --config.")
    if names is not None and names.strip().lower() == _ALL:
        rates = protocol.name == "rating"
        types = [
            kind for kind in registry.MODELS.values() if not rates or scoring.predicts_ratings(kind)
        ]
    else:
        chosen = list(given) if names is None else names.split(",")
        types = list(dict.fromkeys(registry.find(name.strip()) for name in chosen))
    for kind in types:
        if protocol.name == "rating" and not scoring.predicts_ratings(kind):
            raise click.BadParameter(f"{kind.name} predicts no ratings.", param_hint="--models")
    for name in given:
        if registry.find(name) not in types:
            raise click.BadParameter(f"{name} is not in --models.", param_hint="--config")
    for name, changes in options.nested(assignments).items():
        kind = registry.find(name)
        if kind not in types or not isinstance(changes, dict):
            raise click.BadParameter(
                f"{name!r} is no setting of a model in --models.", param_hint="--set"
            )
        given[kind.name] = config_files.merged(given.get(kind.name, {}), changes)
    return [kind(kind.config_type.from_mapping(given.get(kind.name, {}))) for kind in types]


def _measured(
    model: Model[Any], question: Question, *, learning_curve: bool
) -> tuple[dict[str, Any], Scored]:
    protocol = question.protocol
    fitted, seconds = scoring.trained(model, question)
    result = scoring.scored(fitted, question)
    found = intervals(list(result.figures.values()), rng=_rng(protocol))
    headline = result.figures[protocol.headline]
    groups = by_history_length(result.history_lengths, headline, rng=_rng(protocol))
    described = {
        "config": model.config.to_mapping(),
        "metrics": {name: asdict(each) for name, each in zip(result.figures, found, strict=True)},
        "catalogue": dict(result.catalogue),
        "by_history_length": [asdict(group) for group in groups],
        "training_seconds": seconds,
        "answer_milliseconds": scoring.answer_milliseconds(fitted, question),
    }
    del fitted  # the next training needs the memory
    if learning_curve:
        curve = [_point(model, question, share) for share in _SHARES]
        whole = described["metrics"][protocol.headline]
        described["learning_curve"] = [*curve, _as_point(1.0, question.split.train, whole)]
    return described, result


def _point(model: Model[Any], question: Question, share: float) -> dict[str, Any]:
    """Give the headline figure of a model trained on a share of the people."""
    protocol = question.protocol
    some = scoring.some_people(question.split.train, share, protocol.seed)
    fitted, _ = scoring.trained(model, question, some)
    result = scoring.scored(fitted, question)
    (interval,) = intervals([result.figures[protocol.headline]], rng=_rng(protocol))
    return _as_point(share, some, asdict(interval))


def _as_point(share: float, training: Any, interval: dict[str, float]) -> dict[str, Any]:
    return {
        "share": share,
        "people": len(training.users),
        "interactions": len(training),
        "figure": interval,
    }


def _about(question: Question, measured: Mapping[str, Scored]) -> dict[str, Any]:
    protocol, train = question.protocol, question.split.train
    one = next(iter(measured.values()))
    return {
        "protocol": protocol.name,
        "headline": protocol.headline,
        "split": protocol.source,
        "part": question.part,
        "feedback": protocol.feedback,
        "seed": protocol.seed,
        "training": {
            "users": len(train.users),
            "items": len(train.items),
            "interactions": len(train),
        },
        "people": len(one.history_lengths),
        "people_left_out": one.left_out,
        "ratings_by_baseline": one.by_baseline,
    }


def _metrics_left_out(question: Question, measured: Mapping[str, Scored]) -> dict[str, str]:
    if question.protocol.name == "rating":
        return {}
    known = next(iter(measured.values())).figures
    reason = "the data does not describe the films"
    return {name: reason for name in DESCRIBED if name not in known}


def _differences(measured: Mapping[str, Scored], protocol: Protocol) -> list[dict[str, Any]]:
    """Compare the best model with every other one, on the same people."""
    metric = protocol.headline
    sign = 1 if metric in protocols.ERRORS else -1
    ranked = sorted(measured, key=lambda name: sign * measured[name].figures[metric].value)
    best = measured[ranked[0]].figures[metric]
    others = [measured[name].figures[metric] for name in ranked[1:]]
    gaps = differences(best, others, rng=_rng(protocol), resamples=_PAIRED_RESAMPLES)
    adjusted = holm([gap.p_value for gap in gaps])
    return [
        {"metric": metric, "better": ranked[0], "than": name, **asdict(gap), "p_holm": p_holm}
        for name, gap, p_holm in zip(ranked[1:], gaps, adjusted, strict=True)
    ]


def _rng(protocol: Protocol) -> np.random.Generator:
    return np.random.default_rng(protocol.seed)


def _plain(value: Any) -> Any:
    """Write what is not a number as null, as JSON has it."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
