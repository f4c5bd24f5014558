from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.shortcuts import render
from django.utils import timezone

from moviverse.catalog import selectors as catalog
from moviverse.recommendations import services as recommendations
from moviverse.recommendations.wishes import Wish
from moviverse.web import footprints, picks
from moviverse.web.pages import member, page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse

LIMIT = 20


class Slider(forms.NumberInput):
    """A slider; without a value it stands where a list stands that nobody asked to mix."""

    input_type = "range"

    def format_value(self, value: Any) -> str:
        """Return where it stands."""
        return super().format_value(value) or "0"


class Controls(forms.Form):
    """How a list should be."""

    diversity = forms.FloatField(
        required=False,
        min_value=0,
        max_value=1,
        widget=Slider(attrs={"min": "0", "max": "1", "step": "0.1"}),
    )
    genre = forms.ChoiceField(required=False)

    def __init__(self, asked: object, *, genres: Sequence[str]) -> None:
        super().__init__(asked, label_suffix="")  # type: ignore[arg-type]  # request.GET
        self.fields["genre"].choices = [("", "All genres"), *((name, name) for name in genres)]  # type: ignore[attr-defined]  # a ChoiceField

    def wish(self) -> Wish:
        """Return what was asked for; a field that is wrong asks for nothing and says so."""
        genre = self.cleaned_data.get("genre")
        return Wish(
            limit=LIMIT,
            diversity=self.cleaned_data.get("diversity"),
            genres=((genre,),) if genre else (),
        )


@page()
def recommend(request: HttpRequest) -> HttpResponse:
    """Show a member's own list, each film with why it is there."""
    user = member(request)
    now = timezone.now()
    form = Controls(request.GET, genres=[genre.name for genre in catalog.genres()])
    valid = form.is_valid()
    answer = recommendations.recommend_for(user=user, wish=form.wish(), now=now)
    shown = picks.of(answer)
    footprints.shown(request, movie_ids=[pick.card.tmdb_id for pick in shown.items], now=now)
    context = {"form": form, "picks": shown}
    return render(request, "web/recommend.html", context, status=200 if valid else 400)
