"""The cells of people's files. An empty one says nothing; one that cannot be is an error."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from moviverse.core import errors

if TYPE_CHECKING:
    from collections.abc import Mapping

LOWEST, HIGHEST, STEP = Decimal("0.5"), Decimal(5), Decimal("0.5")
DECIMAL = re.compile(r"[0-9]{1,2}(?:\.[0-9]{1,2})?", re.ASCII)
WHOLE = re.compile(r"[0-9]{1,18}(?:\.0)?", re.ASCII)  # spreadsheets write 1995.0
IMDB_ID = re.compile(r"tt[0-9]{5,10}", re.ASCII)
YEARS = range(1870, 2101)
FIRST_FILM = datetime(1888, 1, 1, tzinfo=UTC)
OLD_IMDB_DATE = "%a %b %d %H:%M:%S %Y"  # Sat Jul 13 00:00:00 2013
SHOWN = 40  # characters of a cell in a message
CONTROLS = str.maketrans(dict.fromkeys((*range(32), *range(0x7F, 0xA0)), " "))
CONTROLS_BUT_LINES = {code: to for code, to in CONTROLS.items() if chr(code) not in "\t\n\r"}
SURROGATES = dict.fromkeys(range(0xD800, 0xE000))


class CellWrong(errors.Invalid):
    """A cell does not hold what its column says; the message names both."""

    def __init__(self, name: str, held: object, wanted: str) -> None:
        shown = str(held)
        cut = f"{shown[:SHOWN]}…" if len(shown) > SHOWN else shown
        super().__init__(f"{name} is {cut!r}, not {wanted}.")


def text(cells: Mapping[str, str], name: str, *, limit: int, lines: bool = False) -> str:
    """Return a text that can be stored and shown, cut at `limit`."""
    table = CONTROLS_BUT_LINES if lines else CONTROLS
    return cells.get(name, "").translate(SURROGATES).translate(table).strip()[:limit]


def rating(cells: Mapping[str, str], name: str, *, out_of: int) -> Decimal | None:
    """Return a rating on our scale of half to 5, from one of 5 or of 10.

    Raises:
        CellWrong: it is no number, off the scale, or between two half steps.
    """
    held = cells.get(name, "").strip()
    if not held:
        return None
    wanted = f"a rating from {'0.5 to 5 in half steps' if out_of == HIGHEST else f'1 to {out_of}'}"
    if not DECIMAL.fullmatch(held):
        raise CellWrong(name, held, wanted)
    value = Decimal(held) * HIGHEST / out_of
    if not LOWEST <= value <= HIGHEST or value % STEP:
        raise CellWrong(name, held, wanted)
    return value.quantize(STEP)


def year(cells: Mapping[str, str], name: str) -> int | None:
    """Return the year of a release.

    Raises:
        CellWrong: there were no films then, or it is no year.
    """
    found = whole(cells, name, "a year")
    if found is not None and found not in YEARS:
        raise CellWrong(name, found, "the year of a film")
    return found


def whole(cells: Mapping[str, str], name: str, wanted: str) -> int | None:
    """Return a whole number.

    Raises:
        CellWrong: it is something else.
    """
    held = cells.get(name, "").strip()
    if not held:
        return None
    if not WHOLE.fullmatch(held):
        raise CellWrong(name, held, wanted)
    return int(held.removesuffix(".0"))


def imdb_id(cells: Mapping[str, str], name: str) -> str:
    """Return the id of an IMDb title.

    Raises:
        CellWrong: it is something else.
    """
    held = cells.get(name, "").strip()
    if held and not IMDB_ID.fullmatch(held):
        raise CellWrong(name, held, "an IMDb id such as tt0113277")
    return held


def moment(cells: Mapping[str, str], name: str, *, now: datetime) -> datetime | None:
    """Return when something happened: a day, or a time of day in UTC unless it says more.

    A day may already have begun where the person lives; it counts as now.

    Raises:
        CellWrong: it is no date, before the first film, or in the future.
    """
    held = cells.get(name, "").strip()
    if not held:
        return None
    found = _moment(held)
    if found is None:
        raise CellWrong(name, held, "a date such as 2024-05-31")
    return _within_time(found, name, held, now=now)


def timestamp(cells: Mapping[str, str], name: str, *, now: datetime) -> datetime | None:
    """Return when something happened, told in seconds since 1970.

    Raises:
        CellWrong: it is no such number, or in the future.
    """
    seconds = whole(cells, name, "a number of seconds since 1970")
    if seconds is None:
        return None
    if seconds > now.timestamp() + timedelta(days=1).total_seconds():
        raise CellWrong(name, seconds, "a time that has come")
    return min(datetime.fromtimestamp(seconds, tz=UTC), now)


def _moment(held: str) -> datetime | None:
    with suppress(ValueError, OverflowError):
        if len(held) == len("2024-05-31"):
            day = date.fromisoformat(held)
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
        found = datetime.fromisoformat(held)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    with suppress(ValueError, OverflowError):
        return datetime.strptime(held, OLD_IMDB_DATE).replace(tzinfo=UTC)
    return None


def _within_time(found: datetime, name: str, held: str, *, now: datetime) -> datetime:
    if found < FIRST_FILM:
        raise CellWrong(name, held, "a date since there are films")
    if found > now + timedelta(days=1):
        raise CellWrong(name, held, "a date that has come")
    return min(found, now)
