"""Films and ratings from outside: MovieLens, or the demo that is shipped along."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import structlog
from django.conf import settings

from moviverse.catalog import services as catalogue
from moviverse.catalog.models import Movie, SourceId
from moviverse.catalog.rows import Votes
from moviverse.recommendations import corpora, selectors
from moviverse.recommendations.errors import DataRefused, engine_errors_as
from moviverse.recommendations.services import training
from moviverse.transfer import demo, movielens
from moviverse_engine.interactions import Interactions
from moviverse_engine.interactions.movielens import read_films, read_ratings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from moviverse.recommendations.corpora import Corpus
    from moviverse.recommendations.services.training import TrainedModel
    from moviverse.transfer.movielens import CatalogueReport
    from moviverse.transfer.progress import Progress
    from moviverse_engine.interactions.movielens import ReadReport

    Report: TypeAlias = "MovieLensReport | DemoReport | TrainedModel"

log = structlog.get_logger(__name__)

SHOWN = 10  # examples in a report
OF_100K, OTHER_RELEASES = "movielens-100k", "movielens"  # the first numbers its films differently
_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")  # for the name of a folder


@dataclass(frozen=True)
class MovieLensReport:
    """What an import of MovieLens brought, and all that it could not use.

    Attributes:
        corpus: name of the training corpus.
        films: what became of the films.
        films_read: how the files of films and links were read.
        ratings_read: how the file of ratings was read.
        ratings: in the corpus.
        users: who gave them.
        unknown: films that ratings name and the file of films lacks, with how many ratings each.
    """

    corpus: str
    films: CatalogueReport
    films_read: ReadReport
    ratings_read: ReadReport
    ratings: int
    users: int
    unknown: Mapping[int, int]

    def __str__(self) -> str:
        """Return the report for a terminal."""
        films = self.films
        lines = [
            (
                f"{films.films:,} films: {films.created:,} new, {films.updated:,} completed, "
                f"{films.unchanged:,} as they were."
            ),
            *self._of_ids(),
            f"{self.ratings:,} ratings by {self.users:,} people are the corpus {self.corpus!r}.",
        ]
        for read, what in ((self.films_read, "films or links"), (self.ratings_read, "ratings")):
            if read.malformed:
                lines.append(f"{read.malformed:,} malformed rows of {what} in {read.path}:")
                lines += [f"  line {line}: {reason}" for line, reason in read.first_malformed]
            if read.duplicates:
                lines.append(f"{read.duplicates:,} rows of {what} were replaced by later ones.")
        if self.unknown:
            lines.append(
                f"{sum(self.unknown.values()):,} ratings are of {len(self.unknown):,} films that "
                f"the file of films lacks, and were left out: {_some(list(self.unknown))}."
            )
        return "\n".join(lines)

    def _of_ids(self) -> Iterator[str]:
        """Yield what is to say of films that TMDb's ids do not name."""
        local, doubled = self.films.local_ids, self.films.duplicate_links
        if local:
            yield f"{len(local):,} films without a TMDb id of their own have local ids:"
            yield from (f"  {movie_id} {title}" for movie_id, title in local[:SHOWN])
            if len(local) > SHOWN:
                yield f"  and {len(local) - SHOWN:,} more"
        if doubled:
            yield f"{len(doubled):,} TMDb ids are claimed by more than one film:"
            yield from (
                f"  {tmdb_id} by the films {', '.join(map(str, ids))}; the first has it"
                for tmdb_id, ids in doubled[:SHOWN]
            )


@dataclass(frozen=True)
class DemoReport:
    """What the demo brought."""

    films: int
    viewers: int
    ratings: int

    def __str__(self) -> str:
        """Return the report for a terminal."""
        return (
            f"{self.films:,} films of the demo, with {self.ratings:,} ratings by "
            f"{self.viewers:,} synthetic viewers."
        )


def import_movielens(
    *, path: Path, strict: bool = False, now: datetime, progress: Progress
) -> MovieLensReport:
    """Bring a release of MovieLens in: its films to the catalogue, its ratings as a corpus.

    Idempotent. The corpus is written last and appears only whole: an import that was killed is
    simply run again.

    Args:
        path: A folder, a file of ratings with its films beside it, or an archive.
        strict: Refuse a file at its first malformed row.
        now: When.
        progress: Is told what goes on.

    Raises:
        DataRefused: something cannot be read; the message names the file.
    """
    path = Path(path).resolve()
    with engine_errors_as(DataRefused):
        source = corpora.fingerprint_of(path)
        films, films_read = read_films(path, strict=strict, progress=progress)
        ratings, ratings_read = read_ratings(path, strict=strict, progress=progress)
    if not np.isin(ratings.items.ids, [film.movie_id for film in films]).any():
        raise DataRefused(_without_ratings(films_read, ratings_read))
    source_of_ids = OF_100K if films_read.path.endswith("u.item") else OTHER_RELEASES
    report = movielens.import_catalogue(
        films=films, now=now, progress=progress, source=source_of_ids
    )
    data, unknown = _with_public_ids(ratings, report.public_ids)
    progress(0.0, "Storing the ratings")
    _summarise(data, now=now)
    name = _corpus_name(path)
    corpora.save(name, data, source=source, synthetic=False, now=now)
    progress(1.0, "Storing the ratings")
    return MovieLensReport(
        corpus=name,
        films=report,
        films_read=films_read,
        ratings_read=ratings_read,
        ratings=len(data),
        users=len(data.users),
        unknown=unknown,
    )


def load_demo(*, now: datetime, rng: np.random.Generator, progress: Progress) -> DemoReport:
    """Bring in the films that are shipped along, and synthetic viewers who rate them.

    Idempotent, and repeated whole after a kill, as `import_movielens`.

    Args:
        now: When; the viewers' ratings are older.
        rng: The randomness of the viewers.
        progress: Is told what goes on.
    """
    progress(0.0, "Loading the demo films")
    films = list(demo.films())
    catalogue.upsert_movies(films, now=now)
    progress(0.5, "Loading the demo films")
    data = Interactions.from_columns(*demo.viewers(films, rng=rng))
    _summarise(data, now=now)
    corpora.save(corpora.DEMO, data, source=corpora.DEMO, synthetic=True, now=now)
    progress(1.0, "Loading the demo films")
    return DemoReport(films=len(films), viewers=len(data.users), ratings=len(data))


def load_and_train_once(
    *, data: Path | None, now: datetime, rng: np.random.Generator, progress: Progress
) -> list[Report]:
    """Do what a start needs, and nothing that an earlier one has done; return what there is to say.

    Args:
        data: MovieLens to import unless the same files were imported before; when None, the demo
            is loaded into an empty catalogue, or into one where a kill stopped it half-way;
            never in production.
        now: When.
        rng: The randomness of the demo's viewers and of the training.
        progress: Is told what goes on.

    Raises:
        DataRefused: the data cannot be read.
    """
    reports: list[Report] = []
    stored = _sound_corpora()
    if data is not None:
        with engine_errors_as(DataRefused):
            source = corpora.fingerprint_of(Path(data).resolve())
        if source not in {each.source for each in stored}:
            reports.append(import_movielens(path=data, now=now, progress=progress))
    elif not stored and _awaits_the_demo():
        reports.append(load_demo(now=now, rng=rng, progress=progress))
    if any(not each.is_sound for each in corpora.corpora()) and selectors.is_ready():
        log.error("training_data_damaged")  # no reason to refuse to serve what was learnt before
    elif Movie.objects.exists() and not training.is_tried():
        reports.extend(training.train(now=now, rng=rng, progress=progress))
    return reports


def _sound_corpora() -> list[Corpus]:
    """Return what is stored; a corpus that cannot be read is as good as none, and is made anew."""
    return [each for each in corpora.corpora() if each.is_sound]


def _awaits_the_demo() -> bool:
    """Say whether the catalogue is empty, or holds what a killed start had loaded of the demo."""
    return settings.STARTS_WITH_DEMO and (
        not Movie.objects.exists() or SourceId.objects.filter(source=demo.SOURCE).exists()
    )


def _with_public_ids(
    ratings: Interactions, public_ids: Mapping[int, int]
) -> tuple[Interactions, dict[int, int]]:
    """Return the ratings by public id, and how many there are of films without one."""
    own = ratings.items.ids
    known = np.isin(own, np.fromiter(public_ids, np.int64, len(public_ids)))
    counts = np.bincount(ratings.item_index, minlength=len(own))
    unknown = dict(zip(own[~known].tolist(), counts[~known].tolist(), strict=True))
    public = np.array([public_ids.get(each, 0) for each in own.tolist()], dtype=np.int64)
    kept = known[ratings.item_index]
    data = Interactions.from_columns(
        ratings.users.ids[ratings.user_index[kept]],
        public[ratings.item_index[kept]],
        ratings.ratings[kept],
        ratings.timestamps[kept],
    )
    return data, unknown


def _without_ratings(films: ReadReport, ratings: ReadReport) -> str:
    """Return what to say of files that there is nothing to learn from: perhaps they are no such files.

    As a corpus without a rating they would take the place of the demo.
    """
    said = [f"{ratings.path} holds no rating of a film that {films.path} names."]
    for read in (films, ratings):
        if read.malformed:
            line, reason = read.first_malformed[0]
            said.append(
                f"{read.malformed:,} rows of {read.path} are malformed, the first in line {line}: "
                f"{reason}."
            )
    return " ".join(said)


def _summarise(data: Interactions, *, now: datetime) -> None:
    counts = np.bincount(data.item_index, minlength=len(data.items))
    sums = np.bincount(data.item_index, weights=data.ratings, minlength=len(data.items))
    rows = zip(data.items.ids.tolist(), sums.tolist(), counts.tolist(), strict=True)
    catalogue.summarise_votes(
        ratings=(Votes(each, total / count, count) for each, total, count in rows if count), now=now
    )


def _corpus_name(path: Path) -> str:
    """Return a name for a folder; archives lose their suffixes."""
    stem = path.name if path.is_dir() else path.name.split(".")[0]
    return _UNFIT.sub("-", stem).strip(".-")[:60] or "movielens"


def _some(ids: Sequence[int]) -> str:
    more = f" and {len(ids) - SHOWN:,} more" if len(ids) > SHOWN else ""
    return ", ".join(map(str, ids[:SHOWN])) + more
