"""Lists that are read a page at a time, each page completed with what its rows point to."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.db.models import QuerySet

Shown = TypeVar("Shown")


class LongList(Sequence[Shown], Generic[Shown]):
    """Rows of a queryset as they are shown: one query counts them, a slice takes as many as it needs.

    Only the rows of the slice are completed, so the length of the list does not matter.
    """

    def __init__(
        self, rows: QuerySet[Any], complete: Callable[[Iterable[Any]], list[Shown]]
    ) -> None:
        """Show `rows`, each slice of them as `complete` returns it."""
        self._rows = rows
        self._complete = complete

    @cached_property
    def _count(self) -> int:
        return self._rows.count()

    def __len__(self) -> int:
        """Return how many there are."""
        return self._count

    @overload
    def __getitem__(self, place: int) -> Shown: ...
    @overload
    def __getitem__(self, place: slice) -> list[Shown]: ...
    def __getitem__(self, place: int | slice) -> Shown | list[Shown]:
        """Return one, or those of a slice."""
        if isinstance(place, int):
            return self[place : place + 1][0]
        return self._complete(self._rows[place])
