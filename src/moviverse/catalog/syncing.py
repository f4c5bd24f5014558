"""Films as TMDb has them today, written in one transaction each; what went wrong is written, too."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from django.db import transaction

from moviverse import tmdb
from moviverse.catalog import merging, tmdb_rows, upserting
from moviverse.catalog.models import Movie, MovieMedia, TmdbSync
from moviverse.core import jobs, statements, versions

if TYPE_CHECKING:
    from datetime import datetime

    from moviverse.catalog.rows import MovieRow
    from moviverse.tmdb.types import Film

Outcome = Literal["stored", "gone", "withdrawn"]

LONGEST_ERROR = 300  # characters
HOPELESS_AFTER = 10  # failures in a row
# What a sync that succeeded says.
TOLD = (
    "last_synced_at",
    "differs",
    "gone_at",
    "withdrawn_at",
    "attempts",
    "failed_at",
    "last_error",
)
NOTHING_WRONG = {"attempts": 0, "failed_at": None, "last_error": ""}
FAILED = """
    insert into catalog_tmdbsync as known (tmdb_id, attempts, failed_at, last_error, differs)
    values (%(id)s, 1, %(now)s, %(error)s, '{}')
    on conflict (tmdb_id) do update set
        attempts = known.attempts + 1, failed_at = excluded.failed_at,
        last_error = excluded.last_error
"""


def ask_for(*, tmdb_id: int, now: datetime) -> None:
    """Have a film synced in the background; of several who ask for one, one job comes."""
    jobs.enqueue(
        name=jobs.FETCH_MOVIE,
        arguments={"tmdb_id": tmdb_id},
        now=now,
        unique_key=f"{jobs.FETCH_MOVIE}:{tmdb_id}",
    )


def sync_movie(*, tmdb_id: int, now: datetime) -> Outcome:
    """Bring a film up to date with TMDb, or into the catalogue.

    One that TMDb does not know is marked, and stays where it is held. One that an administrator
    took out of the catalogue stays outside.

    Raises:
        TmdbError: TMDb did not answer, or nothing usable; that is noted, too.
    """
    if is_withdrawn(tmdb_id):
        return "withdrawn"
    try:
        told = tmdb.client().within(tmdb.JOB_SECONDS).film(tmdb_id)
    except tmdb.NotFound:
        note_gone(tmdb_id, now=now)
        return "gone"
    except tmdb.TmdbError as error:
        note_failed(tmdb_id, error=error, now=now)
        raise
    store(told, tmdb_id=tmdb_id, now=now)
    return "stored"


@transaction.atomic
def store(told: Film, *, tmdb_id: int, now: datetime) -> None:
    """Write a film with its people, genres, keywords, videos and images, and that it was synced."""
    row = replace(tmdb_rows.film(told), tmdb_id=tmdb_id)
    upserting.upsert_movies([row], now=now, tells_all=True)
    _set_media(tmdb_id, tmdb_rows.media(told), now=now)
    _put(
        TmdbSync(
            tmdb_id=tmdb_id,
            last_synced_at=now,
            differs=_differences(tmdb_id, row),
            gone_at=None,
            withdrawn_at=None,
            **NOTHING_WRONG,
        )
    )


def note_gone(tmdb_id: int, *, now: datetime) -> None:
    """Write down that TMDb does not know a film (any more), when it was last asked."""
    known = TmdbSync.objects.filter(pk=tmdb_id)
    if not known.update(gone_at=now, **NOTHING_WRONG):
        TmdbSync.objects.bulk_create(
            [TmdbSync(tmdb_id=tmdb_id, gone_at=now)], ignore_conflicts=True
        )


def note_failed(tmdb_id: int, *, error: tmdb.TmdbError, now: datetime) -> None:
    """Write down that TMDb told nothing usable of a film."""
    told = {"id": tmdb_id, "now": now, "error": error.message[:LONGEST_ERROR]}
    statements.executed(FAILED, told)


def is_withdrawn(tmdb_id: int) -> bool:
    """Tell whether an administrator took a film out of the catalogue, and nobody put it back."""
    taken_out = TmdbSync.objects.filter(pk=tmdb_id, withdrawn_at__isnull=False)
    return taken_out.exists() and not Movie.objects.filter(pk=tmdb_id).exists()


def _set_media(tmdb_id: int, told: tmdb_rows.Media, *, now: datetime) -> None:
    held = MovieMedia.objects.filter(pk=tmdb_id).first()
    old = tmdb_rows.Media.held(held) if held else tmdb_rows.Media()
    new = tmdb_rows.Media(  # what TMDb says nothing of stays
        videos=told.videos or old.videos,
        posters=told.posters or old.posters,
        backdrops=told.backdrops or old.backdrops,
    )
    if new == old:
        return
    MovieMedia.objects.update_or_create(
        movie_id=tmdb_id,
        defaults={
            "videos": list(new.videos),
            "posters": list(new.posters),
            "backdrops": list(new.backdrops),
        },
    )
    Movie.objects.filter(pk=tmdb_id).update(updated_at=now)  # whoever remembers it reads it anew
    versions.raise_(versions.CATALOGUE)


def _differences(tmdb_id: int, row: MovieRow) -> dict[str, str]:
    """Return what TMDb says of fields that an editor has changed, where it is something else."""
    edited = Movie.objects.filter(pk=tmdb_id).exclude(edited_fields=[])
    for movie in edited.prefetch_related("genres", "keywords", "cast__person", "crew__person"):
        return tmdb_rows.differences(merging.held(movie), row, movie.edited_fields)
    return {}


def _put(row: TmdbSync) -> None:
    TmdbSync.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["tmdb_id"], update_fields=TOLD
    )
