"""The plots of the report, as SVG that stands inside a page and takes its colours."""

from __future__ import annotations

import io
import re
from html import escape
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, NullFormatter, StrMethodFormatter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    Box = tuple[float, float, float, float]
    Models = Mapping[str, Mapping[str, Any]]
    Points = Sequence[tuple[float, Mapping[str, float]]]

_INK = "#010203"  # stands for the colour of the page's text until the SVG is written
# Okabe & Ito 2008, without black and with a darker yellow and three more, so that all show on
# white and on black.
_COLOURS = (
    *("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00"),
    *("#56B4E9", "#B8A800", "#8C6BB1", "#A65628", "#808080"),
)
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "h")
_STYLE: Any = {
    "svg.fonttype": "none",
    "font.size": 9,
    "text.color": _INK,
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": _INK,
    "grid.alpha": 0.12,
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "lines.linewidth": 1.4,
    "legend.frameon": False,
}
_NARROW, _WIDE = 4.7, 6.4  # inches
_BESIDE_POINTS, _LETTER_POINTS, _LINE_POINTS, _MARK_POINTS = 7.0, 5.0, 10.0, 3.5


def intervals(models: Models, metric: str, *, fewer_is_better: bool) -> str:
    """Draw one row a model, the best on top: the figure and its 95 % interval."""
    sign = 1 if fewer_is_better else -1
    names = sorted(models, key=lambda name: sign * models[name]["metrics"][metric]["mean"])
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(_NARROW, 0.7 + 0.24 * len(names)), layout="constrained")
        axes = figure.add_subplot()
        for row, name in enumerate(names):
            _whisker(axes, models[name]["metrics"][metric], row, _look(models, name))
        axes.set_yticks(range(len(names)), names)
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.grid(visible=False, axis="y")
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel(f"{metric} ({'less' if fewer_is_better else 'more'} is better)")
        best = models[names[0]]["metrics"][metric]["mean"]
        return _svg(
            figure,
            f"{metric}-intervals",
            f"{metric} of each model with its 95 % interval",
            f"The best is {names[0]} with {best:.4f}.",
        )


def scatter(
    models: Models, metric: str, across: Mapping[str, float], label: str, *, logarithmic: bool
) -> str:
    """Draw one point a model: its figure, with its interval, against something else."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(_NARROW, 3.2), layout="constrained")
        axes = figure.add_subplot()
        if logarithmic:
            axes.set_xscale("log")
            axes.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
            axes.xaxis.set_minor_formatter(NullFormatter())
        for name, x in across.items():
            found, look = models[name]["metrics"][metric], _look(models, name)
            axes.plot([x, x], [found["low"], found["high"]], color=look["color"], alpha=0.55)
            axes.plot([x], [found["mean"]], linestyle="none", markersize=6, **look)
        axes.margins(x=0.22, y=0.08)
        axes.set_xlabel(label)
        axes.set_ylabel(metric)
        heights = {name: models[name]["metrics"][metric]["mean"] for name in across}
        _write_names(figure, axes, across, heights)
        what = label.partition(",")[0]
        return _svg(
            figure,
            f"{metric}-{what}",
            f"{metric} against {what}",
            "; ".join(f"{name}: {heights[name]:.4f} at {x:.3g}" for name, x in across.items()),
        )


def lines(models: Models, metric: str, points: Mapping[str, Points], label: str) -> str:
    """Draw one line a model, each point with its interval."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(_WIDE, 3.6), layout="constrained")
        axes = figure.add_subplot()
        axes.set_xscale("log")
        ticks = sorted({x for series in points.values() for x, _ in series})
        for place, (name, series) in enumerate(points.items()):
            look = _look(models, name)
            shift = 1.012 ** (place - (len(points) - 1) / 2)  # whiskers stand beside each other
            xs = [x * shift for x, _ in series]
            axes.plot(xs, [y["mean"] for _, y in series], label=name, markersize=4.5, **look)
            axes.vlines(
                xs,
                [y["low"] for _, y in series],
                [y["high"] for _, y in series],
                color=look["color"],
                alpha=0.5,
                linewidth=1,
            )
        axes.set_xticks(ticks, [f"{tick:,.3g}" if tick < 1 else f"{tick:,.0f}" for tick in ticks])
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.tick_params(axis="x", which="minor", length=0)
        axes.yaxis.set_major_locator(MaxNLocator(6))
        axes.set_xlabel(label)
        axes.set_ylabel(metric)
        figure.legend(loc="outside right center", handlelength=1.8, fontsize=8.5)
        what = label.partition(",")[0]
        return _svg(
            figure,
            f"{metric}-{what}",
            f"{metric} against {what}",
            "; ".join(
                f"{name}: {series[0][1]['mean']:.4f} to {series[-1][1]['mean']:.4f}"
                for name, series in points.items()
            ),
        )


def _look(models: Models, name: str) -> dict[str, Any]:
    """Give a model the same colour and mark in all plots."""
    place = list(models).index(name)
    return {
        "color": _COLOURS[place % len(_COLOURS)],
        "marker": _MARKERS[place % len(_MARKERS)],
    }


def _whisker(axes: Axes, found: Mapping[str, float], row: int, look: dict[str, Any]) -> None:
    axes.plot([found["low"], found["high"]], [row, row], color=look["color"], linewidth=1.8)
    axes.plot([found["mean"]], [row], linestyle="none", markersize=6, **look)


def _write_names(
    figure: Figure, axes: Axes, across: Mapping[str, float], heights: Mapping[str, float]
) -> None:
    """Write each name beside its point, where it covers no other point and no other name."""
    figure.draw_without_rendering()
    scale = figure.dpi / 72
    places = {
        name: axes.transData.transform((x, heights[name])) / scale for name, x in across.items()
    }
    taken = [_box(x, y, 0, 0) for x, y in places.values()]
    for name in sorted(places, key=lambda each: -places[each][1]):
        x, y = places[name]
        width = _LETTER_POINTS * len(name)
        spots = [
            (side, step * _LINE_POINTS / 2)
            for step in (0, -1, 1, -2, 2, -3, 3, -4, 4, -5, 5, -6, 6)
            for side in (1, -1)
        ]
        side, up = next(
            (
                spot
                for spot in spots
                if not any(_meet(_named(x, y, width, *spot), each) for each in taken)
            ),
            spots[0],
        )
        taken.append(_named(x, y, width, side, up))
        axes.annotate(
            name,
            (across[name], heights[name]),
            xytext=(side * _BESIDE_POINTS, up),
            textcoords="offset points",
            ha="left" if side > 0 else "right",
            va="center",
            fontsize=8.5,
        )


def _named(x: float, y: float, width: float, side: int, up: float) -> Box:
    left = x + _BESIDE_POINTS if side > 0 else x - _BESIDE_POINTS - width
    return _box(left, y + up, width, _LINE_POINTS)


def _box(left: float, middle: float, width: float, height: float) -> Box:
    """Return (left, low, right, high); a point has the size of its mark."""
    half = max(height / 2, _MARK_POINTS)
    margin = 0 if width else _MARK_POINTS
    return left - margin, middle - half, left + width + margin, middle + half


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _svg(figure: Figure, key: str, title: str, description: str) -> str:
    """Write a figure without fixed ink, with ids of its own and words for who does not see it."""
    key = re.sub(r"[^a-z0-9]+", "-", key.lower())
    written = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": key}):
        figure.savefig(
            written, format="svg", transparent=True, metadata={"Date": None, "Creator": None}
        )
    text = written.getvalue()
    text = text[text.index("<svg") :].replace(_INK, "currentColor")
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{key}-", text)
    text = re.sub(r"font: ([\d.]+px) [^;\"]*", r"font: \1 var(--font)", text)
    words = f'<title id="{key}-title">{escape(title)}</title>'
    words += f'<desc id="{key}-desc">{escape(description)}</desc>'
    head, rest = text.split(">", 1)
    head = re.sub(r' (?:width|height)="[\d.]+pt"', "", head)
    return f'{head} role="img" aria-labelledby="{key}-title {key}-desc">{words}{rest}'
