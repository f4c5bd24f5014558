"""One page of a long list, whichever transport shows it."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Generic, TypeVar

from django.db.models import QuerySet

from moviverse.core import errors

if TYPE_CHECKING:
    from collections.abc import Sequence

Row = TypeVar("Row")

PAGE_SIZE = 20
MAX_PAGE_SIZE = 100


class PageNotFound(errors.NotFound):
    """The list has fewer pages."""

    message = "The list has fewer pages."


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows `(number - 1) * size` to `number * size` of `count`."""

    rows: Sequence[Row]
    number: int
    size: int
    count: int

    @property
    def total_pages(self) -> int:
        """Return how many pages there are: at least one, also for an empty list."""
        return max(1, ceil(self.count / self.size))


def page_of(
    rows: QuerySet[Row] | Sequence[Row],  # type: ignore[type-var]  # only models in a QuerySet
    *,
    number: int = 1,
    size: int = PAGE_SIZE,
) -> Page[Row]:
    """Return one page of a list, or of a queryset with two queries: the count and the rows.

    Raises:
        PageNotFound: there is no such page.
    """
    count = rows.count() if isinstance(rows, QuerySet) else len(rows)
    if number < 1 or (number > 1 and number > ceil(count / size)):
        raise PageNotFound
    start = (number - 1) * size
    return Page(rows=list(rows[start : start + size]), number=number, size=size, count=count)
