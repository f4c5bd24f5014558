"""A page of a list, from which one can walk to the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from moviverse_client import errors
from moviverse_client.reading import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from moviverse_client.transport import Transport

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list.

    `for each in page` walks over this page; `for each in page.all()` also fetches the pages after
    it, one by one, as the walk comes to them.
    """

    results: tuple[T, ...]
    count: int
    page: int
    page_size: int
    total_pages: int
    _turn: Callable[[int], Page[T]]

    def __iter__(self) -> Iterator[T]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)

    def __getitem__(self, place: int) -> T:
        return self.results[place]

    def next(self) -> Page[T] | None:
        """Return the page after this one; None after the last."""
        return self._turn(self.page + 1) if self.page < self.total_pages else None

    def all(self) -> Iterator[T]:
        """Walk from this page to the end of the list."""
        page: Page[T] | None = self
        while page is not None:
            yield from page.results
            try:
                page = page.next()
            except errors.NotFound:  # the list became shorter meanwhile
                return


def page_of(
    transport: Transport, kind: type[T], path: str, *, rows: str = "results", **query: Any
) -> Page[T]:
    """Fetch a page of a list.

    Args:
        transport: Asks.
        kind: The dataclass of a row.
        path: From `/api/` on.
        rows: The name under which the rows stand.
        query: Filters, `page` and `page_size`.
    """
    said = transport.call("GET", path, query=query)
    if not isinstance(said, dict) or not isinstance(said.get(rows), list):
        raise errors.UnexpectedAnswer(f"{path} did not answer with a list.")

    def turn(number: int) -> Page[T]:
        return page_of(transport, kind, path, rows=rows, **{**query, "page": number})

    return Page(
        results=tuple(read(kind, row) for row in said[rows]),
        count=said["count"],
        page=said["page"],
        page_size=said["page_size"],
        total_pages=said["total_pages"],
        _turn=turn,
    )
