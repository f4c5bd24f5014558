"""What follows from an edit by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from moviverse.catalog import merging, search_entries, syncing, upserting
from moviverse.catalog.folding import fold
from moviverse.catalog.models import FIRST_LOCAL_ID, Movie, TmdbSync
from moviverse.core import versions

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime


def refold(*, movie_ids: Collection[int], now: datetime) -> None:
    """Bring what follows from films' fields and links up to date after an edit by hand."""
    for batch in upserting.batches(sorted(movie_ids), upserting.BATCH):
        with transaction.atomic():
            upserting.line_up()
            movies = (
                Movie.objects.filter(pk__in=batch)
                .select_for_update(of=("self",))
                .prefetch_related("genres", "keywords", "cast__person", "crew__person")
            )
            for movie in movies:
                movie.folded_title = fold(movie.title)[:300]
                movie.updated_at = now
            Movie.objects.bulk_update(movies, ["folded_title", "updated_at"])
            search_entries.put(merging.held(movie) for movie in movies)
    versions.raise_(versions.CATALOGUE)  # also where no film is linked to what was edited


@transaction.atomic
def note_edits(*, movie_id: int, names: Collection[str]) -> None:
    """Remember which fields of a film were changed by hand, so that no source overwrites them.

    Args:
        movie_id: The film.
        names: Of its fields, `cast` and `crew` among them; those that no source tells are left out.
    """
    edited = merging.SILENT.keys() & set(names)
    if not edited:
        return
    movie = Movie.objects.select_for_update().only("edited_fields").get(pk=movie_id)
    movie.edited_fields = sorted({*movie.edited_fields, *edited})
    movie.save(update_fields=["edited_fields"])


@transaction.atomic
def give_edits_up(*, movie_ids: Collection[int], now: datetime) -> int:
    """Let TMDb's values take the place of those changed by hand, in the background.

    Returns:
        How many films TMDb is asked for; those that it never had stay as they are.
    """
    ids = sorted(each for each in movie_ids if each < FIRST_LOCAL_ID)
    Movie.objects.filter(pk__in=ids).update(edited_fields=[])
    TmdbSync.objects.filter(pk__in=ids).update(differs={})
    return ask_for_films(movie_ids=ids, now=now)


@transaction.atomic
def ask_for_films(*, movie_ids: Collection[int], now: datetime) -> int:
    """Have films brought up to date with TMDb in the background; return how many it knows."""
    ids = sorted(each for each in movie_ids if each < FIRST_LOCAL_ID)
    for tmdb_id in ids:
        syncing.ask_for(tmdb_id=tmdb_id, now=now)
    return len(ids)


def note_removal(*, movie_ids: Collection[int], now: datetime) -> None:
    """Let lists that were remembered lapse after films were taken out, and keep these out.

    Lists stand for the catalogue as of its last change, which a film that is gone cannot carry: the
    film that changed last does. TMDb still has the film; no list and no visitor brings it back.
    """
    TmdbSync.objects.bulk_create(
        [
            TmdbSync(tmdb_id=each, withdrawn_at=now)
            for each in sorted(movie_ids)
            if each < FIRST_LOCAL_ID
        ],
        update_conflicts=True,
        unique_fields=["tmdb_id"],
        update_fields=["withdrawn_at"],
    )
    last = Movie.objects.order_by("-updated_at", "tmdb_id").values("tmdb_id")[:1]
    Movie.objects.filter(tmdb_id__in=last).update(updated_at=now)
    versions.raise_(versions.CATALOGUE)  # and where no film is left
