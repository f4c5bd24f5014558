"""The tables of `evaluate`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table

if TYPE_CHECKING:
    from rich.console import Console


def show(report: dict[str, Any], console: Console) -> None:
    """Print means with their 95 % intervals, one column a model, then the best against the rest."""
    models = report["models"]
    training, left_out = report["training"], report["people_left_out"]
    table = Table(
        title=f"{report['data']}, {report['protocol']}, {report['part']} ({report['split']})",
        caption=(
            f"{report['people']:,} people over {training['items']:,} films, full ranking; "
            f"trained on {training['interactions']:,} ratings of {training['users']:,} people; "
            f"95 % bootstrap intervals, seed {report['seed']}"
            + (f"; {left_out:,} people wait only for films never trained on" if left_out else "")
        ),
    )
    table.add_column("")
    for name in models:
        table.add_column(name, justify="right", no_wrap=True)
    first = next(iter(models.values()))
    for metric in first["metrics"]:
        table.add_row(metric, *(_interval(model["metrics"][metric]) for model in models.values()))
    for metric in first["coverage"]:
        table.add_row(metric, *(f"{model['coverage'][metric]:.4f}" for model in models.values()))
    table.add_section()
    table.add_row("training, s", *(f"{m['training_seconds']:.2f}" for m in models.values()))
    for part in ("p50", "p99"):
        times = (f"{model['answer_milliseconds'][part]:.3f}" for model in models.values())
        table.add_row(f"answer {part}, ms", *times)
    console.print(table)
    for gap in report["differences"]:
        console.print(
            f"{gap['metric']}: {gap['better']} - {gap['than']} = {gap['mean']:+.4f} "
            f"({gap['low']:+.4f} to {gap['high']:+.4f}), paired, p = {gap['p_value']:.3f}"
        )


def _interval(interval: dict[str, float]) -> str:
    return f"{interval['mean']:.4f} ({interval['low']:.4f}-{interval['high']:.4f})"
