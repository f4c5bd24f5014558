"""The cells of TMDb's CSV exports. An empty one says nothing; one that cannot be is an error."""

from __future__ import annotations

import ast
import re
import warnings
from datetime import date
from typing import TYPE_CHECKING, Any

import orjson

from moviverse.core import errors

if TYPE_CHECKING:
    from collections.abc import Mapping

WHOLE = re.compile(r"([0-9]{1,18})(?:\.0{1,6})?")  # pandas writes 862 as 862.0 where some are empty
DECIMAL = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,20})?(?:[eE][-+]?[0-9]{1,2})?")
# Before the first film, and after the last that anybody announced.
YEARS = range(1870, 2101)
LARGEST_ID = 2**63 - 1
TRUTHS = {"true": True, "false": False, "1": True, "0": False}
SHOWN = 40  # characters of a cell in a message
# A comma before these is a part of a name: "Louis Gossett, Jr."
BETWEEN_NAMES = re.compile(r",(?!\s*(?:Jr|Sr|II|III|IV|MD|M\.D|PhD|Ph\.D|Esq)\b)")


class CellWrong(errors.Invalid):
    """A cell does not hold what its column says; the message names both."""

    def __init__(self, name: str, held: object, wanted: str) -> None:
        shown = str(held)
        cut = f"{shown[:SHOWN]}…" if len(shown) > SHOWN else shown
        super().__init__(f"{name} is {cut!r}, not {wanted}")


def text(cells: Mapping[str, str], name: str) -> str:
    """Return a text as it is, whatever a spreadsheet would make of it."""
    return cells.get(name, "").strip()


def matching(cells: Mapping[str, str], name: str, pattern: re.Pattern[str], wanted: str) -> str:
    """Return a text of which `pattern` describes the whole."""
    held = text(cells, name)
    if held and not pattern.fullmatch(held):
        raise CellWrong(name, held, wanted)
    return held


def whole(
    cells: Mapping[str, str], name: str, wanted: str, *, least: int = 0, most: int
) -> int | None:
    """Return a whole number from `least` to `most`."""
    held = text(cells, name)
    if not held:
        return None
    match = WHOLE.fullmatch(held)
    if match is None or not least <= int(match[1]) <= most:
        raise CellWrong(name, held, wanted)
    return int(match[1])


def decimal(cells: Mapping[str, str], name: str, wanted: str, *, most: float) -> float | None:
    """Return a number from 0 to `most`."""
    held = text(cells, name)
    if not held:
        return None
    if not DECIMAL.fullmatch(held) or float(held) > most:
        raise CellWrong(name, held, wanted)
    return float(held)


def truth(cells: Mapping[str, str], name: str) -> bool | None:
    held = text(cells, name)
    if held and held.casefold() not in TRUTHS:
        raise CellWrong(name, held, "True or False")
    return TRUTHS.get(held.casefold())


def day(cells: Mapping[str, str], name: str) -> date | None:
    """Return a date written as 1995-12-15."""
    held = text(cells, name)
    if not held:
        return None
    try:
        found = date.fromisoformat(held)
    except ValueError:
        found = date.max
    if found.isoformat() != held or found.year not in YEARS:
        raise CellWrong(name, held, "a date such as 1995-12-15")
    return found


def items(cells: Mapping[str, str], name: str) -> list[dict[str, Any]]:
    """Return a list of objects, in JSON or as Python writes it."""
    held = text(cells, name)
    if not held:
        return []
    found = _literal(held)
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise CellWrong(name, held, "a list such as [{'id': 18, 'name': 'Drama'}]")
    return found


def _literal(held: str) -> object:
    """Return what `held` spells, None when it spells nothing.

    Python needs up to 500 bytes of memory a character, so a cell's length must be bounded before.
    """
    try:
        return orjson.loads(held)
    except orjson.JSONDecodeError:
        pass
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python's about "\d" in a text: somebody else's text
            return ast.literal_eval(held)
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return None


def part(item: Mapping[str, Any], name: str, column: str) -> str:
    """Return a text of an object in a list."""
    held = item.get(name)
    if held is None:
        return ""
    if not isinstance(held, str):
        raise CellWrong(f"{name} in {column}", held, "a text")
    return held if is_seen(held) else ""


def id_part(item: Mapping[str, Any], column: str) -> int | None:
    """Return the id of an object in a list."""
    held = item.get("id")
    if held is None:
        return None
    if type(held) is not int or not 0 < held <= LARGEST_ID:
        raise CellWrong(f"id in {column}", held, "an id")
    return held


def names(held: str) -> list[str]:
    """Return the people of "Al Freeman, Jr., Paula Kelly"."""
    return [name.strip() for name in BETWEEN_NAMES.split(held) if is_seen(name)]


def is_seen(held: str) -> bool:
    """Tell whether anything of a text shows."""
    return any(character.isprintable() and not character.isspace() for character in held)
