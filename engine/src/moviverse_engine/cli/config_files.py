"""Settings of a model in a file: what `tune` writes, and `train` and `evaluate` read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moviverse_engine import EngineError
from moviverse_engine.models import registry

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from moviverse_engine.models import Model


class WrongConfigFile(EngineError):
    """The file does not hold the settings of a model."""


def read(path: Path) -> tuple[type[Model[Any]], dict[str, Any]]:
    """Return the model class and the settings of `{"model": ..., "config": {...}}`.

    Raises:
        WrongConfigFile: it cannot be read or has another form.
        UnknownModel: there is no model of this name.
        InvalidConfig: the model has no such settings.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        name, settings = content["model"], content["config"]
    except OSError as error:
        raise WrongConfigFile(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise WrongConfigFile(f"{path} is no file of settings of a model.") from error
    if not isinstance(name, str) or not isinstance(settings, dict):
        raise WrongConfigFile(f"{path} is no file of settings of a model.")
    model_type = registry.find(name)
    model_type.config_type.from_mapping(settings)
    return model_type, settings


def merged(settings: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings with some of them changed, groups of settings one by one."""
    result = dict(settings)
    for name, value in changes.items():
        known = result.get(name)
        if isinstance(known, dict) and isinstance(value, dict):
            result[name] = merged(known, value)
        else:
            result[name] = value
    return result
