from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from moviverse.web.posters import lettering, motifs, palettes
from moviverse.web.posters.chance import Chance
from moviverse.web.posters.shapes import SIDE, rect

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT = 400, 600
MARGIN = 30
MOST_TELLING = 2  # genres that a film may be drawn by
TITLE_HEIGHT = 138  # of the box that the title may fill
FOOT = 26  # from the last line of text to the edge
SMALL = 19
ASCENT = 0.86  # from the top of a line to its baseline, of the size
FONTS = "'Helvetica Neue', Helvetica, Arial, 'Noto Sans', 'DejaVu Sans', sans-serif"
# XML 1.0 has no way to write these, not even escaped.
UNWRITABLE = dict.fromkeys(range(32)) | {0xFFFE: None, 0xFFFF: None, 127: None}


def poster(*, tmdb_id: int, title: str, year: int | None, genres: Sequence[str]) -> str:
    """Return an SVG of 2:3: the genre gives colours and motif, the id their variation.

    Args:
        tmdb_id: The film; the same id gives the same drawing.
        title: Any length, any script; what does not fit ends in an ellipsis.
        year: Of the release, when known.
        genres: Names as in the catalogue, in any order; unknown ones are passed over.
    """
    chance = Chance(tmdb_id)
    telling = [name for name in motifs.MOTIFS if name in genres][:MOST_TELLING]
    genre = chance.pick(telling) if telling else ""
    colours = chance.pick(palettes.PALETTES.get(genre, palettes.PLAIN))
    motif = chance.pick(motifs.MOTIFS.get(genre, motifs.PLAIN))(chance, colours)
    mirrored = chance.between(0, 1)
    title_above = chance.between(0, 2) == 0

    said = _clean(title) or "Untitled"
    setting = lettering.fitted(said, width=WIDTH - 2 * MARGIN, height=TITLE_HEIGHT)
    field_top = HEIGHT - SIDE if title_above else 0
    title_top = MARGIN + 6 if title_above else HEIGHT - FOOT - 2 * SMALL - setting.height
    flip = f" translate({SIDE} 0) scale(-1 1)" if mirrored else ""
    facts = " · ".join(part for part in (str(year) if year else "", _clean(genre)) if part)
    facts_at = title_top + setting.height + SMALL + 6
    field = rect(0, 0, SIDE, SIDE, colours.ground)
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" \
width="{WIDTH}" height="{HEIGHT}" role="img">
<title>{escape(said)}</title>
<clipPath id="field">{field}</clipPath>
{rect(0, 0, WIDTH, HEIGHT, colours.ground)}
<g transform="translate(0 {field_top}){flip}" clip-path="url(#field)">{motif}</g>
<g fill="{colours.ink}" font-family="{FONTS}">
{_lines(setting, title_top)}
<text x="{MARGIN}" y="{facts_at:g}" font-size="{SMALL}" letter-spacing="1">{escape(facts)}</text>
</g>
</svg>
"""


def _lines(setting: lettering.Setting, top: float) -> str:
    step = setting.size * lettering.LEADING
    baselines = (top + index * step + setting.size * ASCENT for index in range(len(setting.lines)))
    return "\n".join(
        f'<text x="{MARGIN}" y="{y:g}" font-size="{setting.size}" font-weight="700">{escape(text)}</text>'
        for y, text in zip(baselines, setting.lines, strict=True)
    )


def _clean(text: str) -> str:
    writable = text.encode(errors="ignore").decode().translate(UNWRITABLE | {9: 32, 10: 32, 13: 32})
    return " ".join(writable.split())
