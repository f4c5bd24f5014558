"""Files of other services for tests, and bringing them in as a person does."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.utils import timezone

from moviverse.transfer import services
from moviverse.transfer.models import LibraryImport
from tests.factories.jobs import run_pending

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from moviverse.accounts.models import User

FILM = ("Date", "Name", "Year", "Letterboxd URI")
LETTERBOXD = {
    "ratings.csv": (*FILM, "Rating"),
    "diary.csv": (*FILM, "Rating", "Rewatch", "Tags", "Watched Date"),
    "reviews.csv": (*FILM, "Rating", "Rewatch", "Review", "Tags", "Watched Date"),
    "watched.csv": FILM,
    "watchlist.csv": FILM,
    "likes/films.csv": FILM,
}
IMDB = (
    "Const", "Your Rating", "Date Rated", "Title", "Original Title", "URL", "Title Type",
    "IMDb Rating", "Runtime (mins)", "Year", "Genres", "Num Votes", "Release Date", "Directors",
)  # fmt: skip


@pytest.fixture
def uploads_dir(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Keep uploads where nobody else looks."""
    monkeypatch.setattr(settings, "UPLOADS_DIR", tmp_path / "uploads")
    return tmp_path / "uploads"


def table(header: Sequence[str], *rows: Mapping[str, Any] | Sequence[Any]) -> bytes:
    """Return a CSV file; of a row given by names the others are empty."""
    page = io.StringIO()
    writer = csv.writer(page)
    writer.writerow(header)
    for row in rows:
        if isinstance(row, dict):
            writer.writerow([row.get(name, "") for name in header])
        else:
            writer.writerow(row)
    return page.getvalue().encode()


def packed(members: Mapping[str, bytes | str]) -> bytes:
    """Return a zip."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return held.getvalue()


def letterboxd(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> bytes:
    """Return Letterboxd's zip: rows by the name of their table; all columns are there."""
    shown = ("profile.csv", b"Date Joined,Username\n2011-11-02,somebody\n")
    return packed(
        {name: table(LETTERBOXD[name], *rows) for name, rows in tables.items()} | dict([shown])
    )


def imdb(*rows: Mapping[str, Any]) -> bytes:
    """Return IMDb's table of ratings as it is today."""
    return table(IMDB, *rows)


def trakt_movie(title: str, year: int | None = None, **ids: Any) -> dict[str, Any]:
    """Return a film as Trakt tells of it."""
    return {"title": title, "year": year, "ids": {"trakt": 1, "slug": "film-1", **ids}}


def as_json(data: Any) -> bytes:
    """Return JSON."""
    return json.dumps(data).encode()


def upload(user: User, data: bytes, name: str = "library.zip", **options: Any) -> LibraryImport:
    """Take a file in, and do not run its job."""
    options.setdefault("now", timezone.now())
    return services.start(user=user, chunks=[data], file_name=name, **options)


def bring(user: User, data: bytes, name: str = "library.zip", **options: Any) -> LibraryImport:
    """Take a file in and import it, as a worker does."""
    record = upload(user, data, name, **options)
    run_pending()
    return LibraryImport.objects.get(id=record.id)
