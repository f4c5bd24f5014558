"""From the API's JSON to dataclasses, by their declared types.

A field that a newer server adds is passed over, so that an old client goes on working; a field
that is missing and has no default is a breach of the contract and is named.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar, Union
from uuid import UUID

from moviverse_client.errors import UnexpectedAnswer

T = TypeVar("T")

_PARSED: dict[Any, Any] = {
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    UUID: UUID,
    float: float,
}


def read(kind: type[T], data: Any) -> T:
    """Return `data` as a `kind`, a dataclass.

    Raises:
        UnexpectedAnswer: a field is missing or is not what it should be.
    """
    result: T = _read(kind, data, kind.__name__)
    return result


def _read(kind: Any, data: Any, place: str) -> Any:
    if kind is Any:
        return data
    if dataclasses.is_dataclass(kind):
        return _instance(kind, data, place)
    if kind in _PARSED:
        return _parsed(kind, data, place)
    arguments = typing.get_args(kind)
    if not arguments:
        _expect(data, kind, place)
        return data
    return _of_many(typing.get_origin(kind), arguments, data, place)


def _of_many(origin: Any, arguments: tuple[Any, ...], data: Any, place: str) -> Any:
    if origin in (Union, types.UnionType):
        return _one_of(arguments, data, place)
    if origin is tuple:
        _expect(data, list, place)
        return tuple(_read(arguments[0], each, f"{place}[]") for each in data)
    _expect(data, dict, place)
    return {name: _read(arguments[1], value, f"{place}.{name}") for name, value in data.items()}


def _parsed(kind: Any, data: Any, place: str) -> Any:
    try:
        return _PARSED[kind](data)
    except (TypeError, ValueError, AttributeError) as error:
        raise UnexpectedAnswer(f"{place}: {data!r:.80} is no {kind.__name__}.") from error


def _instance(kind: Any, data: Any, place: str) -> Any:
    _expect(data, dict, place)
    found = {}
    for name, (declared, is_optional) in _fields(kind).items():
        if name in data:
            found[name] = _read(declared, data[name], f"{place}.{name}")
        elif not is_optional:
            raise UnexpectedAnswer(f"{place}.{name} is missing.")
    return kind(**found)


def _one_of(kinds: tuple[Any, ...], data: Any, place: str) -> Any:
    if data is None and types.NoneType in kinds:
        return None
    (kind,) = (each for each in kinds if each is not types.NoneType)
    return _read(kind, data, place)


def _expect(data: Any, kind: Any, place: str) -> None:
    if not isinstance(data, kind) or (isinstance(data, bool) and kind is int):
        raise UnexpectedAnswer(f"{place}: {data!r:.80} is no {kind.__name__}.")


@cache
def _fields(kind: Any) -> dict[str, tuple[Any, bool]]:
    declared = typing.get_type_hints(kind)
    missing = dataclasses.MISSING
    return {
        each.name: (
            declared[each.name],
            each.default is not missing or each.default_factory is not missing,
        )
        for each in dataclasses.fields(kind)
    }
