"""The films that a member keeps: favourites, the watchlist, and what they have watched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from moviverse.core import errors
from moviverse.core.pagination import page_of
from moviverse.library import selectors, services
from moviverse.web import numbers
from moviverse.web.pages import member, page, same_site

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.http import HttpRequest, HttpResponse

    from moviverse.accounts.models import User
    from moviverse.library.selectors import SavedFilm

PER_PAGE = 24


@page("POST")
def keep_favorite(request: HttpRequest, *, movie_id: int) -> HttpResponse:
    """Make a film a favourite or take it off, and go back to where the member was."""
    return _keep(
        request,
        movie_id,
        add=services.add_favorite,
        remove=services.remove_favorite,
        name="your favourites",
    )


@page("POST")
def keep_on_watchlist(request: HttpRequest, *, movie_id: int) -> HttpResponse:
    """Put a film on the watchlist or take it off, and go back to where the member was."""
    return _keep(
        request,
        movie_id,
        add=services.add_to_watchlist,
        remove=services.remove_from_watchlist,
        name="your watchlist",
    )


@page()
def favorites(request: HttpRequest) -> HttpResponse:
    """Show a member's favourites."""
    films = selectors.favorites(user=member(request))
    return _list(request, films, title="Favourites", remove="keep-favorite")


@page()
def watchlist(request: HttpRequest) -> HttpResponse:
    """Show what a member wants to watch."""
    films = selectors.watchlist(user=member(request))
    return _list(request, films, title="Watchlist", remove="keep-on-watchlist")


@page()
def history(request: HttpRequest) -> HttpResponse:
    """Show what a member has watched, and how far."""
    films = selectors.history(user=member(request))
    shown = page_of(films, number=numbers.page_number(request), size=PER_PAGE)
    return render(request, "web/history.html", {"page": shown})


def _keep(
    request: HttpRequest,
    movie_id: int,
    *,
    add: Callable[..., tuple[SavedFilm, bool]],
    remove: Callable[..., None],
    name: str,
) -> HttpResponse:
    user: User = member(request)
    try:
        if "remove" in request.POST:
            remove(user=user, key=movie_id)
            messages.success(request, f"Taken off {name}.")
        else:
            film, _ = add(user=user, movie_id=movie_id, now=timezone.now())
            messages.success(request, f"{film.movie.title or 'The film'} is on {name}.")
    except (errors.NotFound, errors.Conflict) as error:
        messages.info(request, error.message)
    film_page = reverse("film", kwargs={"tmdb_id": movie_id})
    return HttpResponseRedirect(same_site(request, otherwise=film_page))


def _list(
    request: HttpRequest, films: Sequence[SavedFilm], *, title: str, remove: str
) -> HttpResponse:
    shown = page_of(films, number=numbers.page_number(request), size=PER_PAGE)
    return render(request, "web/saved.html", {"page": shown, "title": title, "remove": remove})
