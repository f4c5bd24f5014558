"""A library from elsewhere, brought in by a worker, looked through, taken out and undone."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING

import pytest

from moviverse_client import Client, Invalid, NotFound
from tests.factories.jobs import run_pending
from tests.factories.libraries import uploads_dir
from tests.factories.recommendations import load_films

if TYPE_CHECKING:
    from moviverse_client import User

__all__ = ["uploads_dir"]

HEAT = 949
TABLE = """Date,Name,Year,Letterboxd URI,Rating
2024-05-01,Heat,1995,https://boxd.it/2a1q,4.5
2024-05-03,A film that nobody made,1931,https://boxd.it/2a3q,3
"""


@pytest.fixture(autouse=True)
def _furnished(ann: User, uploads_dir: object) -> None:  # noqa: ARG001 - a session, and a place for uploads
    """Let every test have films and a session."""
    load_films()


def packed() -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("ratings.csv", TABLE)
    return archive.getvalue()


def test_a_library_is_brought_in_looked_through_and_undone(client: Client) -> None:
    begun = client.transfer.start(packed(), name="letterboxd.zip")
    assert (begun.status, begun.source, begun.dry_run) == ("queued", "letterboxd", False)
    run_pending()
    done = client.transfer.finished(begun.id, within_seconds=0)
    assert (done.status, done.progress) == ("done", 1.0)
    assert client.library.rating(HEAT).rating == 4.5
    (missing,) = done.unmatched
    assert (missing.title, missing.year) == ("A film that nobody made", 1931)
    assert [row.tmdb_id for row in client.transfer.rows(begun.id, outcome="matched")] == [HEAT]
    assert [each.id for each in client.transfer.all()] == [begun.id]

    client.transfer.undo(begun.id)
    run_pending()
    with pytest.raises(NotFound):
        client.library.rating(HEAT)


def test_a_line_that_was_not_found_is_given_its_film(client: Client) -> None:
    begun = client.transfer.start(packed())
    run_pending()
    (row,) = client.transfer.get(begun.id).unmatched
    alien = client.movies.search("alien")[0].tmdb_id
    chosen = client.transfer.choose(begun.id, row.id, alien)
    assert (chosen.outcome, chosen.tmdb_id) == ("matched", alien)
    assert client.library.rating(alien).rating == 3.0


def test_a_dry_run_changes_nothing_until_it_is_applied(client: Client) -> None:
    begun = client.transfer.start(io.BytesIO(packed()), dry_run=True)
    run_pending()
    assert client.transfer.get(begun.id).dry_run
    assert client.library.ratings().count == 0
    client.transfer.apply(begun.id)
    run_pending()
    assert client.library.rating(HEAT).rating == 4.5


def test_a_library_is_taken_out(client: Client) -> None:
    client.library.rate(HEAT, 4.5)
    taken = json.loads(client.transfer.export("json"))
    assert [row["tmdb_id"] for row in taken["ratings"]] == [HEAT]
    assert b"Heat" in client.transfer.export("csv")
    with zipfile.ZipFile(io.BytesIO(client.transfer.export("letterboxd"))) as files:
        assert "Heat" in files.read("ratings.csv").decode()


def test_what_is_no_library_is_refused(client: Client) -> None:
    with pytest.raises(Invalid):
        client.transfer.start(b"\x00\x01 not a library")
