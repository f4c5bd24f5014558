"""Pages of a public list that is asked for again and again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from moviverse.api.pagination import paged
from moviverse.core import caching

if TYPE_CHECKING:
    from collections.abc import Callable

    from rest_framework.request import Request
    from rest_framework.response import Response
    from rest_framework.serializers import BaseSerializer

Row = TypeVar("Row")
Value = TypeVar("Value")


class Remembered(Sequence[Row], Generic[Row]):
    """A list whose length and slices are kept in the cache; it is made only when one is not there.

    `source` says where the last of them came from: `hit`, `miss` or `stale`.
    """

    source: caching.Source = "miss"

    def __init__(self, *depends_on: Any, seconds: int, make: Callable[[], Sequence[Row]]) -> None:
        """Keep what `make` returns.

        Args:
            depends_on: All that the list depends on.
            seconds: For how long.
            make: Reads the list.
        """
        self._key = caching.key_of("list", *depends_on)
        self._seconds = seconds
        self._make = make

    @cached_property
    def _rows(self) -> Sequence[Row]:
        return self._make()

    def __len__(self) -> int:
        """Return how many rows there are."""
        return self._kept("count", lambda: len(self._rows))

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> list[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | list[Row]:
        """Return one row, or those of a slice."""
        if isinstance(place, int):
            return self._kept(str(place), lambda: self._rows[place])
        return self._kept(f"{place.start}:{place.stop}", lambda: list(self._rows[place]))

    def _kept(self, part: str, make: Callable[[], Value]) -> Value:
        value, self.source = caching.get_or_compute(f"{self._key}:{part}", self._seconds, make)
        return value


def remembered_page(
    request: Request, rows: Remembered[Any], serializer_class: type[BaseSerializer[Any]]
) -> Response:
    """Answer with a page, and say whether it was remembered."""
    response = paged(request, rows, serializer_class)
    response["X-Cache"] = rows.source
    return response
