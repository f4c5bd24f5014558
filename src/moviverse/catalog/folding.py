"""Text as the search sees it: lower case, no accents, no punctuation.

The embedded PostgreSQL has neither `unaccent` nor ICU, so folding happens here, alike for what is
stored and for what is asked.
"""

from __future__ import annotations

import unicodedata

FIRST_ACCENT, LAST_ACCENT = 0x0300, 0x036F  # combining marks of Latin, Greek and Cyrillic
# Letters that no normalisation takes apart, as people type them.
LETTERS = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "\u0131": "i",
        "ħ": "h",
    }
)
# Dropped without a gap: "Schindler's" is "schindlers", "A.I." is "ai".
JOINED = frozenset("'`.\u00b4\u02bc\u2018\u2019\u00ad\u200b\u200c\u200d\ufeff")


class _Folded(dict[int, str]):
    """What each character becomes, worked out the first time it is met."""

    def __missing__(self, codepoint: int) -> str:
        character = chr(codepoint)
        if character in JOINED:
            self[codepoint] = ""
            return ""
        apart = unicodedata.normalize("NFKD", character)
        bare = "".join(c for c in apart if not FIRST_ACCENT <= ord(c) <= LAST_ACCENT)
        whole = unicodedata.normalize("NFKC", bare.casefold()).translate(LETTERS)
        folded = "".join(c if c.isalnum() or _is_mark(c) else " " for c in whole)
        self[codepoint] = folded
        return folded


# Words that say nothing in an overview, and that a search may leave out.
STOP_WORDS = frozenset(
    """
    a an and are as at be but by for from has have he her his i in into is it its of on or
    she that the their them they this to was were who with
    """.split()  # noqa: SIM905 - forty lines as a list
)


def _is_mark(character: str) -> bool:
    """Tell whether it belongs to the letter before it, as vowel signs do in Indic scripts."""
    return unicodedata.category(character).startswith("M")


FOLDED = _Folded({ord("½"): " 1 2 ", ord("&"): " and "})


def fold(text: str) -> str:
    """Return `text` in lower case without accents and punctuation, its words apart by one space."""
    return " ".join(unicodedata.normalize("NFC", text).translate(FOLDED).split())


def words(text: str) -> list[str]:
    """Return the folded words of `text` that carry meaning; all of them when none does.

    Letters apart are initials, and one word: "e t" is "et".
    """
    every = fold(text).split()
    if len(every) > 1 and all(len(word) == 1 and word.isalpha() for word in every):
        return ["".join(every)]
    return [word for word in every if word not in STOP_WORDS] or every
