"""Many short texts in one string, which is searched at once."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from heapq import nsmallest
from itertools import islice
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Key = TypeVar("Key")

ARTICLES = ("the", "a", "an")
LAST = "\U0010ffff"  # of all characters
SOON = 1_000  # so many that begin alike are met soon when all are looked through from the start


class Lines(Generic[Key]):
    """Texts with their keys, the most important first, as one string that is searched at once."""

    def __init__(self, told: Iterable[tuple[Key, str]]) -> None:
        pairs = list(told)
        self.keys: Sequence[Key] = [key for key, _ in pairs]
        self.texts: Sequence[str] = [text for _, text in pairs]
        # A space before each text, so that " heat" finds the beginning of any word.
        self._all = "".join(f"\n {text}" for text in self.texts) + "\n"
        self._starts = array("L")
        start = 0
        for text in self.texts:
            self._starts.append(start)
            start += len(text) + 2
        self._ordered = array("L", sorted(range(len(pairs)), key=self.texts.__getitem__))

    def equal_to(self, text: str, limit: int) -> list[int]:
        """Return the numbers of the lines that are `text`."""
        start = bisect_left(self._ordered, text, key=self.texts.__getitem__)
        end = bisect_right(self._ordered, text, start, key=self.texts.__getitem__)
        return list(self._ordered[start : min(end, start + limit)])  # equals are in their order

    def beginning_with(self, text: str, limit: int) -> list[int]:
        """Return the lines that begin with `text`, an article before it or not."""
        begun = [text, *(f"{each} {text}" for each in ARTICLES)]
        return sorted({line for each in begun for line in self._begun(each, limit)})[:limit]

    def with_prefix(self, text: str, limit: int) -> list[int]:
        """Return the lines that begin with `text`, then those that hold it at a later word."""
        begun = self.beginning_with(text, limit)
        if len(begun) == limit:
            return begun
        held = self._first(f" {text}", limit)
        return list(dict.fromkeys([*begun, *held]))[:limit]

    def holding(self, text: str, limit: int) -> list[int]:
        """Return the lines that hold `text` anywhere."""
        return self._first(text, limit)

    def keys_of(self, lines: Iterable[int]) -> list[Key]:
        """Return the keys of lines, each once."""
        return list(dict.fromkeys(self.keys[line] for line in lines))

    def _begun(self, text: str, limit: int) -> list[int]:
        """Return the first lines that begin with `text`: few are found by their place in order."""
        start = bisect_left(self._ordered, text, key=self.texts.__getitem__)
        end = bisect_left(self._ordered, text + LAST, start, key=self.texts.__getitem__)
        if end - start > SOON:
            return self._first(f"\n {text}", limit)
        return nsmallest(limit, self._ordered[start:end])

    def _first(self, needle: str, limit: int) -> list[int]:
        """Return the first lines that hold `needle`."""
        return list(islice(self._holding(needle), limit))

    def _holding(self, needle: str) -> Iterator[int]:
        at = self._all.find(needle)
        while at >= 0:
            line = bisect_right(self._starts, at) - 1
            yield line
            at = self._all.find(needle, self._starts[line] + len(self.texts[line]) + 2)
