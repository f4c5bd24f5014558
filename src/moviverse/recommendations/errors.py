"""What can go wrong between a person's taste and a list."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from moviverse.core import errors
from moviverse_engine import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterator


class UnknownModel(errors.Invalid):
    """No model has this name."""

    code = "INVALID_MODEL"


class ModelNotTrained(errors.Unavailable):
    """The model is known, and there is no trained version of it here."""

    code = "MODEL_NOT_FOUND"


class InvalidContext(errors.Invalid):
    """The films to start from are of the wrong shape, or none of them is held here."""

    code = "INVALID_CONTEXT"


class ReceiptNotFound(errors.NotFound):
    """There is no such receipt, or it is somebody else's."""

    message = "There is no such list of recommendations."


class TitleNotFound(errors.NotFound):
    """No title comes near."""

    message = "No film here has a title like this."


class DataRefused(errors.Invalid):
    """A file of films or ratings, or a stored corpus, cannot be used as it is."""


class TrainingRefused(errors.Invalid):
    """A model cannot be trained on this machine, or on this data."""


class RollbackRefused(errors.Conflict):
    """There is no sound older version to go back to."""


class ActivationRefused(errors.Conflict):
    """There is no sound version that was kept aside since the active one was published."""


@contextmanager
def engine_errors_as(kind: type[errors.MoviverseError]) -> Iterator[None]:
    """Turn an error of the engine into one that every interface has an answer for.

    Raises:
        MoviverseError: of the given kind, with the engine's sentence.
    """
    try:
        yield
    except EngineError as error:
        raise kind(str(error)) from error


class TrendsNotKept(errors.NotFound):
    """The day is not over, or its trends were removed, or never made."""

    message = "No trends were kept of this day."
