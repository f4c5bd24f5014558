"""Near and far: drama, love, history, the west and space. Each on a field of SIDE by SIDE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moviverse.web.posters.shapes import (
    SIDE,
    circle,
    disc_half,
    line,
    path,
    polygon,
    rect,
    ring,
    turned,
)

if TYPE_CHECKING:
    from moviverse.web.posters.chance import Chance
    from moviverse.web.posters.palettes import Palette


def meeting(chance: Chance, colours: Palette) -> str:
    """Draw two discs that meet, or nearly."""
    apart = chance.between(60, 130)
    radius = chance.between(105, 135)
    rise = chance.between(-50, 50)
    one = circle(200 - apart, 200 + rise, radius, colours.strong)
    other = circle(200 + apart, 200 - rise, radius, colours.soft)
    clip = f'<clipPath id="one">{one}</clipPath>'
    shared = f'<g clip-path="url(#one)">{circle(200 + apart, 200 - rise, radius, colours.deep)}</g>'
    return clip + one + other + shared


def doorway(chance: Chance, colours: Palette) -> str:
    """Draw the light of an open door."""
    left = chance.between(110, 190)
    top = chance.between(60, 110)
    lean = chance.between(-90, 60)
    light = [(left, 300), (left + 110, 300), (left + 170 + lean, 400), (left - 20 + lean, 400)]
    wall = rect(0, 0, SIDE, 300, colours.deep)
    leaf = [(left + 110, top), (left + 160, top - 26), (left + 160, 326), (left + 110, 300)]
    door = rect(left, top, 110, 300 - top, colours.soft)
    return wall + door + polygon(light, colours.soft) + polygon(leaf, colours.strong)


def horizon(chance: Chance, colours: Palette) -> str:
    """Draw somebody alone before the sea."""
    sea = chance.between(220, 280)
    x = chance.between(80, 320)
    sun = disc_half(chance.between(120, 280), sea, chance.between(80, 120), colours.soft)
    body = rect(x - 9, sea - 34, 18, 84, colours.ink, rx=9) + circle(x, sea - 48, 12, colours.ink)
    return sun + rect(0, sea, SIDE, SIDE - sea, colours.strong) + body


def heart(chance: Chance, colours: Palette) -> str:
    """Draw a heart of two halves."""
    shift = chance.between(-26, 26)
    left = path("M200 340L70 205A92 92 0 1 1 200 80Z", colours.strong)
    right = path("M200 340L330 205A92 92 0 1 0 200 80Z", colours.soft)
    moved = f'<g transform="translate(0 {shift})">{right}</g>'
    tilt = chance.between(-16, 16)
    return turned(tilt, 200, 210, left + moved) + circle(
        chance.between(60, 340), chance.between(340, 370), 20, colours.deep
    )


def rings(chance: Chance, colours: Palette) -> str:
    """Draw two rings, one through the other."""
    apart, radius = chance.between(55, 80), chance.between(92, 112)
    left, right = 200 - apart, 200 + apart
    over = path(
        f"M{left} {200 - radius - 13}A{radius + 13} {radius + 13} 0 0 1 {left + radius + 13} 200"
        f"H{left + radius - 13}A{radius - 13} {radius - 13} 0 0 0 {left} {200 - radius + 13}Z",
        colours.strong,
    )
    pair = ring(left, 200, radius, colours.strong, 26) + ring(right, 200, radius, colours.soft, 26)
    return turned(chance.between(-40, 40), 200, 200, pair + over)


def arcade(chance: Chance, colours: Palette) -> str:
    """Draw an arcade with a light in one arch."""
    lit = chance.between(0, 2)
    parts = [rect(0, 60, SIDE, 340, colours.strong), rect(0, 60, SIDE, 16, colours.deep)]
    for index in range(3):
        cx = 72 + index * 128
        fill = colours.soft if index == lit else colours.deep
        parts += [disc_half(cx, 200, 48, fill), rect(cx - 48, 199, 96, 201, fill)]
    return "".join(parts)


def table_mountain(chance: Chance, colours: Palette) -> str:
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


def planet(chance: Chance, colours: Palette) -> str:
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


def sunset_grid(chance: Chance, colours: Palette) -> str:
    """Draw a striped sun over a grid that runs to the horizon."""
    x = chance.between(150, 250)
    sun = circle(x, 190, 120, colours.strong)
    stripes = "".join(
        rect(0, 176 + step * 24, SIDE, 4 + step * 2, colours.ground) for step in range(4)
    )
    floor = rect(0, 262, SIDE, 138, colours.soft)
    across = "".join(rect(0, 262 + step * step * 5, SIDE, 3, colours.deep) for step in range(1, 6))
    away = "".join(line(f"M{x} 262L{x + step * 130} 400", colours.deep, 3) for step in range(-4, 5))
    return sun + stripes + floor + across + away


def lens(chance: Chance, colours: Palette) -> str:
    """Draw the blades of a lens."""
    blades = []
    turn = chance.between(0, 59)
    fills = (colours.strong, colours.deep)
    for index in range(6):
        blade = path("M200 60 A140 140 0 0 1 321 130 L200 165 Z", fills[index % 2])
        blades.append(turned(turn + 60 * index, 200, 200, blade))
    lens = circle(200, 200, 46, colours.soft)
    return ring(200, 200, 162, colours.strong, 10) + "".join(blades) + lens


def screen(chance: Chance, colours: Palette) -> str:
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


def quilt(chance: Chance, colours: Palette) -> str:
    """Draw a quilt of quarter discs."""
    fills = (colours.strong, colours.soft, colours.deep)
    parts = []
    for row in range(3):
        for column in range(3):
            x, y = 4 + column * 132, 4 + row * 132
            quarter = path(f"M{x} {y}H{x + 128}A128 128 0 0 1 {x} {y + 128}Z", chance.pick(fills))
            parts.append(turned(chance.pick((0, 90, 180, 270)), x + 64, y + 64, quarter))
    return "".join(parts)
