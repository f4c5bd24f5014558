"""MovieLens' films brought into the catalogue.

MovieLens knows less of a film than TMDb does (a title, a year, genres), so it fills gaps and
changes nothing that is there. It keeps its own ids; `SourceId` remembers which film each names, so
that importing again, or another release, finds the same films.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from moviverse.catalog import selectors, services
from moviverse.catalog.rows import MovieRow
from moviverse.transfer.progress import told

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from moviverse.transfer.progress import Progress

GENRES = {
    "Sci-Fi": ("Science Fiction",),
    "Children": ("Family",),
    "Children's": ("Family",),
    "Musical": ("Music",),
    "Film-Noir": ("Crime",),
    "IMAX": (),
    "(no genres listed)": (),
    "unknown": (),
}
SHOWN = 10  # examples in a report
KEYWORDS = {"Film-Noir": "noir", "IMAX": "imax"}  # what TMDb has no genre for


class Film(Protocol):
    """A film as MovieLens describes it; any reader's row will do."""

    @property
    def movie_id(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def year(self) -> int | None: ...
    @property
    def genres(self) -> tuple[str, ...]: ...
    @property
    def tmdb_id(self) -> int | None: ...
    @property
    def imdb_id(self) -> str | None: ...


@dataclass(frozen=True)
class CatalogueReport:
    """What became of MovieLens' films."""

    films: int
    created: int
    updated: int
    unchanged: int
    local_ids: tuple[tuple[int, str], ...]  # (public id, title) of films without a TMDb id
    duplicate_links: tuple[tuple[int, tuple[int, ...]], ...]  # (TMDb id, MovieLens' ids)
    public_ids: Mapping[int, int]  # MovieLens' id -> public id, of every film

    def __str__(self) -> str:
        """Return the report for a terminal."""
        counts = f"{self.created:,} new, {self.updated:,} completed, {self.unchanged:,} as before"
        lines = [f"{self.films:,} films: {counts}."]
        if self.local_ids:
            some = ", ".join(f"{title} ({id_})" for id_, title in self.local_ids[:SHOWN])
            more = len(self.local_ids) - SHOWN
            also = f" and {more:,} more" if more > 0 else ""
            lines.append(f"{len(self.local_ids):,} have a local id: {some}{also}.")
        for tmdb_id, movie_ids in self.duplicate_links[:SHOWN]:
            films = ", ".join(map(str, movie_ids))
            lines.append(f"TMDb's {tmdb_id} is claimed by {films}: the first has it.")
        if len(self.duplicate_links) > SHOWN:
            lines.append(f"So are {len(self.duplicate_links) - SHOWN:,} more TMDb ids.")
        return "\n".join(lines)


def import_catalogue(
    *, films: Iterable[Film], now: datetime, progress: Progress, source: str = "movielens"
) -> CatalogueReport:
    """Bring MovieLens' films into the catalogue; idempotent, and nothing is left out.

    A film without a TMDb id gets a local one, and so does the second film that claims a TMDb id.

    Args:
        films: The films; of two rows with one id the last counts.
        now: When.
        progress: Told how far it is.
        source: Whose ids these are; the 100K release numbers its films differently.
    """
    rows = list({film.movie_id: film for film in films}.values())
    known = selectors.ids_of_source(source)
    claimed = _claimed(rows, known)
    message = f"Importing {len(rows):,} films"
    ids = {
        film.movie_id: known.get(str(film.movie_id), claimed.get(film.movie_id)) for film in rows
    }
    report = services.upsert_movies(
        (
            _row(film, tmdb_id=ids[film.movie_id], source=source)
            for film in told(rows, message, progress)
        ),
        now=now,
        only_fill=True,
    )
    held = selectors.ids_of_source(source)
    public_ids = {film.movie_id: held[str(film.movie_id)] for film in rows}
    return CatalogueReport(
        films=len(rows),
        created=report.created,
        updated=report.updated,
        unchanged=report.unchanged,
        local_ids=tuple(
            (public_ids[film.movie_id], film.title)
            for film in rows
            if selectors.is_local(public_ids[film.movie_id])
        ),
        duplicate_links=_duplicate_links(rows),
        public_ids=public_ids,
    )


def _claimed(films: Sequence[Film], known: Mapping[str, int]) -> dict[int, int]:
    """Return the TMDb id of each film that is the first to claim it."""
    taken = set(known.values())
    claimed: dict[int, int] = {}
    for film in films:
        if film.tmdb_id is not None and film.tmdb_id not in taken:
            taken.add(film.tmdb_id)
            claimed[film.movie_id] = film.tmdb_id
    return claimed


def _duplicate_links(films: Sequence[Film]) -> tuple[tuple[int, tuple[int, ...]], ...]:
    linked = defaultdict(list)
    for film in films:
        if film.tmdb_id is not None:
            linked[film.tmdb_id].append(film.movie_id)
    return tuple((tmdb_id, tuple(ids)) for tmdb_id, ids in linked.items() if len(ids) > 1)


def _row(film: Film, *, tmdb_id: int | None, source: str) -> MovieRow:
    return MovieRow(
        tmdb_id=tmdb_id,
        title=film.title,
        release_year=film.year,
        imdb_id=film.imdb_id or "",
        genres=tuple(name for genre in film.genres for name in GENRES.get(genre, (genre,))),
        keywords=tuple(KEYWORDS[genre] for genre in film.genres if genre in KEYWORDS),
        source_ids=((source, str(film.movie_id)),),
    )
