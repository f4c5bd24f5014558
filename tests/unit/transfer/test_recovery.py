"""Workers that die in the middle, and imports that are taken back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from moviverse.core.models import Job
from moviverse.library.models import Rating
from moviverse.transfer import selectors, services
from moviverse.transfer.models import ImportRow, LibraryImport
from moviverse.transfer.services import running, undoing
from tests.factories import accounts, catalog, library
from tests.factories.jobs import run_pending
from tests.factories.libraries import LETTERBOXD, bring, imdb, letterboxd, upload

if TYPE_CHECKING:
    from decimal import Decimal
    from pathlib import Path

    from pytest_django import DjangoAssertNumQueries

    from moviverse.accounts.models import User
    from moviverse.transfer.progress import Progress

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("uploads_dir")]

FILMS = 25
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


class Killed(BaseException):
    pass


def dying_after(reports: int) -> Progress:
    left = iter(range(reports))

    def report(fraction: float, message: str) -> None:  # noqa: ARG001 - as a job is told
        if next(left, None) is None:
            raise Killed

    return report


def carry_on(fraction: float, message: str) -> None: ...


@pytest.fixture
def viewer() -> User:
    for number in range(FILMS):
        catalog.film(
            tmdb_id=100 + number, title=f"Film of Number {number}", imdb_id=f"tt00000{number:02}"
        )
    return accounts.member()


def ratings_file(value: int = 8, count: int = FILMS) -> bytes:
    return imdb(
        *(
            {"Const": f"tt00000{number:02}", "Your Rating": value, "Date Rated": "2024-05-01",
             "Title": f"Film of Number {number}"}
            for number in range(count)
        )
    )  # fmt: skip


def held(user: User) -> dict[int, tuple[Decimal, datetime]]:
    rows = Rating.objects.filter(user=user).values_list("movie_id", "value", "rated_at")
    return {movie_id: (value, at) for movie_id, value, at in rows}


@pytest.mark.parametrize("is_dry_run", [False, True])
@pytest.mark.parametrize("reports", range(0, 9, 2))
def test_a_worker_killed_anywhere_is_continued_and_doubles_nothing(
    viewer: User, monkeypatch: pytest.MonkeyPatch, *, reports: int, is_dry_run: bool
) -> None:
    monkeypatch.setattr(running, "READ_AT_ONCE", 7)
    monkeypatch.setattr(running, "SETTLED_AT_ONCE", 6)
    data = letterboxd(
        {
            name: [
                {"Date": "2024-05-01", "Name": f"Film of Number {number}", "Rating": "4",
                 "Watched Date": "2024-05-01"}
                for number in range(10)
            ]
            for name in ("ratings.csv", "diary.csv", "watched.csv")
        }
    )  # fmt: skip
    assert LETTERBOXD["watched.csv"]
    begun = upload(viewer, data, is_dry_run=is_dry_run)
    with pytest.raises(Killed):
        services.run(import_id=begun.id, report=dying_after(reports))
    services.run(import_id=begun.id, report=carry_on)
    done = LibraryImport.objects.get(id=begun.id)
    assert (done.status, done.rows_read, done.matched, done.duplicates) == ("done", 30, 20, 10)
    assert done.applied == (0 if is_dry_run else 20)
    assert len(held(viewer)) == (0 if is_dry_run else 10)
    by_outcome = {name: done.rows.filter(outcome=name).count() for name in ("matched", "duplicate")}
    assert by_outcome == {"matched": 20, "duplicate": 10}


def test_the_end_of_an_import_and_of_its_undoing_is_told_by_the_clock_of_the_end(
    viewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "READ_AT_ONCE", 7)
    monkeypatch.setattr(undoing, "TAKEN_BACK_AT_ONCE", 6)
    reported: list[datetime] = []

    def report(fraction: float, message: str) -> None:
        carry_on(fraction, message)
        reported.append(timezone.now())

    record = upload(viewer, ratings_file(), "ratings.csv")
    services.run(import_id=record.id, report=report)
    record.refresh_from_db()
    assert record.finished_at is not None
    assert record.finished_at > reported[-1]
    services.undo(user=viewer, import_id=record.id, now=NOW)
    services.run_undo(import_id=record.id, report=report)
    record.refresh_from_db()
    assert record.undone_at is not None
    assert record.undone_at > reported[-1]


def test_an_undo_restores_what_was_there_and_leaves_what_changed_since(
    viewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undoing, "TAKEN_BACK_AT_ONCE", 6)
    old = datetime(2020, 1, 1, tzinfo=UTC)
    library.rate(viewer, {100: 1, 101: 2}, now=old)
    before = held(viewer)
    record = bring(viewer, ratings_file(), "ratings.csv")
    library.rate(viewer, {102: 5, 103: 4.0})  # another value; the same one, at another time
    since = held(viewer)
    services.undo(user=viewer, import_id=record.id, now=NOW)
    with pytest.raises(Killed):
        services.run_undo(import_id=record.id, report=dying_after(1))
    services.run_undo(import_id=record.id, report=carry_on)
    record.refresh_from_db()
    assert held(viewer) == before | {102: since[102], 103: since[103]}
    assert (record.status, record.undone, record.kept) == ("done", FILMS - 2, 2)
    assert (record.matched, record.applied) == (0, 0)


def test_every_part_of_a_library_is_taken_back(viewer: User) -> None:
    row = {"Date": "2024-05-01", "Name": "Film of Number 1", "Rating": "4", "Review": "Good.",
           "Watched Date": "2024-05-01"}  # fmt: skip
    record = bring(viewer, letterboxd({name: [row] for name in LETTERBOXD}))
    assert record.applied == 5
    services.undo(user=viewer, import_id=record.id, now=NOW)
    run_pending()
    for name in ("ratings", "viewings", "reviews"):
        assert not getattr(viewer, name).exists()
    assert LibraryImport.objects.get().undone == 5


def test_an_import_of_two_ratings_of_a_film_goes_back_to_the_one_before(viewer: User) -> None:
    library.rate(viewer, {100: 1}, now=datetime(2020, 1, 1, tzinfo=UTC))
    before = held(viewer)
    rows = [
        {"Date": date, "Name": "Film of Number 0", "Rating": rating}
        for date, rating in (("2023-01-01", "3"), ("2024-01-01", "4"))
    ]
    record = bring(viewer, letterboxd({"ratings.csv": rows}))
    assert held(viewer)[100][0] == 4
    services.undo(user=viewer, import_id=record.id, now=NOW)
    run_pending()
    assert held(viewer) == before


def test_an_import_whose_job_was_given_up_has_failed_and_can_be_forgotten(viewer: User) -> None:
    record = upload(viewer, ratings_file(), "ratings.csv")
    Job.objects.update(state="failed", finished_at=timezone.now())
    found = selectors.library_import(user=viewer, import_id=record.id)
    assert (found.status, bool(found.error)) == ("failed", True)
    services.forget(user=viewer, import_id=record.id)
    assert not LibraryImport.objects.exists()


def test_an_upload_that_is_gone_fails_with_a_sentence(viewer: User, uploads_dir: Path) -> None:
    record = upload(viewer, ratings_file(), "ratings.csv")
    for file in uploads_dir.rglob("*.csv"):
        file.unlink()
    run_pending()
    record.refresh_from_db()
    assert (record.status, bool(record.error)) == ("failed", True)


def test_five_thousand_lines_take_some_hundred_queries(
    viewer: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    row: dict[str, Any] = {"Const": "tt9999999", "Your Rating": 8, "Title": "Unknown"}
    data = ratings_file() + imdb(*[row] * 4_975).split(b"\r\n", 1)[1]
    record = upload(viewer, data, "ratings.csv")
    with django_assert_max_num_queries(120):
        services.run(import_id=record.id, report=carry_on)
    record.refresh_from_db()
    assert (record.matched, record.unmatched) == (FILMS, 4_975)
    assert ImportRow.objects.filter(outcome="unmatched").count() == 4_975
