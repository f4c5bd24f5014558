from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.shortcuts import render

from moviverse.catalog import selectors as catalog_films
from moviverse.catalog.selectors import MovieFilters
from moviverse.core.pagination import page_of
from moviverse.web import numbers
from moviverse.web.pages import page
from moviverse.web.templatetags.film_facts import language_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse

PER_PAGE = 36
SORTS = {
    "popularity_desc": "Most popular",
    "rating_desc": "Best rated",
    "year_desc": "Newest",
    "year_asc": "Oldest",
    "title_asc": "Title, A to Z",
    "added_desc": "Recently added",
}
EARLIEST, LATEST = 1870, 2100


def _year(label: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=EARLIEST, max_value=LATEST)


class Filters(forms.Form):
    """What the catalogue is narrowed to; every choice is one that leads somewhere."""

    genre = forms.ChoiceField(required=False)
    language = forms.ChoiceField(required=False)
    year = _year("Year")
    year_from = _year("From year")
    year_to = _year("To year")
    sort = forms.ChoiceField(label="Order", required=False, choices=list(SORTS.items()))

    def __init__(self, asked: object, *, genres: Sequence[str], languages: Sequence[str]) -> None:
        super().__init__(asked, label_suffix="")  # type: ignore[arg-type]  # request.GET
        self.fields["genre"].choices = [("", "All genres"), *((name, name) for name in genres)]  # type: ignore[attr-defined]  # a ChoiceField
        spoken = sorted((language_name(code), code) for code in languages)
        self.fields["language"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            ("", "All languages"),
            *((code, name) for name, code in spoken),
        ]

    def filters(self) -> MovieFilters:
        """Return what was asked for; a field that is wrong narrows nothing and says so."""
        asked = self.cleaned_data
        return MovieFilters(
            genres=((asked["genre"],),) if asked.get("genre") else (),
            language=asked.get("language") or "",
            year=asked.get("year"),
            year_from=asked.get("year_from"),
            year_to=asked.get("year_to"),
            sort=asked.get("sort") or next(iter(SORTS)),
        )


@page()
def catalog(request: HttpRequest) -> HttpResponse:
    """Show the films of the catalogue, narrowed and in an order."""
    form = Filters(
        request.GET,
        genres=[genre.name for genre in catalog_films.genres()],
        languages=catalog_films.languages(),
    )
    valid = form.is_valid()
    films = catalog_films.listed(form.filters())
    shown = page_of(films, number=numbers.page_number(request), size=PER_PAGE)
    context = {"form": form, "page": shown, "cards": shown.rows}
    return render(request, "web/catalog.html", context, status=200 if valid else 400)
