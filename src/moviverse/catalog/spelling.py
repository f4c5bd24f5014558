"""Other ways to write a word that mean the same: numbers, abbreviations, digits for letters."""

from __future__ import annotations

import re

NUMBERS = (
    ("1", "i", "one"),
    ("2", "ii", "two"),
    ("3", "iii", "three"),
    ("4", "iv", "four"),
    ("5", "v", "five"),
    ("6", "vi", "six"),
    ("7", "vii", "seven"),
    ("8", "viii", "eight"),
    ("9", "ix", "nine"),
    ("10", "x", "ten"),
    ("11", "xi", "eleven"),
    ("12", "xii", "twelve"),
    ("13", "xiii", "thirteen"),
    ("20", "xx", "twenty"),
)
ABBREVIATIONS = (
    ("dr", "doctor"),
    ("mr", "mister"),
    ("st", "saint"),
    ("vs", "versus"),
    ("vol", "volume"),
    ("pt", "part"),
)
SAME = {word: group for group in (*NUMBERS, *ABBREVIATIONS) for word in group}
LETTERS = str.maketrans("013457", "oieasv")
DISGUISED = re.compile(r"[a-z]+[013457][a-z]+", re.ASCII)
YEAR = re.compile(r"(18|19|20)[0-9]{2}", re.ASCII)


def spellings(term: str, *, place: int) -> tuple[str, ...]:
    """Return the folded words that mean the same as `term`, itself first.

    Args:
        term: A folded word.
        place: Where it stands in what was asked. A first "x" is a letter: only behind a name
            ("Rocky V") a single letter is a number.
    """
    if place == 0 and len(term) == 1 and term.isalpha():
        return (term,)
    same = SAME.get(term, ())
    return tuple(dict.fromkeys((term, *same, *undisguised(term))))


def undisguised(word: str) -> tuple[str, ...]:
    """Return how a word reads whose letters are partly digits: "se7en" is "seven"."""
    return (word.translate(LETTERS),) if DISGUISED.fullmatch(word) else ()


def year(term: str) -> int | None:
    """Return the year that a word may mean."""
    return int(term) if YEAR.fullmatch(term) else None
