"""The table of `evaluate`: one row a model, as many metrics as the terminal is wide."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

from rich import box
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from rich.console import Console

    Cell = Callable[[Mapping[str, Any]], str]

# The first come first where not all fit.
_METRICS = (
    *("NDCG@10", "Recall@20", "MRR", "HR@10", "NDCG@100", "NDCG@20", "Recall@50", "MAP"),
    *("MAE", "Diversity@20", "Novelty@20", "Popularity@20", "Miscalibration@20"),
)
_UNFOLDED = 1000  # columns, more than any table has
_CATALOGUE = ("Coverage@20", "Gini@20")


def show(report: Mapping[str, Any], console: Console) -> None:
    """Print means of the people, the headline with its 95 % interval, then the paired tests."""
    console.print(_title(report), highlight=False)
    console.print(_fitting(report, console))
    for line in _notes(report):
        console.print(line, highlight=False)


def interval(figure: Mapping[str, float]) -> str:
    """Write a figure with its bounds."""
    return f"{number(figure['mean'])} ({number(figure['low'])}-{number(figure['high'])})"


def number(value: float) -> str:
    """Write a figure; a dash where there is none."""
    return "-" if math.isnan(value) else f"{value:.4f}"


def _title(report: Mapping[str, Any]) -> str:
    low = ", low ratings told" if report["feedback"] == "all" else ""
    return (
        f"[bold]{escape(report['data'])}, {report['protocol']}{low}, {report['part']}[/] "
        f"({escape(report['split'])})"
    )


def _fitting(report: Mapping[str, Any], console: Console) -> Table:
    """Leave away the last metrics until the table fits."""
    metrics = _columns(report)
    while True:
        table = _table(report, metrics)
        wide = console.options.update(width=_UNFOLDED)
        needed = Measurement.get(console, wide, table).maximum
        if needed <= console.width or not metrics:
            return table
        metrics = metrics[:-1]


def _columns(report: Mapping[str, Any]) -> list[tuple[str, Cell]]:
    model = next(iter(report["models"].values()))
    found: list[tuple[str, Cell]] = []
    for name in (*_METRICS[:3], *_CATALOGUE, *_METRICS[3:]):
        if name == report["headline"]:
            continue
        if name in model["metrics"]:
            found.append((name, partial(_mean, name)))
        elif name in model["catalogue"]:
            found.append((name, partial(_of_all_lists, name)))
    return found


def _mean(metric: str, model: Mapping[str, Any]) -> str:
    return number(model["metrics"][metric]["mean"])


def _of_all_lists(metric: str, model: Mapping[str, Any]) -> str:
    return number(model["catalogue"][metric])


def _table(report: Mapping[str, Any], metrics: Sequence[tuple[str, Cell]]) -> Table:
    headline = report["headline"]
    columns: list[tuple[str, Cell]] = [
        (headline, lambda model: interval(model["metrics"][headline])),
        *metrics,
        ("train s", lambda model: f"{model['training_seconds']:.2f}"),
        ("p50 ms", lambda model: f"{model['answer_milliseconds']['p50']:.3f}"),
        ("p99 ms", lambda model: f"{model['answer_milliseconds']['p99']:.3f}"),
    ]
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("", no_wrap=True)
    for name, _ in columns:
        head, at, k = name.partition("@")
        table.add_column(f"{head}\n{at}{k}" if at else name, justify="right", no_wrap=True)
    for name, model in report["models"].items():
        table.add_row(name, *(cell(model) for _, cell in columns))
    return table


def _notes(report: Mapping[str, Any]) -> list[str]:
    training, left_out = report["training"], report["people_left_out"]
    ranking = "" if report["protocol"] == "rating" else f" over {training['items']:,} films"
    told = f"{training['interactions']:,} ratings of {training['users']:,} people"
    sure = f"95 % bootstrap intervals over people, seed {report['seed']}"
    notes = [f"{report['people']:,} people{ranking}, trained on {told}; {sure}."]
    if left_out:
        notes.append(f"{left_out:,} people wait only for films never trained on.")
    if report["ratings_by_baseline"]:
        notes.append(
            f"{report['ratings_by_baseline']:,} ratings are of films never trained on: "
            "their people's damped mean answers."
        )
    notes += [f"{name} is not measured: {why}." for name, why in report["metrics_left_out"].items()]
    differences = report["differences"]
    if differences:
        notes.append(
            f"{differences[0]['metric']} of {differences[0]['better']} less that of the others, "
            "paired bootstrap, p adjusted for all of them (Holm):"
        )
    return notes + [
        f"  {gap['than']}: {gap['mean']:+.4f} ({gap['low']:+.4f} to {gap['high']:+.4f}), "
        f"p = {gap['p_holm']:.4f}"
        for gap in differences
    ]
