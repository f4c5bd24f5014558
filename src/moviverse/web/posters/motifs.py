"""One geometric idea a genre, on a field of 400 by 400 that the poster clips and may mirror."""

from __future__ import annotations

from math import cos, pi, sin
from typing import TYPE_CHECKING

from moviverse.web.posters.shapes import circle, disc_half, line, path, polygon, rect, ring, turned

if TYPE_CHECKING:
    from collections.abc import Callable

    from moviverse.web.posters.chance import Chance
    from moviverse.web.posters.palettes import Palette

    Motif = Callable[[Chance, Palette], str]

SIDE = 400


def action(chance: Chance, colours: Palette) -> str:
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


def adventure(chance: Chance, colours: Palette) -> str:
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


def animation(chance: Chance, colours: Palette) -> str:
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


def comedy(chance: Chance, colours: Palette) -> str:
    """Draw a game of half discs."""
    fills = (colours.strong, colours.soft, colours.deep)
    parts = []
    for row in range(3):
        for column in range(3):
            cx, cy = 68 + column * 132, 68 + row * 132
            fill = fills[(row + column + chance.between(0, 1)) % 3]
            parts.append(disc_half(cx, cy, 62, fill, turn=chance.pick((0, 90, 180, 270))))
    return "".join(parts)


def crime(chance: Chance, colours: Palette) -> str:
    """Draw the light of a lamp through a blind."""
    lamp = circle(chance.between(150, 250), chance.between(150, 240), 130, colours.strong)
    tilt = chance.between(-14, 14)
    blind = [rect(-80, y, 560, 20, colours.ground) for y in range(-60, 480, 40)]
    stripe = rect(-80, 40 * chance.between(5, 8) - 20, 560, 20, colours.deep)
    return lamp + turned(tilt, 200, 200, "".join(blind) + stripe)


def documentary(chance: Chance, colours: Palette) -> str:
    """Draw the blades of a lens."""
    blades = []
    turn = chance.between(0, 59)
    fills = (colours.strong, colours.deep)
    for index in range(6):
        blade = path("M200 60 A140 140 0 0 1 321 130 L200 165 Z", fills[index % 2])
        blades.append(turned(turn + 60 * index, 200, 200, blade))
    lens = circle(200, 200, 46, colours.soft)
    return ring(200, 200, 162, colours.strong, 10) + "".join(blades) + lens


def drama(chance: Chance, colours: Palette) -> str:
    """Draw two that meet, an open door, or somebody alone before the horizon."""
    return chance.pick((_meeting, _meeting, _doorway, _horizon))(chance, colours)


def _meeting(chance: Chance, colours: Palette) -> str:
    apart = chance.between(60, 130)
    radius = chance.between(105, 135)
    rise = chance.between(-50, 50)
    one = circle(200 - apart, 200 + rise, radius, colours.strong)
    other = circle(200 + apart, 200 - rise, radius, colours.soft)
    clip = f'<clipPath id="one">{one}</clipPath>'
    shared = f'<g clip-path="url(#one)">{circle(200 + apart, 200 - rise, radius, colours.deep)}</g>'
    return clip + one + other + shared


def _doorway(chance: Chance, colours: Palette) -> str:
    left = chance.between(110, 190)
    top = chance.between(60, 110)
    lean = chance.between(-90, 60)
    light = [(left, 300), (left + 110, 300), (left + 170 + lean, 400), (left - 20 + lean, 400)]
    wall = rect(0, 0, SIDE, 300, colours.deep)
    leaf = [(left + 110, top), (left + 160, top - 26), (left + 160, 326), (left + 110, 300)]
    door = rect(left, top, 110, 300 - top, colours.soft)
    return wall + door + polygon(light, colours.soft) + polygon(leaf, colours.strong)


def _horizon(chance: Chance, colours: Palette) -> str:
    sea = chance.between(220, 280)
    x = chance.between(80, 320)
    sun = disc_half(chance.between(120, 280), sea, chance.between(80, 120), colours.soft)
    body = rect(x - 9, sea - 34, 18, 84, colours.ink, rx=9) + circle(x, sea - 48, 12, colours.ink)
    return sun + rect(0, sea, SIDE, SIDE - sea, colours.strong) + body


def family(chance: Chance, colours: Palette) -> str:
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


def fantasy(chance: Chance, colours: Palette) -> str:
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


def history(chance: Chance, colours: Palette) -> str:
    """Draw an arcade with a light in one arch."""
    lit = chance.between(0, 2)
    parts = [rect(0, 60, SIDE, 340, colours.strong), rect(0, 60, SIDE, 16, colours.deep)]
    for index in range(3):
        cx = 72 + index * 128
        fill = colours.soft if index == lit else colours.deep
        parts += [disc_half(cx, 200, 48, fill), rect(cx - 48, 199, 96, 201, fill)]
    return "".join(parts)


def horror(chance: Chance, colours: Palette) -> str:
    """Draw teeth around an eye."""
    parts = []
    for index in range(8):
        x = index * 50
        reach = chance.between(90, 170)
        parts.append(polygon([(x, 0), (x + 50, 0), (x + 25, reach)], colours.deep))
        reach = chance.between(80, 150)
        parts.append(polygon([(x, 400), (x + 50, 400), (x + 25, 400 - reach)], colours.deep))
    slit = chance.between(8, 22)
    eye = path("M40 200Q200 70 360 200Q200 330 40 200Z", colours.strong)
    pupil = f'<ellipse cx="200" cy="200" rx="{slit}" ry="58" fill="{colours.ground}"/>'
    return "".join(parts) + eye + circle(200, 200, 62, colours.soft) + pupil


def music(chance: Chance, colours: Palette) -> str:
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


def mystery(chance: Chance, colours: Palette) -> str:
    """Draw a keyhole with the light that falls through it."""
    x = chance.between(150, 250)
    lean = chance.between(-120, 120)
    light = polygon(
        [(x - 34, 190), (x + 34, 190), (x + 190 + lean, 400), (x - 190 + lean, 400)], colours.soft
    )
    plate = rect(x - 95, 30, 190, 290, colours.strong, rx=95)
    hole = circle(x, 140, 44, colours.ground)
    slot = polygon([(x - 18, 160), (x + 18, 160), (x + 36, 262), (x - 36, 262)], colours.ground)
    return light + plate + hole + slot + circle(x, 140, 14, colours.deep)


def romance(chance: Chance, colours: Palette) -> str:
    """Draw a heart of two halves."""
    shift = chance.between(-26, 26)
    left = path("M200 340L70 205A92 92 0 1 1 200 80Z", colours.strong)
    right = path("M200 340L330 205A92 92 0 1 0 200 80Z", colours.soft)
    moved = f'<g transform="translate(0 {shift})">{right}</g>'
    tilt = chance.between(-16, 16)
    return turned(tilt, 200, 210, left + moved) + circle(
        chance.between(60, 340), chance.between(340, 370), 20, colours.deep
    )


def science_fiction(chance: Chance, colours: Palette) -> str:
    """Draw a planet, its rings and the stars."""
    stars = [
        circle(chance.between(0, 400), chance.between(0, 400), chance.between(1, 3), colours.ink)
        for _ in range(26)
    ]
    x, y = chance.between(160, 240), chance.between(170, 220)
    planet = circle(x, y, 108, colours.strong) + disc_half(
        x, y, 108, colours.soft, turn=chance.between(100, 170)
    )
    back, front = (
        line(f"M{x - 185} {y}A185 52 0 0 {sweep} {x + 185} {y}", colours.deep, 12)
        for sweep in (1, 0)
    )
    tilt = chance.between(-32, -12)
    moon = circle(chance.between(50, 110), chance.between(50, 90), 22, colours.deep)
    return "".join(stars) + turned(tilt, x, y, back) + planet + turned(tilt, x, y, front) + moon


def tv_movie(chance: Chance, colours: Palette) -> str:
    """Draw a screen with its lines."""
    lines = [rect(76, y, 248, 6, colours.soft) for y in range(116, 290, chance.pick((18, 22, 26)))]
    legs = line("M150 330L120 390M250 330L280 390", colours.deep, 12)
    aerial = line(
        f"M200 70L{chance.between(110, 170)} 10M200 70L{chance.between(230, 290)} 10",
        colours.deep,
        8,
    )
    frame = rect(50, 70, 300, 260, colours.deep, rx=40) + rect(
        70, 90, 260, 220, colours.strong, rx=30
    )
    return legs + aerial + frame + "".join(lines)


def thriller(chance: Chance, colours: Palette) -> str:
    """Draw rings that pull to one side."""
    turn = chance.between(0, 359) * pi / 180
    fills = (colours.strong, colours.ground, colours.soft, colours.ground)
    parts = []
    for index in range(9):
        radius = 186 - index * 20
        drift = index * 8.5
        parts.append(
            circle(
                round(200 + drift * cos(turn), 1),
                round(200 + drift * sin(turn), 1),
                radius,
                fills[index % 4],
            )
        )
    return "".join(parts)


def war(chance: Chance, colours: Palette) -> str:
    """Draw chevrons under a low sun."""
    sun = circle(chance.between(120, 280), 130, chance.between(70, 100), colours.strong)
    fills = (colours.soft, colours.deep)
    tip = chance.between(140, 260)
    parts = []
    for index in range(4):
        top = 170 + index * 70
        parts.append(
            polygon(
                [
                    (-20, top + 90),
                    (tip, top),
                    (420, top + 90),
                    (420, top + 160),
                    (tip, top + 70),
                    (-20, top + 160),
                ],
                fills[index % 2],
            )
        )
    return sun + "".join(parts)


def western(chance: Chance, colours: Palette) -> str:
    """Draw a table mountain before a setting sun."""
    x = chance.between(120, 280)
    sun = circle(x, 210, 120, colours.soft)
    bands = "".join(
        rect(0, 228 + step * 26, SIDE, 6 + step * 3, colours.ground) for step in range(4)
    )
    left = chance.between(20, 180)
    width = chance.between(120, 180)
    table = polygon(
        [
            (left - 50, 400), (left - 12, 300), (left, 210), (left + width, 210),
            (left + width + 14, 300), (left + width + 56, 400),
        ],
        colours.strong,
    )  # fmt: skip
    return sun + bands + table + rect(0, 356, SIDE, 44, colours.deep)


def plain(chance: Chance, colours: Palette) -> str:
    """Draw a quilt of quarter discs."""
    fills = (colours.strong, colours.soft, colours.deep)
    parts = []
    for row in range(3):
        for column in range(3):
            x, y = 4 + column * 132, 4 + row * 132
            quarter = path(f"M{x} {y}H{x + 128}A128 128 0 0 1 {x} {y + 128}Z", chance.pick(fills))
            parts.append(turned(chance.pick((0, 90, 180, 270)), x + 64, y + 64, quarter))
    return "".join(parts)


# Of a film's genres the first in this order gives the motif: the one that says most about it.
MOTIFS: dict[str, Motif] = {
    "Western": western,
    "Horror": horror,
    "Animation": animation,
    "Documentary": documentary,
    "War": war,
    "Science Fiction": science_fiction,
    "Music": music,
    "Fantasy": fantasy,
    "Crime": crime,
    "Mystery": mystery,
    "History": history,
    "Romance": romance,
    "Thriller": thriller,
    "Adventure": adventure,
    "Action": action,
    "Comedy": comedy,
    "Family": family,
    "TV Movie": tv_movie,
    "Drama": drama,
}
