"""The few SVG elements that posters are made of. Presentation attributes only: no style, no script."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SIDE = 400  # of the field that a motif fills


def circle(cx: float, cy: float, r: float, fill: str) -> str:
    return f'<circle cx="{cx:g}" cy="{cy:g}" r="{r:g}" fill="{fill}"/>'


def ring(cx: float, cy: float, r: float, stroke: str, width: float) -> str:
    return (
        f'<circle cx="{cx:g}" cy="{cy:g}" r="{r:g}" fill="none" '
        f'stroke="{stroke}" stroke-width="{width:g}"/>'
    )


def rect(x: float, y: float, width: float, height: float, fill: str, *, rx: float = 0) -> str:
    corner = f' rx="{rx:g}"' if rx else ""
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{fill}"{corner}/>'
    )


def polygon(points: Iterable[tuple[float, float]], fill: str) -> str:
    listed = " ".join(f"{x:g},{y:g}" for x, y in points)
    return f'<polygon points="{listed}" fill="{fill}"/>'


def path(d: str, fill: str) -> str:
    return f'<path d="{d}" fill="{fill}"/>'


def line(d: str, stroke: str, width: float) -> str:
    return f'<path d="{d}" fill="none" stroke="{stroke}" stroke-width="{width:g}"/>'


def turned(degrees: float, cx: float, cy: float, inner: str) -> str:
    return f'<g transform="rotate({degrees:g} {cx:g} {cy:g})">{inner}</g>'


def disc_half(cx: float, cy: float, r: float, fill: str, *, turn: float = 0) -> str:
    """Return the upper half of a disc, turned clockwise by `turn` degrees."""
    half = path(f"M{cx - r:g} {cy:g}A{r:g} {r:g} 0 0 1 {cx + r:g} {cy:g}Z", fill)
    return turned(turn, cx, cy, half) if turn else half
