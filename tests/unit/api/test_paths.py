from __future__ import annotations

import pytest

from moviverse.api import paths


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("/api/movies/", "/api/movies/"),
        ("/api/movies", "/api/movies/"),
        ("/api/v1/movies", "/api/movies/"),
        ("/api/v1", "/api/"),
        ("/api", "/api/"),
        ("/api/v10/movies", "/api/v10/movies/"),
        ("/api/login", "/api/auth/login/"),
        ("/api/v1/register", "/api/auth/register/"),
        ("/health", "/health/"),
    ],
)
def test_a_path_has_one_spelling_that_the_patterns_know(path: str, known: str) -> None:
    assert paths.canonical(path) == known


@pytest.mark.parametrize(
    ("path", "is_api"),
    [
        ("/api", True),
        ("/api/x", True),
        ("/health", True),
        ("/health/live", True),
        ("/", False),
        ("/apiary", False),
        ("/healthy", False),
        ("/movies/603", False),
    ],
)
def test_the_api_is_what_stands_under_its_two_prefixes(path: str, *, is_api: bool) -> None:
    assert paths.is_api(path) is is_api


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/movies", "/api/movies"),
        ("/movies/603/similar", "/api/movies/603/similar"),
        ("/favorites", "/api/user/favorites"),
        ("/favorites/603", "/api/user/favorites/603"),
        ("/history", "/api/user/history"),
        ("/reviews/", "/api/user/reviews/"),
        ("/reviews/7", "/api/reviews/7"),
        ("/moviesque", None),
        ("/", None),
        ("/catalog", None),
    ],
)
def test_a_bare_path_is_known_by_its_first_word(path: str, target: str | None) -> None:
    assert paths.under_api(path) == target


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/login/", "/login"),
        ("/login", None),
        ("/", None),
        ("//", None),
        ("/admin/", None),
        ("/admin/core/", None),
        ("/static/", None),
        ("//evil.example/", "/evil.example"),
        ("/\\evil.example/", "/%5Cevil.example"),
        ("/straße/", "/stra%C3%9Fe"),
    ],
)
def test_a_page_loses_its_final_slash_and_nothing_else(path: str, target: str | None) -> None:
    assert paths.without_slash(path) == target
