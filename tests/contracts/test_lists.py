"""How a long list is given in pages, by real requests to a view that lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contracts.error_shape import error_of

if TYPE_CHECKING:
    from django.test import Client


pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.contracts.laboratory")]


def test_a_list_is_paged_in_the_contracts_shape(client: Client) -> None:
    response = client.get("/api/listing/?page=2&page_size=20")
    body = response.json()
    assert list(body) == [
        "count",
        "page",
        "page_size",
        "total_pages",
        "next",
        "previous",
        "results",
    ]
    assert (body["count"], body["page"], body["page_size"], body["total_pages"]) == (45, 2, 20, 3)
    assert [row["number"] for row in body["results"]] == list(range(20, 40))
    assert body["next"] == "http://testserver/api/listing/?page=3&page_size=20"
    assert body["previous"] == "http://testserver/api/listing/?page=1&page_size=20"
    headers = {name: response[f"X-Pagination-{name}"] for name in ("Page", "Limit")}
    assert headers == {"Page": "2", "Limit": "20"}
    assert response["X-Pagination-Page-Count"] == "3"
    assert response["X-Pagination-Item-Count"] == "45"


def test_the_first_and_the_last_page_have_one_neighbour(client: Client) -> None:
    assert client.get("/api/listing/").json()["previous"] is None
    assert client.get("/api/listing/?page=3").json()["next"] is None


def test_links_stay_in_the_spelling_that_was_asked_for(client: Client) -> None:
    assert client.get("/api/v1/listing").json()["next"].endswith("/api/v1/listing?page=2")


def test_an_empty_list_has_one_empty_page(client: Client) -> None:
    body = client.get("/api/rows/").json()
    assert (body["count"], body["total_pages"], body["results"]) == (0, 1, [])


@pytest.mark.parametrize("page", ["4", "0", "-1", "9223372036854775807"])
def test_a_page_out_of_range_is_404(client: Client, page: str) -> None:
    for path in ("listing", "rows"):
        response = client.get(f"/api/{path}/?page={page}")
        assert response.status_code == 404
        assert error_of(response)["error"] == "NOT_FOUND"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("page=first", "page"),
        ("page=", "page"),
        ("page=1.5", "page"),
        ("page=%D9%A1", "page"),
        ("page=1&page=2", "page"),
        ("page=%00", "page"),
        ("page_size=0", "page_size"),
        ("page_size=101", "page_size"),
        ("page_size=many", "page_size"),
        ("sorted=yes", "sorted"),
    ],
)
def test_a_malformed_or_unknown_parameter_is_400_and_named(
    client: Client, query: str, field: str
) -> None:
    response = client.get(f"/api/listing/?{query}")
    assert response.status_code == 400
    assert list(error_of(response)["details"]) == [field]
