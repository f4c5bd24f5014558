from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render

from moviverse.catalog import selectors as catalog
from moviverse.core import errors
from moviverse.core.pagination import page_of
from moviverse.web import numbers, shelves
from moviverse.web.pages import page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PER_PAGE = 24
LONGEST = 200  # characters; more than any title


@page()
def search(request: HttpRequest) -> HttpResponse:
    """Show the films that some words mean, also when they are misspelt."""
    words = " ".join(request.GET.get("q", "").split())[:LONGEST]
    if not words:
        return render(request, "web/search.html", {"popular": shelves.popular()})
    return render(request, "web/search.html", {"words": words})
