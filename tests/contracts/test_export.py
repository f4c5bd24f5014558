"""Taking a library along as the contract has it."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from tests.contracts.account_client import assert_error
from tests.factories import accounts, catalog, library

if TYPE_CHECKING:
    from rest_framework.test import APIClient

pytestmark = pytest.mark.django_db

EXPORT = "/api/user/export/"


@pytest.fixture
def client() -> APIClient:
    viewer, other = accounts.member(), accounts.member()
    library.rate(viewer, {catalog.film(tmdb_id=949, title="=Heat", release_year=1995): 4.5})
    library.rate(other, {catalog.film(tmdb_id=680, title="Pulp Fiction"): 1})
    return accounts.client_of(viewer)


def body(answer: Any) -> bytes:
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize("path", [EXPORT, "/api/user/export", "/api/v1/user/export/"])
def test_a_library_is_json_unless_told_otherwise(client: APIClient, path: str) -> None:
    answer = client.get(path)
    assert answer["Content-Type"] == "application/json"
    assert answer["Content-Disposition"].startswith('attachment; filename="moviverse-')
    assert b'"title":"=Heat"' in body(answer)


def test_nothing_of_anybody_else_is_in_it(client: APIClient) -> None:
    for form in ("json", "csv"):
        assert b"Pulp Fiction" not in body(client.get(f"{EXPORT}?format={form}"))


def test_a_table_holds_no_formula(client: APIClient) -> None:
    answer = client.get(f"{EXPORT}?format=csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    header, row = body(answer).decode().splitlines()
    assert header.startswith("kind,tmdb_id,")
    assert row.startswith("rating,949,,'=Heat,1995,4.5,")


def test_letterboxds_form_is_a_zip_with_its_tables(client: APIClient) -> None:
    answer = client.get(f"{EXPORT}?format=letterboxd")
    assert answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(body(answer))) as archive:
        assert archive.namelist() == [
            "ratings.csv", "diary.csv", "reviews.csv", "watchlist.csv", "likes/films.csv",
        ]  # fmt: skip
        header, row = archive.read("ratings.csv").decode().splitlines()
    assert header == "Date,Name,Year,Letterboxd URI,Rating"
    assert row.endswith(",'=Heat,1995,https://letterboxd.com/tmdb/949,4.5")


@pytest.mark.parametrize(
    ("query", "field"), [("format=xml", "format"), ("format=", "format"), ("form=csv", "form")]
)
def test_a_form_that_there_is_not_is_refused(client: APIClient, query: str, field: str) -> None:
    assert_error(client.get(f"{EXPORT}?{query}"), 400, "VALIDATION_ERROR", field)


def test_an_export_is_only_read(client: APIClient) -> None:
    assert_error(client.post(EXPORT, {}, format="json"), 405, "METHOD_NOT_ALLOWED")
