"""The HTML report of `evaluate`: one file with its plots inside, for a screen and for paper."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moviverse_engine import EngineError
from moviverse_engine.cli import tables
from moviverse_engine.cli.protocols import ERRORS

if TYPE_CHECKING:
    from collections.abc import Mapping

_TEMPLATE = Path(__file__).with_name("report.html")
_LATENCY = "median time of one answer, ms"
_NEITHER = ("Novelty", "Popularity", "Diversity")  # more of them may be better or worse
_PLOTTED = ("NDCG@10", "Recall@20")  # beside the headline


class MissingReportLibraries(EngineError):
    """The report needs libraries that are not installed."""


def require_libraries() -> None:
    """Refuse where what draws the report is not installed.

    Raises:
        MissingReportLibraries: the message says what to install.
    """
    if not (find_spec("jinja2") and find_spec("matplotlib")):
        raise MissingReportLibraries(
            'The HTML report is drawn with Matplotlib and Jinja: pip install "moviverse-engine[report]"'
        )


def render(report: Mapping[str, Any]) -> str:
    """Return the report of `evaluate` as one HTML page that asks for nothing from outside."""
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - an extra

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["number"] = tables.number
    environment.filters["interval"] = tables.interval
    environment.filters["json"] = lambda value: json.dumps(value, ensure_ascii=False)
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    first = next(iter(report["models"].values()))
    return template.render(
        report=report,
        metrics=list(first["metrics"]),
        catalogue=list(first["catalogue"]),
        best=best(report),
        plots=_plots(report),
    )


def best(report: Mapping[str, Any]) -> dict[str, set[str]]:
    """Name the models with the best mean of each metric of which more, or less, is better."""
    found = {}
    for metric in next(iter(report["models"].values()))["metrics"]:
        if metric.startswith(_NEITHER):
            continue
        means = {
            name: tables.number(each["metrics"][metric]["mean"])
            for name, each in report["models"].items()
        }
        fewer_is_better = metric in ERRORS or metric.startswith("Miscalibration")
        first = min(means.values()) if fewer_is_better else max(means.values())
        found[metric] = {name for name, mean in means.items() if mean == first}
    return found


def _plots(report: Mapping[str, Any]) -> dict[str, list[str]]:
    """Draw what there is to draw, by the section it belongs to."""
    from moviverse_engine.cli import plots  # noqa: PLC0415 - an extra

    models, headline = report["models"], report["headline"]
    first = next(iter(models.values()))
    chosen = [headline, *(m for m in (*_PLOTTED, "MAE") if m in first["metrics"] and m != headline)]
    latency = {name: each["answer_milliseconds"]["p50"] for name, each in models.items()}
    drawn = {
        "accuracy": [plots.intervals(models, m, fewer_is_better=m in ERRORS) for m in chosen],
        "trade": [plots.scatter(models, headline, latency, _LATENCY, logarithmic=True)],
        "history": [],
        "learning": [],
    }
    if "Coverage@20" in first["catalogue"]:
        coverage = {name: each["catalogue"]["Coverage@20"] for name, each in models.items()}
        label = "coverage, share of the films in somebody's first 20"
        drawn["trade"].append(plots.scatter(models, headline, coverage, label, logarithmic=False))
    if len(first["by_history_length"]) > 1:
        groups = {
            name: [
                ((max(group["shortest"], 1) * max(group["longest"], 1)) ** 0.5, group["figure"])
                for group in each["by_history_length"]
            ]
            for name, each in models.items()
        }
        label = "history length, films (middle of each fifth of the people)"
        drawn["history"].append(plots.lines(models, headline, groups, label))
    if "learning_curve" in first:
        curves = {
            name: [(100 * point["share"], point["figure"]) for point in each["learning_curve"]]
            for name, each in models.items()
        }
        label = "training people, percent"
        drawn["learning"].append(plots.lines(models, headline, curves, label))
    return drawn
