"""Files that nobody names go; those that somebody needs, or that are not ours, stay."""

from __future__ import annotations

import os
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from moviverse.accounts import avatars
from moviverse.accounts.models import Profile
from moviverse.transfer import services, uploads
from moviverse.transfer.models import LibraryImport
from tests.factories import accounts

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from pytest_django import Settings

    from moviverse.transfer.services.cleaning import Cleaned

pytestmark = pytest.mark.django_db

NOW = timezone.now()
OLD, YOUNG = NOW - timedelta(hours=2), NOW - timedelta(minutes=10)
Status = LibraryImport.Status


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Settings) -> Path:
    settings.AVATARS_DIR = tmp_path / "avatars"
    settings.UPLOADS_DIR = tmp_path / "uploads"
    return tmp_path


def aged(path: Path, at: datetime) -> Path:
    os.utime(path, (at.timestamp(), at.timestamp()), follow_symlinks=False)
    return path


def picture(media: Path, *, at: datetime = OLD, shown: bool = False, end: str = "") -> Path:
    owner = accounts.member()
    address = avatars.keep(b"a picture", owner=owner.pk)
    if shown:
        Profile.objects.filter(user=owner).update(avatar_url=address)
    path = media / "avatars" / address.rpartition("/")[2]
    return aged(path.rename(path.with_name(path.name + end)), at)


def upload(*, at: datetime = OLD) -> tuple[uuid.UUID, Path]:
    import_id = uuid.uuid4()
    folder = uploads.keep(import_id=import_id, name="ratings.csv", chunks=[b"Date,Name"]).parent
    for path in (*folder.iterdir(), folder):
        aged(path, at)
    return import_id, folder


def record(import_id: uuid.UUID, status: str, *, is_read: bool = False) -> None:
    LibraryImport.objects.create(
        id=import_id,
        user=accounts.member(),
        source="imdb",
        file_name="ratings.csv",
        status=status,
        is_read=is_read,
        created_at=OLD,
    )


def clean() -> Cleaned:
    return services.clean_media(now=NOW, report=lambda _, __: None)


def test_where_nobody_has_brought_anything_there_is_nothing_to_do() -> None:
    assert str(clean()) == "Removed 0 pictures and 0 uploads."


def test_pictures_that_no_profile_shows_go_unless_they_are_young(media: Path) -> None:
    gone = [picture(media), picture(media, end=".draft")]
    kept = [
        picture(media, shown=True),
        picture(media, at=YOUNG),
        picture(media, at=YOUNG, end=".draft"),
    ]
    assert clean().avatars == 2
    assert not any(path.exists() for path in gone)
    assert all(path.exists() for path in kept)


def test_an_upload_stays_as_long_as_an_import_has_to_read_it() -> None:
    waiting, kept = upload()
    record(waiting, Status.QUEUED)
    half_read, also_kept = upload()
    record(half_read, Status.RUNNING)
    _, arriving = upload(at=YOUNG)  # its row is not committed yet
    _, of_nobody = upload()
    failed, refused = upload()
    record(failed, Status.FAILED)
    read, done_with = upload()
    record(read, Status.RUNNING, is_read=True)
    assert clean().uploads == 3
    assert all(folder.exists() for folder in (kept, also_kept, arriving))
    assert not any(folder.exists() for folder in (of_nobody, refused, done_with))


def test_an_upload_that_is_still_being_written_is_young() -> None:
    _, folder = upload()
    aged(folder / "ratings.csv", YOUNG)
    assert clean().uploads == 0
    assert folder.exists()


def test_links_and_what_is_not_ours_are_left_alone(media: Path) -> None:
    outside = media / "outside"
    outside.mkdir()
    (outside / "precious.txt").write_text("p")
    _, mixed = upload()
    (mixed / "link").symlink_to(outside / "precious.txt")
    (media / "uploads" / str(uuid.uuid4())).symlink_to(outside)
    (media / "uploads" / "readme").mkdir()
    shown = picture(media)
    shown.unlink()
    shown.symlink_to(outside / "precious.txt")
    (media / "avatars" / "logo.webp").write_text("the site's")
    others = [path for path in media.rglob("*") if path.name != "ratings.csv"]
    for path in others:
        aged(path, OLD)

    cleaned = clean()

    assert (cleaned.avatars, cleaned.uploads) == (0, 0)
    assert all(path.is_symlink() or path.exists() for path in others)
    assert (outside / "precious.txt").read_text() == "p"


def test_the_number_of_queries_does_not_depend_on_how_many_files_there_are(media: Path) -> None:
    def queries(count: int) -> int:
        for _ in range(count):
            picture(media)
            upload()
        with CaptureQueriesContext(connection) as asked:
            clean()
        return len(asked)

    assert queries(1) == queries(12)
