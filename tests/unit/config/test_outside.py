from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from moviverse.config import outside


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("https://api.themoviedb.org/3", "https://api.themoviedb.org/3"),
        ("http://127.0.0.1:8099/3/", "http://127.0.0.1:8099/3"),
    ],
)
def test_an_address_is_kept_without_its_last_slash(said: str, kept: str) -> None:
    assert outside.address("TMDB_BASE_URL", said) == kept


@pytest.mark.parametrize(
    "said",
    [
        "api.themoviedb.org/3", "ftp://a.example", "https://", "https://[::1", "https://a:x/3",
        "https://user:secret@a.example", "https://a.example/3?api_key=secret",
        "https://a.example/#x", "https://a.example; script-src *", "https://a.example/\n",
    ],
)  # fmt: skip
def test_another_one_is_refused_by_the_settings_name_and_not_repeated(said: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="TMDB_BASE_URL must look like") as refused:
        outside.address("TMDB_BASE_URL", said)
    assert "secret" not in str(refused.value)
