"""The catalogue as the engine reads it: one record a film, joined from few long queries."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction

from moviverse.catalog.models import Movie, MovieCast, MovieCrew

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from django.db.models import QuerySet

BLOCK = 5_000  # rows a round trip
LEADING = 5  # members of a cast that say something about a film


@dataclass(slots=True)
class Film:
    """What a model may know of a film."""

    title: str
    year: int | None
    language: str
    overview: str
    genres: list[str] = field(default_factory=list)
    keywords: list[str] = field(default_factory=list)
    directors: list[str] = field(default_factory=list)
    cast: list[str] = field(default_factory=list)

    def record(self) -> Mapping[str, Sequence[str] | str]:
        """Return the fields of the engine's item features."""
        return {
            "genres": self.genres,
            "keywords": self.keywords,
            "directors": self.directors,
            "cast": self.cast,
            "overview": self.overview,
            "decade": f"{self.year // 10 * 10}s" if self.year else "",
            "language": self.language,
        }


@transaction.atomic
def films(*, among: Collection[int] | None = None) -> dict[int, Film]:
    """Read the films of the catalogue by their public id, all of them or some.

    The transaction lets the server hand out its rows in blocks, and shows one state of them.
    """
    movies = Movie.objects.all() if among is None else Movie.objects.filter(tmdb_id__in=among)
    found = {
        movie_id: Film(title=title, year=year, language=language, overview=overview)
        for movie_id, title, year, language, overview in _rows(
            movies.order_by("tmdb_id").values_list(
                "tmdb_id", "title", "release_year", "language", "overview"
            )
        )
    }
    directors = MovieCrew.objects.filter(job="Director").order_by("pk")
    leading = MovieCast.objects.filter(position__lt=LEADING).order_by("position")
    for name, links, value in (
        ("genres", Movie.genres.through.objects.order_by("genre__name"), "genre__name"),
        ("keywords", Movie.keywords.through.objects.order_by("keyword__name"), "keyword__name"),
        ("directors", directors, "person__name"),
        ("cast", leading, "person__name"),
    ):
        chosen = links if among is None else links.filter(movie_id__in=among)
        for movie_id, said in _rows(chosen.values_list("movie_id", value)):
            if movie_id in found:
                getattr(found[movie_id], name).append(said)
    return found


def _rows(rows: QuerySet[Any, Any]) -> Iterator[tuple[Any, ...]]:
    return rows.iterator(chunk_size=BLOCK)
