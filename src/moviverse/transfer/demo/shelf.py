"""The films of the demo, read from the JSON lines that are shipped along."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from moviverse.catalog.rows import CastRow, CrewRow, MovieRow
from moviverse.catalog.vocabulary import GENRES
from moviverse.core import errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SOURCE = "demo"
FOLDER = Path(__file__).parent / "films"
SCALE = range(1, 6)  # of fame and acclaim
COUNTRY = re.compile(r"[A-Z]{2}")
LANGUAGE = re.compile(r"[a-z]{2}")


class DemoDamaged(errors.Invalid):
    """A file of the demo does not hold what it should; the message names the file and the line."""


@dataclass(frozen=True, slots=True)
class DemoFilm(MovieRow):
    """A film of the demo, with how widely it is known (1-5) and how well thought of (1-5)."""

    fame: int = 3
    acclaim: int = 3


def films(folder: Path = FOLDER) -> Iterator[DemoFilm]:
    """Read the films of the demo.

    Raises:
        DemoDamaged: a line is no film, or tells of one that came before.
    """
    seen: dict[int, str] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_bytes().splitlines(), start=1):
            place = f"{path.name}, line {number}"
            film = _film(line, place)
            if film.tmdb_id in seen:
                raise DemoDamaged(f"{place}: the film of {seen[film.tmdb_id]} again.")
            seen[film.tmdb_id or 0] = place
            yield film


def _film(line: bytes, place: str) -> DemoFilm:
    try:
        told = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise DemoDamaged(f"{place}: {error}.") from error
    if not isinstance(told, dict) or told.keys() != CHECKS.keys():
        raise DemoDamaged(f"{place}: the fields are not {', '.join(CHECKS)}.")
    wrong = [name for name, holds in CHECKS.items() if not holds(told[name])]
    if wrong:
        raise DemoDamaged(f"{place}: {', '.join(wrong)} cannot be.")
    return DemoFilm(
        tmdb_id=told["tmdb_id"],
        title=told["title"],
        original_title=told["original_title"],
        released_on=date.fromisoformat(told["released_on"]),
        runtime_minutes=told["runtime"],
        language=told["language"],
        countries=tuple(told["countries"]),
        status="Released",
        genres=tuple(told["genres"]),
        keywords=tuple(told["keywords"]),
        cast=tuple(CastRow(name, character) for name, character in told["cast"]),
        crew=tuple(CrewRow(name, "Director", "Directing") for name in told["directors"]),
        overview=told["overview"],
        source_ids=((SOURCE, str(told["tmdb_id"])),),
        fame=told["fame"],
        acclaim=told["acclaim"],
    )


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_date(value: Any) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_role(value: Any) -> bool:
    match value:
        case [name, str()]:
            return _is_text(name)
        case _:
            return False


def _number(low: int, high: int) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and low <= value <= high


def _each(holds: Callable[[Any], bool], *, at_least: int) -> Callable[[Any], bool]:
    return lambda value: (
        isinstance(value, list) and len(value) >= at_least and all(map(holds, value))
    )


CHECKS: dict[str, Callable[[Any], bool]] = {
    "tmdb_id": _number(1, 1_999_999_999),
    "title": _is_text,
    "original_title": _is_text,
    "released_on": _is_date,
    "runtime": _number(1, 1_000),
    "language": lambda value: _is_text(value) and bool(LANGUAGE.fullmatch(value)),
    "countries": _each(lambda value: bool(COUNTRY.fullmatch(str(value))), at_least=1),
    "genres": _each(lambda value: value in GENRES, at_least=1),
    "directors": _each(_is_text, at_least=1),
    "cast": _each(_is_role, at_least=0),
    "keywords": _each(_is_text, at_least=1),
    "overview": _is_text,
    "fame": lambda value: value in SCALE,
    "acclaim": lambda value: value in SCALE,
}
