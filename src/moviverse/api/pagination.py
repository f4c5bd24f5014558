"""One page of a list in the contract's shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from moviverse.api.serializers import PageQuery
from moviverse.core import pagination

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import QuerySet
    from rest_framework.request import Request
    from rest_framework.serializers import BaseSerializer

PARAMETERS = ("page", "page_size")


def paged(
    request: Request,
    rows: QuerySet[Any] | Sequence[Any],
    serializer_class: type[BaseSerializer[Any]],
    *,
    context: Mapping[str, Any] | None = None,
) -> Response:
    """Answer with the page that the request asks for.

    It reads `page` and `page_size` alone: the view validates the query first, with a serializer
    that inherits from `PageQuery`, so that an unknown parameter is refused.

    Args:
        request: Whose query and address are used.
        rows: The whole list; of a queryset only the page is read, and the count.
        serializer_class: Renders one row.
        context: Given to the serializer, with the request.

    Raises:
        ValidationError: a parameter is malformed.
        PageNotFound: there is no such page.
    """
    page = pagination.page_of(rows, **_asked(request))
    serializer = serializer_class(
        page.rows, many=True, context={"request": request, **(context or {})}
    )
    body = {
        "count": page.count,
        "page": page.number,
        "page_size": page.size,
        "total_pages": page.total_pages,
        "next": _link(request, page.number + 1) if page.number < page.total_pages else None,
        "previous": _link(request, page.number - 1) if page.number > 1 else None,
        "results": serializer.data,
    }
    headers = {
        "X-Pagination-Page": str(page.number),
        "X-Pagination-Limit": str(page.size),
        "X-Pagination-Page-Count": str(page.total_pages),
        "X-Pagination-Item-Count": str(page.count),
    }
    return Response(body, headers=headers)


def _asked(request: Request) -> dict[str, int]:
    query = request.query_params
    asked = PageQuery.read({name: query[name] for name in PARAMETERS if name in query})
    return {
        "number": int(asked.get("page", 1)),
        "size": asked.get("page_size", pagination.PAGE_SIZE),
    }


def _link(request: Request, number: int) -> str:
    # The path as it was asked for: a client of /api/v1/ stays there.
    return replace_query_param(request.build_absolute_uri(), "page", str(number))
