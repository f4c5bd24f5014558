from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moviverse.core import pagination
from moviverse.core.models import Counter

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries


@pytest.mark.django_db
def test_a_list_and_a_queryset_are_paged_alike(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(5):
        Counter.objects.create(key=str(number), expires_at="2026-01-01T00:00Z")
    with django_assert_num_queries(2):
        page = pagination.page_of(Counter.objects.order_by("key"), number=2, size=2)
    listed = pagination.page_of(list("01234"), number=2, size=2)
    assert [counter.key for counter in page.rows] == listed.rows == ["2", "3"]
    assert (page.count, page.total_pages) == (listed.count, listed.total_pages) == (5, 3)


@pytest.mark.parametrize("number", [0, -1, 4, 2**70])
def test_a_page_that_is_not_there_is_not_found(number: int) -> None:
    with pytest.raises(pagination.PageNotFound):
        pagination.page_of(list("01234"), number=number, size=2)


def test_an_empty_list_has_one_empty_page() -> None:
    page: pagination.Page[str] = pagination.page_of([])
    assert (page.rows, page.count, page.total_pages) == ([], 0, 1)
