"""Which of many texts may be like another one, told by how often each letter stands in them.

Comparing letter by letter is a thousand times as costly as adding up counts, and nearly all texts
are passed by: they have too few letters in common, in whatever order.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# Letters that are the same modulo this count as one, which lets some more texts pass: Latin ones
# and Greek ones are all apart.
KINDS = 32
MOST = 255  # letters of a text that can be counted in a byte; a longer one is compared with all
SURE = 1e-5  # more than rounding takes


class LetterCounts:
    """The letters of texts, one row a letter, so that one letter of all texts lies together."""

    def __init__(self, texts: Sequence[str]) -> None:
        lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
        letters = np.frombuffer(_joined(texts), dtype="<u4").astype(np.int64) % KINDS
        texts_of = np.repeat(np.arange(len(texts)), lengths)
        counts = np.bincount(letters * len(texts) + texts_of, minlength=KINDS * len(texts))
        self._counts = np.minimum(counts, MOST).astype(np.uint8).reshape(KINDS, len(texts))
        self._lengths = lengths.astype(np.float32)

    def like(self, text: str, *, at_least: float) -> Sequence[int]:
        """Return the texts that may be `at_least` so like, in per cent of `rapidfuzz.fuzz.ratio`."""
        # That is twice the letters that both have in one order, by all letters of both.
        share = np.float32(at_least / 200 - SURE)
        return self._sharing(text, share * self._lengths + share * np.float32(len(text)))

    def within(self, text: str, *, typos: int) -> Sequence[int]:
        """Return the texts that so many typos may make of `text`: each changes one letter."""
        longest = np.maximum(self._lengths, np.float32(len(text)))
        return self._sharing(text, longest - np.float32(typos))

    def _sharing(self, text: str, least: NDArray[np.float32]) -> Sequence[int]:
        """Return the texts that have so many letters in common with `text`, in whatever order."""
        if len(text) > MOST:
            return range(len(self._lengths))
        shared = np.zeros(len(self._lengths), dtype=np.uint8)
        for kind, times in Counter(ord(letter) % KINDS for letter in text).items():
            for time in range(1, times + 1):  # comparing is a tenth of the work of a minimum
                shared += (self._counts[kind] >= time).view(np.uint8)
        places: list[int] = np.flatnonzero(shared >= least).tolist()
        return places


def _joined(texts: Sequence[str]) -> bytes:
    return "".join(texts).encode("utf-32-le", "surrogatepass")
