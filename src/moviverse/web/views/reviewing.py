"""Writing a review on a film's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from moviverse.core import errors
from moviverse.library import selectors, services
from moviverse.web.pages import member, page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@page("POST")
def review(request: HttpRequest, *, movie_id: int) -> HttpResponse:
    """Write, change or delete a member's review of a film, and go back to the film."""
    user = member(request)
    mine = selectors.own_review(user=user, movie_id=movie_id)
    text, rating = request.POST.get("text", ""), request.POST.get("rating", "")
    try:
        if "remove" in request.POST:
            if mine is not None:
                services.delete_review(user=user, review_id=mine.id)
            messages.success(request, "Your review is deleted.")
        elif mine is not None:
            services.edit_review(
                user=user, review_id=mine.id, rating=rating, text=text, now=timezone.now()
            )
            messages.success(request, "Your review is changed.")
        else:
            services.write_review(
                user=user, movie_id=movie_id, rating=rating, text=text, now=timezone.now()
            )
            messages.success(request, "Your review is published.")
    except errors.Invalid as error:
        messages.error(request, " ".join(said for each in error.details.values() for said in each))
    except errors.Conflict as error:
        messages.info(request, error.message)
    film = reverse("film", kwargs={"tmdb_id": movie_id})
    return HttpResponseRedirect(f"{film}#reviews")
