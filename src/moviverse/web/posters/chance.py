from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

Choice = TypeVar("Choice")


class Chance:
    """A stream of small choices that a film's id decides, the same on every machine and version.

    Python's own generator keeps no such promise for its methods, and a poster that changes with
    an update would be a new picture under an address that is cached for good.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._drawn = 0

    def between(self, low: int, high: int) -> int:
        """Return an integer from `low` to `high`, both included."""
        self._drawn += 1
        digest = hashlib.blake2b(f"{self._seed}/{self._drawn}".encode(), digest_size=8).digest()
        return low + int.from_bytes(digest) % (high - low + 1)

    def pick(self, choices: Sequence[Choice]) -> Choice:
        """Return one of `choices`."""
        return choices[self.between(0, len(choices) - 1)]
