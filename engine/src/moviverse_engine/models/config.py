"""Settings of models: frozen, typed, checked, and readable from JSON or a command line."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Literal, Self, get_args, get_origin, get_type_hints

from moviverse_engine.models.errors import InvalidConfig

if TYPE_CHECKING:
    from collections.abc import Mapping

_BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True, kw_only=True)
class Config:
    """Hold what every model has.

    Attributes:
        threads: BLAS threads while training; one is fastest on a shared machine.
    """

    threads: int = 1

    def __post_init__(self) -> None:
        self.require(self.threads >= 1, "threads is at least 1")

    @classmethod
    def from_mapping(cls, settings: Mapping[str, object]) -> Self:
        """Build from names and values; text is converted, a nested mapping becomes its config.

        Raises:
            InvalidConfig: an unknown name, a value of the wrong type or out of range.
        """
        types = get_type_hints(cls)
        known = {field.name for field in fields(cls)}
        values: dict[str, Any] = {}
        for name, value in settings.items():
            if name not in known:
                allowed = ", ".join(sorted(known))
                raise InvalidConfig(f"{cls.__name__} has no setting {name!r}; it has {allowed}.")
            values[name] = _converted(name, value, types[name])
        return cls(**values)

    def to_mapping(self) -> dict[str, object]:
        """Return the settings as plain values for JSON."""
        return asdict(self)

    def require(self, condition: bool, rule: str) -> None:  # noqa: FBT001 - reads as a sentence
        """Raise InvalidConfig with the rule unless the condition holds."""
        if not condition:
            raise InvalidConfig(f"In {type(self).__name__}, {rule}.")


@dataclass(frozen=True, kw_only=True)
class LikesConfig(Config):
    """Hold what models of implicit feedback have.

    Attributes:
        like_threshold: a rating of at least this much counts as one like, all else as nothing.
    """

    like_threshold: float = 4.0


def _converted(name: str, value: object, expected: Any) -> object:
    origin = get_origin(expected)
    found: object = None
    if isinstance(expected, type) and issubclass(expected, Config):
        found = expected.from_mapping(value) if isinstance(value, dict) else None
    elif origin is Literal:
        found = value if value in get_args(expected) else None
    elif origin is tuple:
        parts = value.split(",") if isinstance(value, str) else value
        if isinstance(parts, (list, tuple)):
            found = tuple(_converted(name, part, get_args(expected)[0]) for part in parts)
    elif expected is bool:
        found = _BOOLEANS.get(str(value).lower())
    else:
        found = _number(value, expected)
    if found is None:
        if origin is Literal:
            raise InvalidConfig(f"{name} is one of {', '.join(map(str, get_args(expected)))}.")
        kind = expected.__name__ if isinstance(expected, type) else expected
        raise InvalidConfig(f"{name} is {value!r}, which is not {kind}.")
    return found


def _number(value: object, expected: Any) -> object:
    """Return the value as the expected type, None where it is not one or would lose something."""
    if not isinstance(value, (int, float, str)) or isinstance(value, bool):
        return None
    try:
        number = expected(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if isinstance(value, str) or number == value else None
