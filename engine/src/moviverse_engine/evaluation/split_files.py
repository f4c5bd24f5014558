"""Splits that somebody else drew, so that figures can be compared."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from moviverse_engine.evaluation.errors import WrongSplitFile
from moviverse_engine.evaluation.splits import Part, Split, leave_last_out, pairs
from moviverse_engine.interactions import Interactions
from moviverse_engine.interactions.table import IMPLICIT_RATING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

_PAIR = 2


def strong(path: Path, data: Interactions, *, part: Part = "test") -> Split:
    """Read a strong-generalisation split; ratings and times are those of the data.

    A pair that the data does not have counts as a rating of 5.0 at second 0. The `.npz` holds `train`, `validation_history`, `validation_target`, `test_history` and
    `test_target`, each int [n, 2] of (user, film) in original ids.

    Raises:
        WrongSplitFile: it cannot be read, lacks an array, names users or films that the data does
            not have, or has a person both in training and among those asked.
    """
    arrays = _arrays(path, ("train", f"{part}_history", f"{part}_target"))
    for name, array in arrays.items():
        if array.ndim != _PAIR or array.shape[1] != _PAIR:
            raise WrongSplitFile(f"{path}: {name} has shape {array.shape} instead of (n, 2).")
    train, history, target = (_implicit(array[:, 0], array[:, 1]) for array in arrays.values())
    for name, side in zip(arrays, (train, history, target), strict=True):
        _require_known(path, name, side, data)
    train, history, target = (_rated(side, data) for side in (train, history, target))
    if len(np.intersect1d(train.users.ids, target.users.ids)):
        raise WrongSplitFile(f"{path}: people in {part}_target are in train too.")
    return Split(train=train, history=history, target=target)


def ordered(path: Path, data: Interactions, *, part: Part = "test") -> Split:
    """Leave the last film out by a given order instead of by time.

    The `.npz` holds `users` int [n], `len` int [n], how many films each has, and `flat`, all of
    their films behind each other in order.

    Raises:
        WrongSplitFile: it cannot be read, lacks an array, its lengths do not fit, or it names
            users or films that the data does not have.
    """
    arrays = _arrays(path, ("users", "len", "flat"))
    users, lengths, films = arrays["users"], arrays["len"], arrays["flat"]
    if any(array.ndim != 1 for array in arrays.values()) or len(users) != len(lengths):
        raise WrongSplitFile(f"{path}: users and len are not two columns of one length.")
    if (lengths < 0).any() or lengths.sum() != len(films):
        raise WrongSplitFile(f"{path}: len does not add up to the length of flat.")
    sequences = _implicit(np.repeat(users, lengths), films)
    _require_known(path, "flat", sequences, data)
    return leave_last_out(sequences, part=part)


def _arrays(path: Path, names: Sequence[str]) -> Mapping[str, NDArray[np.integer[Any]]]:
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            arrays = {name: np.asarray(file[name]) for name in names}
    except KeyError as error:
        raise WrongSplitFile(
            f"{path} lacks the arrays of this protocol: {error.args[0]}"
        ) from error
    except OSError as error:
        reason = error.strerror or "it is cut short"
        raise WrongSplitFile(f"{path} cannot be read as a split: {reason}.") from error
    except (ValueError, TypeError, EOFError, zipfile.BadZipFile, MemoryError) as error:
        raise WrongSplitFile(
            f"{path} cannot be read as a split: it is no .npz file of plain arrays."
        ) from error
    for name, array in arrays.items():
        if array.dtype.kind not in "iu":
            raise WrongSplitFile(f"{path}: {name} holds {array.dtype} instead of whole numbers.")
    return arrays


def _implicit(users: NDArray[np.integer[Any]], items: NDArray[np.integer[Any]]) -> Interactions:
    """Give pairs the rating 5.0 and their place as time, so that the order is kept."""
    ratings = np.full(len(users), IMPLICIT_RATING, dtype=np.float32)
    return Interactions.from_columns(users, items, ratings, np.arange(len(users)))


def _rated(side: Interactions, data: Interactions) -> Interactions:
    """Give pairs the ratings and times of the data."""
    known, asked = pairs(data, data), pairs(side, data)
    place = np.minimum(np.searchsorted(known, asked), len(known) - 1)
    found = known[place] == asked
    return replace(
        side,
        ratings=np.where(found, data.ratings[place], np.float32(IMPLICIT_RATING)),
        timestamps=np.where(found, data.timestamps[place], 0),
    )


def _require_known(path: Path, name: str, side: Interactions, data: Interactions) -> None:
    for what, asked, known in (
        ("user", side.users.ids, data.users.ids),
        ("film", side.items.ids, data.items.ids),
    ):
        unknown = np.setdiff1d(asked, known)
        if len(unknown):
            raise WrongSplitFile(
                f"{path}: {name} has the {what} {unknown[0]}, which the data does not have; "
                f"is it a split of other data?"
            )
