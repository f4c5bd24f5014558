from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from moviverse.catalog import selectors as catalog
from moviverse.core import errors
from moviverse.core.pagination import page_of
from moviverse.library import selectors, services
from moviverse.library.errors import RatingNotFound
from moviverse.web import numbers
from moviverse.web.pages import member, page, same_site

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PER_PAGE = 24
SORTS = {
    "date_desc": "Newest first",
    "date_asc": "Oldest first",
    "rating_desc": "Best first",
    "rating_asc": "Worst first",
    "title_asc": "Title, A to Z",
    "title_desc": "Title, Z to A",
}


@page("POST")
def rate(request: HttpRequest, *, movie_id: int) -> HttpResponse:
    """Set or take back what a member thinks of a film, and go back to where they were."""
    user = member(request)
    title = catalog.movie(tmdb_id=movie_id).card.title
    if "remove" in request.POST:
        try:
            services.unrate(user=user, movie_id=movie_id)
            messages.success(request, f"Your rating of {title} is removed.")
        except RatingNotFound as error:
            messages.info(request, error.message)
    else:
        value = request.POST.get("rating", "")
        try:
            rating = services.rate(user=user, movie_id=movie_id, value=value, now=timezone.now())
            messages.success(request, f"You rated {title} {rating.value:g}.")
        except errors.Invalid:
            messages.error(request, "Choose half a star to five stars.")
    film = reverse("film", kwargs={"tmdb_id": movie_id})
    return HttpResponseRedirect(same_site(request, otherwise=film))


@page()
def reviews(request: HttpRequest) -> HttpResponse:
    """Show what a member has rated."""
    user = member(request)
    sort = request.GET.get("sort") or next(iter(SORTS))
    if sort not in SORTS:
        raise errors.Invalid(f"There is no order {sort!r}.")
    ratings = selectors.ratings(user=user, sort=sort)
    shown = page_of(ratings, number=numbers.page_number(request), size=PER_PAGE)
    cards = catalog.cards([rating.movie_id for rating in shown.rows])
    rated = [(cards[rating.movie_id], rating) for rating in shown.rows]
    context = {"page": shown, "rated": rated, "sorts": SORTS, "sort": sort}
    return render(request, "web/reviews.html", context)
