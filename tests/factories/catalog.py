"""Films for tests, made by the service that imports real ones."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from moviverse.catalog import services
from moviverse.catalog.models import Movie
from moviverse.catalog.rows import CastRow, CrewRow, MovieRow

if TYPE_CHECKING:
    from datetime import datetime

_ids = itertools.count(900_001)


def row(**told: Any) -> MovieRow:
    """Return a film as an importer tells it; directors and cast may be names."""
    people: dict[str, Any] = {}
    if "directors" in told:
        people["crew"] = tuple(
            CrewRow(name, job="Director", department="Directing") for name in told.pop("directors")
        )
    if told.get("cast") and isinstance(told["cast"][0], str):
        people["cast"] = tuple(CastRow(name) for name in told.pop("cast"))
    plain = MovieRow(tmdb_id=next(_ids) if "tmdb_id" not in told else told["tmdb_id"])
    return replace(plain, **{"title": f"Film {plain.tmdb_id}", **told, **people})


def film(*, now: datetime | None = None, **told: Any) -> Movie:
    """Return a new film of the catalogue; what is not given is made up or empty."""
    made = row(**told)
    services.upsert_movies([made], now=now or timezone.now())
    return Movie.objects.get(tmdb_id__in=[made.tmdb_id])


def films(count: int, **told: Any) -> list[Movie]:
    """Return `count` new films, the best known first."""
    rows = [row(popularity=float(count - place), **told) for place in range(count)]
    services.upsert_movies(rows, now=timezone.now())
    return list(
        Movie.objects.filter(tmdb_id__in=[each.tmdb_id for each in rows]).order_by("tmdb_id")
    )
