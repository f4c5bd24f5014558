"""Setting a title of any length and script in a box, without knowing the reader's fonts.

An SVG cannot measure its text before it is drawn, so widths are estimated from above: with those
of the widest common bold sans serif. On other fonts the lines are a little short, never long.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

SIZES = (68, 62, 56, 50, 46, 42, 38, 34, 30, 27, 24, 22, 20, 18)
BREAKING_SIZE = 34  # from here down a word that is too long is broken rather than set smaller
LEADING = 1.12  # of the size
ELLIPSIS = "…"
# Widths in em.
SPACE = 0.35
WIDTHS = {
    **dict.fromkeys(
        "ijlI.,:;!|'·\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}", 0.39
    ),
    **dict.fromkeys('frtJ()[]{}-/\\"“”°', 0.53),
    **dict.fromkeys("mMWw@%—…&", 1.11),
    **dict.fromkeys("CDGHNOQU", 0.87),
    **dict.fromkeys("szckvxyEFLT", 0.69),
    **dict.fromkeys("ЖШЩЮФЫЪМжшщюфыъм", 1.27),
}
LOWER, UPPER, DIGIT, WIDE = 0.73, 0.8, 0.7, 1.02
GREEK_FROM, OTHER_SCRIPTS_FROM = 0x0250, 0x0590
LOWER_EAST, UPPER_EAST = 0.95, 1.11  # Greek, Cyrillic, Armenian
BROAD = 1.25  # scripts of southern Asia have letters that are wider than high


@dataclass(frozen=True)
class Setting:
    """Lines of one size, in units of the drawing."""

    lines: tuple[str, ...]
    size: int

    @property
    def height(self) -> float:
        """Return how high the block is."""
        return len(self.lines) * self.size * LEADING


def fitted(title: str, *, width: float, height: float) -> Setting:
    """Return `title` in the largest letters that fit a box, with an ellipsis if none do."""
    words = _words(title)
    for size in SIZES:
        lines = _broken(words, width / size, breaks=size <= BREAKING_SIZE)
        if lines is not None and len(lines) * size * LEADING <= height:
            return Setting(tuple(lines), size)
    size = SIZES[-1]
    kept = (_broken(words, width / size, breaks=True) or [])[: int(height / (size * LEADING))]
    last = kept[-1]
    while measured(last + ELLIPSIS) > width / size:
        last = last[:-1]
    return Setting((*kept[:-1], last.rstrip() + ELLIPSIS), size)


def measured(text: str) -> float:
    """Return at most how wide `text` is, in em."""
    return sum(_width(letter) for letter in text)


@lru_cache(maxsize=2_048)
def _width(letter: str) -> float:
    if letter.isspace():
        return SPACE
    if unicodedata.combining(letter) or unicodedata.category(letter) in {"Mn", "Me", "Cf"}:
        return 0.0
    if unicodedata.east_asian_width(letter) in {"W", "F"}:
        return WIDE
    known = WIDTHS.get(letter) or WIDTHS.get(unicodedata.normalize("NFD", letter)[0])
    return known or _usual_width(letter)


def _usual_width(letter: str) -> float:
    if letter.isdecimal():
        return DIGIT
    if ord(letter) >= OTHER_SCRIPTS_FROM:
        return BROAD
    upper, lower = (UPPER, LOWER) if ord(letter) < GREEK_FROM else (UPPER_EAST, LOWER_EAST)
    return upper if letter.isupper() else lower


@dataclass(frozen=True)
class _Word:
    """What is not divided, and whether a space comes before it."""

    text: str
    spaced: bool


def _words(title: str) -> list[_Word]:
    """Return the words; of a script that is written without spaces, each letter."""
    words: list[_Word] = []
    for run in title.split():
        spaced = True
        held = ""
        for letter in run:
            if _stands_alone(letter):
                if held:
                    words.append(_Word(held, spaced))
                    spaced = False
                words.append(_Word(letter, spaced))
                spaced, held = False, ""
            else:
                held += letter
        if held:
            words.append(_Word(held, spaced))
    return words


def _stands_alone(letter: str) -> bool:
    wide = unicodedata.east_asian_width(letter) in {"W", "F"}
    return wide and unicodedata.category(letter).startswith("L")


def _broken(words: Sequence[_Word], limit: float, *, breaks: bool) -> list[str] | None:
    """Return lines no wider than `limit` em, or None when a word does not fit and may not break."""
    lines: list[str] = []
    current = ""
    for word in words:
        joined = f"{current} {word.text}" if current and word.spaced else current + word.text
        if measured(joined) <= limit:
            current = joined
            continue
        if current:
            lines.append(current)
        if measured(word.text) <= limit:
            current = word.text
            continue
        if not breaks:
            return None
        *full, current = _pieces(word.text, limit)
        lines += full
    return [*lines, current] if current else lines


def _pieces(word: str, limit: float) -> list[str]:
    """Return `word` in pieces, never between a letter and its marks."""
    pieces = [""]
    for letter in word:
        marks = _width(letter) == 0
        if not marks and measured(pieces[-1] + letter + "-") > limit:
            pieces.append("")
        pieces[-1] += letter
    hyphenated = word.isascii()
    return [
        piece + "-" if hyphenated and piece[-1].isalpha() and index < len(pieces) - 1 else piece
        for index, piece in enumerate(pieces)
    ]
