"""Importing a library as the contract has it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from rest_framework.test import APIClient

from moviverse.api.transfer.views import Imports
from moviverse.library.models import Rating
from moviverse.transfer.models import LibraryImport
from tests.contracts.account_client import assert_error
from tests.factories import accounts, catalog
from tests.factories.jobs import run_pending
from tests.factories.libraries import imdb, packed, table

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from moviverse.accounts.models import User
    from moviverse.catalog.models import Movie

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("uploads_dir")]

IMPORTS = "/api/user/import/"
HEAT = {"Const": "tt0113277", "Your Rating": 9, "Date Rated": "2024-05-01", "Title": "Heat"}
UNKNOWN = {"Const": "tt9999999", "Your Rating": 7, "Title": "Nobody Knows It", "Year": 2001}
WRONG = {"Const": "tt0113277", "Your Rating": 11, "Title": "Heat"}


@pytest.fixture
def viewer() -> User:
    return accounts.member()


@pytest.fixture
def client(viewer: User) -> APIClient:
    return accounts.client_of(viewer)


@pytest.fixture(autouse=True)
def heat() -> Movie:
    return catalog.film(tmdb_id=949, title="Heat", release_year=1995, imdb_id="tt0113277")


def send(
    client: APIClient, data: bytes, name: str = "ratings.csv", query: str = "", **told: Any
) -> Any:
    file = SimpleUploadedFile(name, data)
    return client.post(f"{IMPORTS}{query}", {"file": file}, format="multipart", **told)


def brought(client: APIClient, data: bytes, name: str = "ratings.csv", query: str = "") -> Any:
    begun = send(client, data, name, query)
    assert begun.status_code == 202, begun.json()
    run_pending()
    return client.get(f"{IMPORTS}{begun.json()['id']}/").json()


def test_an_upload_is_taken_in_at_once_and_imported_later(client: APIClient) -> None:
    begun = send(client, imdb(HEAT, UNKNOWN, WRONG))
    assert begun.status_code == 202
    assert begun.json().keys() >= {"id", "status"}
    assert begun.json()["status"] == "queued"
    address = f"{IMPORTS}{begun.json()['id']}/"
    waiting = client.get(address).json()
    assert (waiting["status"], waiting["progress"]) == ("queued", 0)
    assert not Rating.objects.exists()
    run_pending()
    done = client.get(address).json()
    assert (done["status"], done["progress"]) == ("done", 1)
    assert (done["matched"], done["duplicates"]) == (1, 0)
    assert done["counts"] == {
        "rows": 3, "matched": 1, "unmatched": 1, "duplicates": 0, "malformed": 1, "skipped": 0,
        "applied": 1, "undone": 0, "kept": 0,
    }  # fmt: skip
    assert [row["title"] for row in done["unmatched"]] == ["Nobody Knows It"]
    assert [(row["line"], bool(row["message"])) for row in done["malformed"]] == [(4, True)]
    assert Rating.objects.get().value == Decimal("4.5")


def test_a_dry_run_changes_nothing_until_it_is_applied(client: APIClient) -> None:
    done = brought(client, imdb(HEAT), query="?dry_run=true")
    assert (done["dry_run"], done["status"], done["matched"]) == (True, "done", 1)
    assert done["counts"]["applied"] == 0
    assert not Rating.objects.exists()
    address = f"{IMPORTS}{done['id']}/"
    assert client.post(f"{address}apply/").status_code == 202
    run_pending()
    applied = client.get(address).json()
    assert (applied["dry_run"], applied["counts"]["applied"]) == (False, 1)
    assert Rating.objects.get().value == Decimal("4.5")
    assert_error(client.post(f"{address}apply/"), 409, "CONFLICT")


def test_what_an_import_brought_can_be_undone_once(client: APIClient) -> None:
    done = brought(client, imdb(HEAT))
    address = f"{IMPORTS}{done['id']}/"
    assert client.post(f"{address}undo/").status_code == 202
    run_pending()
    undone = client.get(address).json()
    assert (undone["status"], undone["counts"]["undone"], undone["counts"]["matched"]) == (
        "done",
        1,
        0,
    )
    assert undone["undone_at"]
    assert not Rating.objects.exists()
    assert_error(client.post(f"{address}undo/"), 409, "CONFLICT")


def test_a_film_is_picked_for_a_line_or_the_line_is_left_out(client: APIClient) -> None:
    done = brought(client, imdb(UNKNOWN))
    row = f"{IMPORTS}{done['id']}/rows/{done['unmatched'][0]['id']}/match/"
    chosen = client.post(row, {"tmdb_id": 949}, format="json")
    assert chosen.status_code == 200
    assert (chosen.json()["outcome"], chosen.json()["tmdb_id"]) == ("matched", 949)
    assert Rating.objects.get().value == Decimal("3.5")
    left = client.post(row, {"tmdb_id": None}, format="json")
    assert (left.json()["outcome"], left.json()["tmdb_id"]) == ("skipped", None)
    assert not Rating.objects.exists()
    assert_error(client.post(row, {"tmdb_id": 1}, format="json"), 404, "NOT_FOUND")
    wrongs: list[Any] = [0, -1, "x", 1.5, [], True]
    for wrong in wrongs:
        answer = client.post(row, {"tmdb_id": wrong}, format="json")
        assert_error(answer, 400, "VALIDATION_ERROR", "tmdb_id")
    assert_error(client.post(row, {}, format="json"), 400, "VALIDATION_ERROR", "tmdb_id")


def test_lines_are_listed_by_outcome(client: APIClient) -> None:
    done = brought(client, imdb(HEAT, UNKNOWN, WRONG, HEAT))
    rows = f"{IMPORTS}{done['id']}/rows/"
    assert client.get(rows).json()["count"] == 4
    found = client.get(f"{rows}?outcome=duplicate").json()["results"]
    assert [(row["line"], row["tmdb_id"], row["confidence"]) for row in found] == [(5, 949, 1.0)]
    assert_error(client.get(f"{rows}?outcome=odd"), 400, "VALIDATION_ERROR", "outcome")
    assert_error(client.get(f"{rows}?result=odd"), 400, "VALIDATION_ERROR", "result")


def test_an_import_can_be_forgotten_and_what_it_brought_stays(client: APIClient) -> None:
    done = brought(client, imdb(HEAT))
    address = f"{IMPORTS}{done['id']}/"
    assert client.delete(address).status_code == 204
    assert_error(client.get(address), 404, "NOT_FOUND")
    assert Rating.objects.exists()


def test_an_import_under_way_is_left_alone(client: APIClient) -> None:
    address = f"{IMPORTS}{send(client, imdb(HEAT)).json()['id']}/"
    assert_error(client.delete(address), 409, "CONFLICT")
    assert_error(client.post(f"{address}undo/"), 409, "CONFLICT")
    assert_error(client.post(f"{address}apply/"), 409, "CONFLICT")


def test_somebody_elses_import_is_not_there(client: APIClient) -> None:
    done = brought(client, imdb(UNKNOWN))
    row_id = done["unmatched"][0]["id"]
    other = accounts.client_of(accounts.administrator())
    for import_id in (done["id"], uuid4()):
        address = f"{IMPORTS}{import_id}/"
        for path in (address, f"{address}rows/"):
            assert_error(other.get(path), 404, "NOT_FOUND")
        assert_error(other.delete(address), 404, "NOT_FOUND")
        for path in ("undo/", "apply/"):
            assert_error(other.post(f"{address}{path}"), 404, "NOT_FOUND")
        match = f"{address}rows/{row_id}/match/"
        assert_error(other.post(match, {"tmdb_id": 949}, format="json"), 404, "NOT_FOUND")
    assert other.get(IMPORTS).json()["count"] == 0
    assert not Rating.objects.exists()


def test_nobody_imports_or_exports_without_signing_in() -> None:
    assert_error(send(APIClient(), imdb(HEAT)), 401, "NOT_AUTHENTICATED")
    for path in (IMPORTS, f"{IMPORTS}{uuid4()}/", "/api/user/export/"):
        assert_error(APIClient().get(path), 401, "NOT_AUTHENTICATED")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"a,b\n1,2\n", "x.csv"),
        (b"\x00\x01\x02", "x.csv"),
        (b"[" * 100_000, "x.json"),
        (b"[1, 2]", "x.json"),
        (b"{}", "x.json"),
        (b"PK\x03\x04 not a zip", "x.zip"),
        (packed({"../../etc/x.csv": "a"}), "x.zip"),
        (packed({"ratings.csv": b"0" * 30_000_000}), "x.zip"),
        (packed({"notes.txt": "nothing"}), "x.zip"),
        (table(("userId", "movieId", "rating"), (1, 1, 4), (2, 1, 4)), "ratings.csv"),
        (b"Date,Name,Year,Letterboxd URI\n2024-05-01,Heat,1995,x\n", "export.csv"),
    ],
)
def test_a_file_that_is_none_of_ours_is_refused_at_once(
    client: APIClient, data: bytes, name: str
) -> None:
    assert_error(send(client, data, name), 400, "VALIDATION_ERROR", "file")
    assert not LibraryImport.objects.exists()


def test_a_file_beyond_the_limit_is_refused(
    client: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Imports, "max_body_bytes", 10)
    assert_error(send(client, imdb(HEAT)), 413, "VALIDATION_ERROR")


@pytest.mark.parametrize(
    ("query", "field"),
    [("?dry_run=maybe", "dry_run"), ("?source=mubi", "source"), ("?dryrun=true", "dryrun")],
)
def test_a_malformed_query_is_refused(client: APIClient, query: str, field: str) -> None:
    assert_error(send(client, imdb(HEAT), query=query), 400, "VALIDATION_ERROR", field)


def test_a_form_without_a_file_or_with_more_is_refused(client: APIClient) -> None:
    answer = client.post(IMPORTS, {}, format="multipart")
    assert_error(answer, 400, "VALIDATION_ERROR", "file")
    file = SimpleUploadedFile("ratings.csv", imdb(HEAT))
    answer = client.post(IMPORTS, {"file": file, "user": "somebody"}, format="multipart")
    assert_error(answer, 400, "VALIDATION_ERROR", "user")
    answer = client.post(IMPORTS, {"file": "text"}, format="json")
    assert_error(answer, 415, "UNSUPPORTED_MEDIA_TYPE")


def test_the_same_key_begins_one_import(client: APIClient) -> None:
    first, again = (send(client, imdb(HEAT), HTTP_IDEMPOTENCY_KEY="k") for _ in range(2))
    assert first.json() == again.json()
    assert LibraryImport.objects.count() == 1
    other = send(client, imdb(HEAT, HEAT), HTTP_IDEMPOTENCY_KEY="k")
    assert_error(other, 409, "CONFLICT")


def test_a_page_of_imports_takes_three_queries(
    client: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    brought(client, imdb(HEAT))
    brought(client, imdb(HEAT))
    with django_assert_num_queries(3):  # the token, the count, the page
        assert len(client.get(IMPORTS).json()["results"]) == 2


def test_a_page_of_lines_takes_four_queries(
    client: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    done = brought(client, imdb(*[HEAT] * 30))
    with django_assert_num_queries(4):  # the token, the import, the count, the page
        answer = client.get(f"{IMPORTS}{done['id']}/rows/?page_size=30")
    assert len(answer.json()["results"]) == 30


@pytest.mark.django_db(transaction=True)
def test_of_twenty_uploads_at_once_five_wait_and_the_rest_are_refused(viewer: User) -> None:
    def upload(_number: int) -> int:
        try:
            status: int = send(accounts.client_of(viewer), imdb(HEAT)).status_code
            return status
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        statuses = sorted(pool.map(upload, range(20)))
    assert statuses == [202] * 5 + [409] * 15
