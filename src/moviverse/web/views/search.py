from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render

from moviverse.catalog import selectors as catalog
from moviverse.catalog.errors import EmptyQuery
from moviverse.core.pagination import page_of
from moviverse.web import numbers, shelves
from moviverse.web.pages import page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse

    from moviverse.catalog.selectors import MovieCard

PER_PAGE = 24
LONGEST = 200  # characters; more than any title


@page()
def search(request: HttpRequest) -> HttpResponse:
    """Show the films that some words mean, also when they are misspelt."""
    words = " ".join(request.GET.get("q", "").split())[:LONGEST]
    found = _found(words)
    shown = page_of(found, number=numbers.page_number(request), size=PER_PAGE)
    context = {
        "words": words,
        "meant": getattr(found, "meant", ""),
        "page": shown,
        "cards": shown.rows,
        "popular": None if shown.count else shelves.popular(),
    }
    return render(request, "web/search.html", context)


def _found(words: str) -> Sequence[MovieCard]:
    """Return what was found; nothing for no words, and for none that have a letter or a digit."""
    try:
        return catalog.search(q=words) if words else ()
    except EmptyQuery:
        return ()
