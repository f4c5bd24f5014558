"""Turn a MovieLens title into a title and a year."""

from __future__ import annotations

import re

_YEAR = re.compile(r"\s*\((\d{4})(?:\s*[-\u2013]\s*(?:\d{4})?)?\)\s*$")
_BRACKETS = re.compile(r"\((a\.k\.a\. )?([^()]*)\)")
_ARTICLES = (
    "The|A|An|Le|La|Les|L'|Un|Une|El|Los|Las|Una|Il|Lo|Gli|I|Der|Die|Das|Ein|Eine|De|Det|Den|"
    "Het|En|Ett|O|Os|As|Um|Uma"
)
_TRAILING = re.compile(rf"^(.+), ({_ARTICLES})$")


def split_year(title: str) -> tuple[str, int | None]:
    """Take the year in brackets off the end; `(2006-2007)` counts from its first year."""
    match = _YEAR.search(title)
    if not match:
        return title.strip(), None
    return title[: match.start()].strip(), int(match[1])


def natural(title: str) -> str:
    """Put articles back to the front: `Boot, Das (Boat, The)` is `Das Boot (The Boat)`."""
    head, bracket, tail = title.partition(" (")
    rest = _BRACKETS.sub(lambda m: f"({m[1] or ''}{_fronted(m[2])})", bracket + tail)
    return _fronted(head) + rest


def _fronted(name: str) -> str:
    match = _TRAILING.match(name)
    if not match:
        return name
    gap = "" if match[2].endswith("'") else " "
    return f"{match[2]}{gap}{match[1]}"
