"""One field of an answer at a time: what it should be, or nothing.

TMDb's data is written by the public. A field of the wrong type, beyond its range or past its length
is as good as one that is missing; only what a thing cannot be without makes it unusable, which is
for whoever builds it to say.
"""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Of a public id. Films of our own, which TMDb does not know, are numbered from 2 000 000 000.
HIGHEST_ID = 1_999_999_999
HIGHEST_COUNT = 2_147_483_647
EARLIEST_YEAR, LATEST_YEAR = 1870, 2200
LONGEST_URL = 500
IMDB_ID = re.compile(r"tt\d{7,10}")
LANGUAGE = re.compile(r"[a-z]{2,3}")
COUNTRY = re.compile(r"[A-Z]{2}")
# What joins and parts letters in some scripts. All else that is not seen is left out: an override of
# the direction of writing turns round what stands beside a title.
JOINERS = frozenset("\u200c\u200d")
# A file of TMDb's own, so that no path can lead to another host when an address is made of it.
PATH = re.compile(r"/[A-Za-z0-9_-]{1,150}\.(?:jpg|jpeg|png|webp|svg)")
LINES = frozenset("\n\u2028\u2029")


def text(row: Mapping[str, Any], name: str, *, longest: int, lines: bool = False) -> str:
    """Return a text in one line, or in several, without what no screen should be told."""
    value = row.get(name)
    if not isinstance(value, str):
        return ""
    # Cut first: a text of megabytes must not be walked through character by character.
    kept = "".join(_shown(each, lines=lines) for each in value[: longest * 2])
    if not lines:
        kept = " ".join(kept.split())
    return kept.strip()[:longest].rstrip()


def matching(row: Mapping[str, Any], name: str, pattern: re.Pattern[str]) -> str:
    """Return a text that is wholly of a form, such as an id or a path."""
    value = row.get(name)
    return value if isinstance(value, str) and pattern.fullmatch(value) else ""


def address(row: Mapping[str, Any], name: str) -> str:
    """Return an address that a browser may be sent to."""
    found = row.get(name)
    if not isinstance(found, str) or len(found) > LONGEST_URL:
        return ""
    if not found.isprintable() or any(each in found for each in " \"'<>\\"):
        return ""
    try:
        parts = urlsplit(found)
        is_whole = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return ""
    return found if is_whole and not parts.username and not parts.password else ""


def whole(
    row: Mapping[str, Any], name: str, *, least: int = 0, most: int = HIGHEST_COUNT
) -> int | None:
    """Return a whole number in a range."""
    value = row.get(name)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if least <= value <= most else None


def number(row: Mapping[str, Any], name: str, *, most: float) -> float | None:
    """Return a number from 0."""
    value = row.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(value) if math.isfinite(value) and 0 <= value <= most else None


def known(row: Mapping[str, Any], name: str) -> bool | None:
    """Return a yes or no."""
    value = row.get(name)
    return value if isinstance(value, bool) else None


def public_id(row: Mapping[str, Any], name: str = "id") -> int | None:
    """Return an id of TMDb's."""
    value = row.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 1 <= value <= HIGHEST_ID else None


def day(row: Mapping[str, Any], name: str) -> date | None:
    """Return a date."""
    value = row.get(name)
    if not isinstance(value, str):
        return None
    try:
        found = date.fromisoformat(value)
    except ValueError:
        return None
    return found if EARLIEST_YEAR <= found.year <= LATEST_YEAR else None


def moment(row: Mapping[str, Any], name: str) -> datetime | None:
    """Return a moment; one without a zone is meant in UTC."""
    value = row.get(name)
    if not isinstance(value, str) or len(value) > len("2016-03-05T02:03:14.000000+00:00"):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    if not EARLIEST_YEAR <= found.year <= LATEST_YEAR:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def row_of(row: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return what is nested under a name; empty when nothing is."""
    value = row.get(name)
    return value if isinstance(value, dict) else {}


def rows(row: Mapping[str, Any], name: str, *, most: int) -> Iterator[Mapping[str, Any]]:
    """Yield the first objects of a list."""
    value = row.get(name)
    if isinstance(value, list):
        yield from (each for each in value[:most] if isinstance(each, dict))


def words(row: Mapping[str, Any], name: str, pattern: re.Pattern[str], *, most: int) -> list[str]:
    """Return the texts of a list that are of a form."""
    value = row.get(name)
    if not isinstance(value, list):
        return []
    found = [each for each in value[:most] if isinstance(each, str) and pattern.fullmatch(each)]
    return list(dict.fromkeys(found))


def ids(row: Mapping[str, Any], name: str, *, most: int) -> tuple[int, ...]:
    """Return the ids of a list, each once."""
    value = row.get(name)
    if not isinstance(value, list):
        return ()
    found = [public_id({"id": each}) for each in value[:most]]
    return tuple(dict.fromkeys(each for each in found if each is not None))


def _shown(character: str, *, lines: bool) -> str:
    if character in LINES:
        return "\n" if lines else " "
    kind = unicodedata.category(character)
    if kind == "Cc":
        return " "
    return character if kind[0] != "C" or character in JOINERS else ""
