"""Cells that a spreadsheet would run as formulas, made harmless, and made whole again.

A program that opens a table takes a cell that begins with one of these for a formula. An apostrophe
before it makes it text. One more goes before a text that looks quoted already, so that taking one
away always gives back the very text.
"""

from __future__ import annotations

import re

AS_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
AS_QUOTED = re.compile(r"'+[=+\-@\t\r\n]")


def quoted(text: str) -> str:
    """Return `text` as no spreadsheet runs it."""
    return f"'{text}" if AS_FORMULA.match(text) else text


def unquoted(text: str) -> str:
    """Return the text that `quoted` was given."""
    return text[1:] if AS_QUOTED.match(text) else text
