"""Read what `--data` names, and say what was left out."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from rich.markup import escape

from moviverse_engine.cli import terminal
from moviverse_engine.features import ItemFeatures
from moviverse_engine.interactions import IdMap, Interactions, movielens
from moviverse_engine.interactions.archives import DataNotFound

if TYPE_CHECKING:
    from pathlib import Path

    from moviverse_engine.interactions.movielens import FilmRow
    from moviverse_engine.interactions.reports import ReadReport


@dataclass(frozen=True)
class Dataset:
    """Ratings, and what is known of the films."""

    interactions: Interactions
    films: tuple[FilmRow, ...]

    @property
    def features(self) -> ItemFeatures | None:
        """Genres and decade of every film that has a description; None without any."""
        if not self.films:
            return None
        records: dict[int, dict[str, list[str]]] = {}
        for film in self.films:
            decade = [] if film.year is None else [f"{film.year // 10 * 10}s"]
            records[film.movie_id] = {"genres": list(film.genres), "decade": decade}
        return ItemFeatures.build(IdMap(np.array(sorted(records))), records)

    @property
    def titles(self) -> dict[int, str]:
        return {film.movie_id: titled(film) for film in self.films}


def load(path: Path, *, strict: bool) -> Dataset:
    """Read a MovieLens folder, file or archive, or a corpus that was stored before."""
    if (path / "manifest.json").is_file():
        return Dataset(Interactions.load(path), ())
    with terminal.progress("ratings") as progress:
        interactions, report = movielens.read_ratings(path, strict=strict, progress=progress)
    _notice(report)
    place = _place_of_films(path)
    return Dataset(interactions, tuple(films(place, strict=strict)) if place else ())


def films(path: Path, *, strict: bool) -> list[FilmRow]:
    """Read the films beside the ratings; there may be none."""
    try:
        with terminal.progress("films") as progress:
            rows, report = movielens.read_films(path, strict=strict, progress=progress)
    except DataNotFound:
        return []
    _notice(report)
    return rows


def _place_of_films(path: Path) -> Path | None:
    """A folder and a zip hold the films as well; a file of ratings alone may have them beside it."""
    if path.is_dir() or zipfile.is_zipfile(path):
        return path
    beside = (path.with_name(name) for name in movielens.FILM_FILES)
    return next((each for each in beside if each.is_file()), None)


def titled(film: FilmRow) -> str:
    """Write a film as people say it: `Heat (1995)`."""
    return film.title if film.year is None else f"{film.title} ({film.year})"


def _notice(report: ReadReport) -> None:
    console = terminal.notices()
    path = escape(report.path)
    if report.malformed:
        console.print(f"[yellow]{path}: {report.malformed:,} malformed rows left out[/]")
        for line, reason in report.first_malformed:
            console.print(f"  line {line}: {escape(reason)}")
    if report.duplicates:
        console.print(f"{path}: {report.duplicates:,} rows were replaced by a later one")
    if 0 < report.missing_links < report.rows:
        console.print(f"{path}: {report.missing_links:,} films have no TMDb id")
    for tmdb_id, movies in report.duplicate_links:
        console.print(f"{path}: films {', '.join(map(str, movies))} share TMDb id {tmdb_id}")
