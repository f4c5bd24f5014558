"""In the light: adventure, animation, comedy, families, music and wonder. Each on a field of SIDE by SIDE."""

from __future__ import annotations

from math import cos, pi, sin
from typing import TYPE_CHECKING

from moviverse.web.posters.shapes import SIDE, circle, disc_half, path, polygon, rect, ring, turned

if TYPE_CHECKING:
    from moviverse.web.posters.chance import Chance
    from moviverse.web.posters.palettes import Palette


def burst(chance: Chance, colours: Palette) -> str:
    """Draw shards that burst from one point."""
    x, y = chance.between(60, 140), chance.between(230, 330)
    fills = (colours.strong, colours.soft, colours.deep)
    parts = []
    start = chance.between(-100, -84)
    for index in range(7):
        first = start + index * 17
        wide = chance.between(5, 12)
        edges = [(first + step) * pi / 180 for step in (0, wide)]
        far = chance.between(380, 560)
        points = [(x, y), *((x + far * cos(edge), y + far * sin(edge)) for edge in edges)]
        parts.append(polygon([(round(a), round(b)) for a, b in points], fills[index % 3]))
    return "".join(parts) + circle(x, y, chance.between(34, 56), colours.strong)


def mountains(chance: Chance, colours: Palette) -> str:
    """Draw ranges of mountains under a sun."""
    sun = circle(chance.between(110, 290), chance.between(100, 150), 62, colours.soft)
    ranges = []
    for height, fill in ((190, colours.strong), (270, colours.deep)):
        peaks = [(0, SIDE), (0, height + chance.between(20, 70))]
        for x in (90, 190, 300):
            peaks.append((x + chance.between(-25, 25), height - chance.between(0, 60)))
            peaks.append((x + 55, height + chance.between(30, 70)))
        ranges.append(polygon([*peaks, (SIDE, height + 20), (SIDE, SIDE)], fill))
    return sun + "".join(ranges)


def bounce(chance: Chance, colours: Palette) -> str:
    """Draw a ball in the moments of its bounce."""
    radius = chance.between(44, 58)
    heights = (330, 200, 120, 95, 140, 240)
    fills = (colours.soft, colours.deep, colours.strong)
    first = chance.between(0, 2)
    balls = [
        circle(36 + index * 68, height, radius, fills[(first + index) % 3])
        for index, height in enumerate(heights)
    ]
    return "".join(balls) + rect(0, 388, SIDE, 12, colours.ink)


def hills(chance: Chance, colours: Palette) -> str:
    """Draw round hills, a sun and a cloud."""
    sun = circle(chance.between(80, 320), 110, 60, colours.soft)
    x, y = chance.between(90, 250), chance.between(120, 180)
    cloud = (
        circle(x, y, 30, colours.ink) + circle(x + 42, y - 14, 40, colours.ink)
        + circle(x + 86, y, 30, colours.ink) + rect(x, y, 86, 30, colours.ink)
    )  # fmt: skip
    grown = [
        circle(chance.between(0, 120), 400, chance.between(130, 170), colours.strong),
        circle(chance.between(260, 400), 420, chance.between(170, 210), colours.deep),
        circle(chance.between(140, 240), 470, 150, colours.soft),
    ]
    return sun + cloud + "".join(grown)


def half_discs(chance: Chance, colours: Palette) -> str:
    """Draw a game of half discs."""
    fills = (colours.strong, colours.soft, colours.deep)
    parts = []
    for row in range(3):
        for column in range(3):
            cx, cy = 68 + column * 132, 68 + row * 132
            fill = fills[(row + column + chance.between(0, 1)) % 3]
            parts.append(disc_half(cx, cy, 62, fill, turn=chance.pick((0, 90, 180, 270))))
    return "".join(parts)


def smile(chance: Chance, colours: Palette) -> str:
    """Draw a face that laughs."""
    tilt = chance.between(-18, 18)
    face = circle(200, 200, 165, colours.strong)
    eye = circle(142, 152, 22, colours.deep)
    wink = rect(232, 146, 52, 14, colours.deep, rx=7)
    other = wink if chance.between(0, 1) else circle(258, 152, 22, colours.deep)
    mouth = disc_half(200, 210, 100, colours.soft, turn=180)
    return turned(tilt, 200, 200, face + eye + other + mouth)


def rainbow(chance: Chance, colours: Palette) -> str:
    """Draw a rainbow over a hill."""
    x = chance.between(150, 250)
    fills = (colours.strong, colours.soft, colours.deep)
    turn = chance.between(0, 2)
    arcs = [
        disc_half(x, 330, radius, fills[(turn + index) % 3])
        for index, radius in enumerate((230, 180, 130))
    ]
    return (
        "".join(arcs) + disc_half(x, 330, 80, colours.ground) + rect(0, 330, SIDE, 70, fills[turn])
    )


def moonlight(chance: Chance, colours: Palette) -> str:
    """Draw a crescent over waves, and stars."""
    x, y = chance.between(150, 260), chance.between(120, 160)
    moon = circle(x, y, 92, colours.strong) + circle(x + 42, y - 24, 80, colours.ground)
    stars = []
    for _ in range(9):
        sx, sy = chance.between(20, 380), chance.between(20, 250)
        size = chance.between(5, 12)
        stars.append(
            path(
                f"M{sx} {sy - size}Q{sx} {sy} {sx + size} {sy}Q{sx} {sy} {sx} {sy + size}"
                f"Q{sx} {sy} {sx - size} {sy}Q{sx} {sy} {sx} {sy - size}Z",
                colours.deep,
            )
        )
    waves = [
        path(f"M0 {y}C100 {y - rise} 150 {y + rise} 230 {y}S340 {y - rise} 400 {y}V400H0Z", fill)
        for y, rise, fill in (
            (290, chance.between(40, 80), colours.soft),
            (345, chance.between(-60, -30), colours.strong),
        )
    ]
    return moon + "".join(stars) + "".join(waves)


def record(chance: Chance, colours: Palette) -> str:
    """Draw a record before the bars of its sound."""
    fills = (colours.deep, colours.soft)
    bars = []
    for index in range(9):
        height = chance.between(60, 330)
        bars.append(rect(14 + index * 42, 400 - height, 28, height, fills[index % 2], rx=14))
    x, y = chance.between(140, 260), chance.between(150, 200)
    record = circle(x, y, 128, colours.strong)
    grooves = "".join(ring(x, y, radius, colours.ground, 3) for radius in (108, 90, 72))
    return "".join(bars) + record + grooves + circle(x, y, 34, colours.ground)
