"""Lists that are read a slice at a time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Generic, TypeVar, overload

from moviverse.core import statements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from django.db.models import Model

Shown = TypeVar("Shown")


class LongList(Sequence[Shown], Generic[Shown]):
    """A list of which each slice is read when it is looked at, whatever the length of the whole."""

    def __init__(
        self, *, count: Callable[[], int], read: Callable[[int, int], list[Shown]]
    ) -> None:
        """Count with `count`, once; `read` returns so many from a place on."""
        self._count_them = count
        self._read = read

    @cached_property
    def _count(self) -> int:
        return self._count_them()

    def __len__(self) -> int:
        """Return how many there are."""
        return self._count

    def __iter__(self) -> Iterator[Shown]:
        """Read all at once."""
        return iter(self[:])

    @overload
    def __getitem__(self, place: int) -> Shown: ...
    @overload
    def __getitem__(self, place: slice) -> list[Shown]: ...
    def __getitem__(self, place: int | slice) -> Shown | list[Shown]:
        """Return one, or those of a slice."""
        if isinstance(place, int):
            return self._read(1, place)[0]
        start = place.start or 0
        stop = len(self) if place.stop is None else place.stop
        return self._read(max(stop - start, 0), start)


def count_of(model: type[Model], *, user_id: UUID, which: str = "true") -> int:
    """Return how many rows of a model are a person's; `which` is a condition of SQL, no input."""
    sql = f"select count(*) from {model._meta.db_table} where user_id = %s and {which}"  # noqa: S608, SLF001 - constants; Django's public name
    ((count,),) = statements.fetched(sql, [user_id])
    return int(count)
