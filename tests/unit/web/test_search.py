from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moviverse.catalog.selectors import word_index
from tests.factories import catalog

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from tests.factories.recommendations import Site


def found(client: Client, q: str) -> str:
    response = client.get("/search", {"q": q})
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_words_find_films_by_title_and_people(site: Site, client: Client) -> None:  # noqa: ARG001 - the films
    assert '<span class="card-title">Heat</span>' in found(client, "heat")
    assert '<span class="card-title">Heat</span>' in found(client, "al PACINO")


def test_misspelt_words_are_understood_and_the_page_says_as_what(
    site: Site,  # noqa: ARG001 - the films
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    catalog.film(title="The Godfather")
    monkeypatch.setattr(word_index, "_kept", [])  # it is not built anew at every change
    text = found(client, "godfahter")
    assert '<span class="card-title">The Godfather</span>' in text
    assert "Did you mean" in text
    assert 'href="/search?q=godfather"' in text


@pytest.mark.parametrize("q", ["xqzvwkjh", "!!!", "\0", "🎬"])
def test_what_finds_nothing_offers_something_else(site: Site, client: Client, q: str) -> None:  # noqa: ARG001 - the films
    text = found(client, q)
    assert "Nothing found" in text
    assert "Popular now" in text


def test_an_empty_search_invites(site: Site, client: Client) -> None:  # noqa: ARG001 - the films
    assert "What shall it be?" in found(client, "   ")


def test_the_words_stay_in_the_field_and_are_text(site: Site, client: Client) -> None:  # noqa: ARG001 - the films
    text = found(client, '"><script>alert(1)</script>')
    assert "<script>alert" not in text
    assert 'value="&quot;&gt;&lt;script' in text


def test_a_very_long_search_is_cut(site: Site, client: Client) -> None:  # noqa: ARG001 - the films
    assert "Nothing found" in found(client, "zz " * 5_000)


@pytest.mark.django_db
def test_pages_of_a_search_keep_the_words(client: Client) -> None:
    catalog.films(30, keywords=("heist",))
    text = found(client, "heist")
    assert "Page 1 of 2" in text
    assert 'href="?q=heist&amp;page=2"' in text
    assert client.get("/search?q=heist&page=2").status_code == 200
    assert client.get("/search?q=heist&page=3").status_code == 404


@pytest.mark.django_db
def test_a_search_asks_the_database_a_fixed_number_of_times(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    catalog.films(3, keywords=("heist",))
    found(client, "heist")
    with django_assert_num_queries(3):  # what changed, the ids and the cards
        found(client, "heist")
    catalog.films(20, keywords=("heist",))
    found(client, "heist")  # indexes the new titles
    with django_assert_num_queries(3):
        found(client, "heist")
