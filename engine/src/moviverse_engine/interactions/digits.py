"""Parse a block of well-formed number columns at array speed.

Every function answers None for anything out of the ordinary. The per-line reader then decides,
so this one may be as narrow as it likes but must never read a number differently.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Places = NDArray[np.int64]

_ZERO, _NEWLINE, _DOT = ord("0"), ord("\n"), ord(".")
_SAFE_DIGITS = 18  # 19 may not fit 64 bits
_INT32_DIGITS = 9
_DOTTED = 3


def split(
    block: bytes, separator: bytes, width: int
) -> tuple[Bytes, Sequence[Places], Sequence[Places]] | None:
    """Find where the fields of a block of whole lines begin and end.

    Returns:
        The block's bytes, and for each of the `width` columns the first place and the place
        behind the last of its field in every row.
    """
    if b'"' in block or not block.isascii():
        return None
    block = block.replace(b"\r\n", b"\n")
    if len(separator) > 1:
        if b"\t" in block:
            return None
        block, separator = block.replace(separator, b"\t"), b"\t"
    text = np.frombuffer(block, dtype=np.uint8)
    ends = np.flatnonzero((text == separator[0]) | (text == _NEWLINE))
    if len(ends) == 0 or len(ends) % width:
        return None
    newlines = (text[ends] == _NEWLINE).reshape(-1, width)
    if newlines[:, :-1].any() or not newlines[:, -1].all():
        return None
    starts = np.concatenate([[0], ends[:-1] + 1])
    return text, list(starts.reshape(-1, width).T), list(ends.reshape(-1, width).T)


def integers(text: Bytes, starts: Places, ends: Places) -> NDArray[np.int32 | np.int64] | None:
    """Read fields of 1 to 18 digits, from the last digit to the first: int32 where that holds them."""
    lengths = ends - starts
    shortest, longest = int(lengths.min()), int(lengths.max())
    if shortest < 1 or longest > _SAFE_DIGITS:
        return None
    dtype: type[np.int32 | np.int64] = np.int32 if longest <= _INT32_DIGITS else np.int64
    values: NDArray[np.int32 | np.int64] = np.zeros(len(starts), dtype=dtype)
    for place in range(longest):
        digits = text.take(ends - (1 + place), mode="clip") - np.uint8(_ZERO)  # wraps
        if place >= shortest:  # there the digit belongs to the field before
            digits *= lengths > place
        if digits.max() > 9:  # noqa: PLR2004  the last digit
            return None
        values += digits * dtype(10**place)
    return values


def tenths(text: Bytes, starts: Places, ends: Places) -> NDArray[np.int32 | np.int64] | None:
    """Read fields like `4` and `3.5` as 40 and 35."""
    dotted = ends - starts == _DOTTED
    if not (dotted | (ends - starts == 1)).all() or (text[starts + 1][dotted] != _DOT).any():
        return None
    whole = integers(text, starts, starts + 1)
    fraction = integers(text, ends - 1, ends)
    if whole is None or fraction is None:
        return None
    return whole * 10 + np.where(dotted, fraction, 0)
