"""After dark: crime, horror, mystery, suspense and war. Each on a field of SIDE by SIDE."""

from __future__ import annotations

from math import cos, pi, sin
from typing import TYPE_CHECKING

from moviverse.web.posters.shapes import circle, line, path, polygon, rect, turned

if TYPE_CHECKING:
    from moviverse.web.posters.chance import Chance
    from moviverse.web.posters.palettes import Palette


def blind(chance: Chance, colours: Palette) -> str:
    """Draw the light of a lamp through a blind."""
    lamp = circle(chance.between(150, 250), chance.between(150, 240), 130, colours.strong)
    tilt = chance.between(-14, 14)
    blind = [rect(-80, y, 560, 20, colours.ground) for y in range(-60, 480, 40)]
    stripe = rect(-80, 40 * chance.between(5, 8) - 20, 560, 20, colours.deep)
    return lamp + turned(tilt, 200, 200, "".join(blind) + stripe)


def city(chance: Chance, colours: Palette) -> str:
    """Draw a city at night, with somebody still up."""
    parts = [circle(chance.between(70, 330), chance.between(70, 120), 46, colours.strong)]
    lit = chance.between(0, 11)
    for index in range(4):
        x, top = index * 104 - 6, chance.between(120, 230)
        parts.append(rect(x, top, 98, 400 - top, (colours.soft, colours.deep)[index % 2]))
        for place in range(3):
            fill = colours.strong if lit == index * 3 + place else colours.ground
            parts.append(
                rect(x + 16 + place * 24, top + 26 + chance.between(0, 3) * 34, 14, 20, fill)
            )
    return "".join(parts)


def trace(chance: Chance, colours: Palette) -> str:
    """Draw the ridges of a fingerprint."""
    x = chance.between(170, 230)
    parts = []
    for index in range(8):
        radius = 24 + index * 22
        drop = chance.between(30, 150)
        stroke = colours.strong if index % 3 else colours.soft
        parts.append(
            line(
                f"M{x - radius} {215 + drop}V215A{radius} {radius} 0 0 1 {x + radius} 215v{170 - drop}",
                stroke,
                9,
            )
        )
    return "".join(parts)


def eye(chance: Chance, colours: Palette) -> str:
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


def claws(chance: Chance, colours: Palette) -> str:
    """Draw what claws left on the moon."""
    moon = circle(200, 200, chance.between(130, 160), colours.strong)
    lean = chance.between(20, 90)
    cuts = []
    for index in range(4):
        x = 90 + index * 62
        end = x - lean
        top, bottom = chance.between(0, 60), chance.between(340, 400)
        cuts.append(
            path(f"M{x} {top}Q{x + 34} 200 {end} {bottom}Q{x - 2} 200 {x} {top}Z", colours.ground)
        )
    return moon + "".join(cuts)


def house(chance: Chance, colours: Palette) -> str:
    """Draw a house on a hill with one light."""
    x = chance.between(90, 220)
    moon = circle(chance.between(90, 310), 120, chance.between(56, 84), colours.soft)
    hill = path(f"M0 400V360Q{x + 50} 230 400 350V400Z", colours.deep)
    walls = rect(x, 190, 100, 120, colours.deep) + rect(x + 64, 130, 30, 100, colours.deep)
    roofs = polygon([(x - 14, 192), (x + 50, 128), (x + 114, 192)], colours.deep) + polygon(
        [(x + 56, 132), (x + 79, 84), (x + 102, 132)], colours.deep
    )
    return moon + hill + walls + roofs + rect(x + 22, 216, 22, 32, colours.strong)


def keyhole(chance: Chance, colours: Palette) -> str:
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


def maelstrom(chance: Chance, colours: Palette) -> str:
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


def chevrons(chance: Chance, colours: Palette) -> str:
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
