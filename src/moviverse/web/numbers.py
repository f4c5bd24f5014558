from __future__ import annotations

from typing import TYPE_CHECKING

from moviverse.core.pagination import PageNotFound

if TYPE_CHECKING:
    from django.http import HttpRequest

LONGEST = 9  # digits of a page's number


def page_number(request: HttpRequest) -> int:
    """Return which page of a list is asked for.

    Raises:
        PageNotFound: it is none.
    """
    said = request.GET.get("page") or "1"
    if not said.isascii() or not said.isdecimal() or len(said) > LONGEST:
        raise PageNotFound
    return int(said)
