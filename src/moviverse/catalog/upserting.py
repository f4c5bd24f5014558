"""Films in bulk from a source, in transactions that writers of films take turns in."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from django.db import connection, transaction
from django.db.models import Max

from moviverse.catalog import linking, merging, search_entries
from moviverse.catalog.folding import fold
from moviverse.catalog.models import FIRST_LOCAL_ID, Movie, SourceId
from moviverse.catalog.rows import MovieRow, UpsertReport
from moviverse.core import versions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

Row = TypeVar("Row")

BATCH = 500  # films a transaction: a kill loses at most this much, and the next run does it again
WRITERS_LOCK = 7_460_001  # any number: names the advisory lock that lines writers of films up
LINKS = ("genres", "keywords", "cast", "crew")
# Columns that a row tells, in the order of an INSERT; the folded ones follow from them.
COLUMNS = [
    *(name for name in MovieRow.__dataclass_fields__ if name not in {*LINKS, "source_ids"}),
    "votes_are_summarised",
    "folded_title",
    "added_at",
    "updated_at",
]


def upsert_movies(
    rows: Iterable[MovieRow],
    *,
    now: datetime,
    only_fill: bool = False,
    tells_all: bool = False,
) -> UpsertReport:
    """Bring films into the catalogue, or up to date, in transactions of `BATCH` rows.

    Idempotent: the same rows a second time change nothing. An empty field erases nothing, and what
    an editor has changed by hand stays as it is.

    Args:
        rows: What a source tells; taken one batch at a time.
        now: When.
        only_fill: The source is a poor one: fill gaps, and leave what is there.
        tells_all: The source knows the whole cast and crew: who is not among them is taken out.

    Raises:
        ValueError: a row has neither a TMDb id nor a source's.
    """
    report = UpsertReport()
    for batch in batches(rows, BATCH):
        with transaction.atomic():
            line_up()
            report += _upsert(_identified(batch), now=now, only_fill=only_fill, tells_all=tells_all)
    return report


def batches(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """Return `rows` in lists of `size`, the last one shorter."""
    remaining = iter(rows)
    while batch := list(islice(remaining, size)):
        yield batch


def line_up() -> None:
    """Wait until no other importer is in a batch: two would make the same people twice."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [WRITERS_LOCK])


def _identified(rows: Sequence[MovieRow]) -> dict[int, MovieRow]:
    """Return the rows by public id, those of one film merged; local ids are given out here."""
    nameless = [row for row in rows if row.tmdb_id is None]
    known: dict[tuple[str, str], int] = {}
    following = FIRST_LOCAL_ID
    if nameless:
        values = {value for row in nameless for _, value in row.source_ids}
        known = {
            (source, value): movie_id
            for source, value, movie_id in SourceId.objects.filter(value__in=values).values_list(
                "source", "value", "movie_id"
            )
        }
        highest = Movie.objects.aggregate(highest=Max("tmdb_id"))["highest"] or 0
        following = max(highest + 1, FIRST_LOCAL_ID)
    found: dict[int, MovieRow] = {}
    for row in rows:
        movie_id = row.tmdb_id
        if movie_id is None:
            if not row.source_ids:
                raise ValueError(f"{row.title!r} has neither a TMDb id nor a source's.")
            movie_id = next((known[key] for key in row.source_ids if key in known), None)
            if movie_id is None:
                movie_id, following = following, following + 1
            known.update(dict.fromkeys(row.source_ids, movie_id))
        clean = replace(merging.cleaned(row), tmdb_id=movie_id)
        found[movie_id] = merging.merged(found[movie_id], clean) if movie_id in found else clean
    return found


def _upsert(
    rows: dict[int, MovieRow], *, now: datetime, only_fill: bool, tells_all: bool
) -> UpsertReport:
    movies = {
        movie.pk: movie
        for movie in Movie.objects.filter(pk__in=rows.keys())
        .select_for_update(of=("self",))
        .prefetch_related("genres", "keywords", "cast__person", "crew__person")
    }
    nothing = MovieRow(tmdb_id=None)
    before = {pk: merging.held(movie) for pk, movie in movies.items()}
    after = {
        pk: merging.merged(
            before[pk],
            merging.without(row, movies[pk].edited_fields),
            only_fill=only_fill,
            tells_all=tells_all,
        )
        if pk in before
        else row
        for pk, row in rows.items()
        if pk in before or row.title
    }
    changed = {
        pk: row for pk, row in after.items() if replace(row, source_ids=()) != before.get(pk)
    }
    Movie.objects.bulk_create(
        [
            _movie(row, old=movies.get(pk), now=now)
            for pk, row in sorted(
                changed.items()
            )  # one order for all, so that none waits in a ring
        ],
        update_conflicts=True,
        unique_fields=["tmdb_id"],
        update_fields=[name for name in COLUMNS if name not in {"tmdb_id", "added_at"}],
    )
    links = {
        name: {
            pk: getattr(row, name)
            for pk, row in changed.items()
            if getattr(row, name) != getattr(before.get(pk, nothing), name)
        }
        for name in LINKS
    }
    linking.set_genres(links["genres"])
    linking.set_keywords(links["keywords"])
    linking.set_people(links["cast"], links["crew"])
    search_entries.put(changed.values())
    SourceId.objects.bulk_create(
        (
            SourceId(movie_id=pk, source=source, value=value)
            for pk in after
            for source, value in rows[pk].source_ids
        ),
        ignore_conflicts=True,
    )
    if changed:
        versions.raise_(versions.CATALOGUE)
    updated = len(changed.keys() & before.keys())
    return UpsertReport(
        created=len(changed) - updated,
        updated=updated,
        unchanged=len(after) - len(changed),
        unknown=len(rows) - len(after),
    )


def _movie(row: MovieRow, *, old: Movie | None, now: datetime) -> Movie:
    told = {name: getattr(row, name) for name in COLUMNS if hasattr(row, name)}
    votes = (row.vote_average, row.vote_count or 0)
    return Movie(
        **told
        | {
            "original_title": row.original_title or row.title,
            "countries": list(row.countries),
            "is_adult": bool(row.is_adult),
            "vote_count": row.vote_count or 0,
            "popularity": row.popularity or 0.0,
        },
        votes_are_summarised=old is not None
        and old.votes_are_summarised
        and votes == (old.vote_average, old.vote_count),
        folded_title=fold(row.title)[:300],
        added_at=now if old is None else old.added_at,
        updated_at=now,
    )
