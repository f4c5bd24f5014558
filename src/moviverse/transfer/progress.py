"""How long work tells what it is doing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Row = TypeVar("Row")

TOLD_EVERY = 500  # rows


class Progress(Protocol):
    """Called with the part that is done (0 to 1) and what is being done."""

    def __call__(self, fraction: float, message: str) -> None: ...


def told(rows: Sequence[Row], message: str, progress: Progress) -> Iterator[Row]:
    """Give `rows` one by one and tell `progress` how many of them are gone."""
    for number, row in enumerate(rows):
        if number % TOLD_EVERY == 0:
            progress(number / len(rows), message)
        yield row
    progress(1.0, message)
