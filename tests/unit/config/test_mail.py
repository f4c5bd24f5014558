from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ImproperlyConfigured
from environs import Env

from moviverse.config import mail

if TYPE_CHECKING:
    from typing import Any

FOLDER = Path("/srv/films/mail")
SMTP = "django.core.mail.backends.smtp.EmailBackend"


def settings_of(monkeypatch: pytest.MonkeyPatch, **environment: str) -> dict[str, Any]:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return mail.from_environment(Env(eager=True), FOLDER)


def test_without_a_server_mails_are_files_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings_of(monkeypatch, EMAIL_URL="")
    assert found["EMAIL_BACKEND"].endswith("filebased.EmailBackend")
    assert found["EMAIL_FILE_PATH"] == str(FOLDER)


@pytest.mark.parametrize(
    ("url", "host", "port", "tls", "ssl"),
    [
        ("smtp://mail.example.org", "mail.example.org", 25, False, False),
        ("submission://ann:p%40ss@mail.example.org", "mail.example.org", 587, True, False),
        ("smtps://ann:p%40ss@mail.example.org", "mail.example.org", 465, False, True),
        ("smtps://mail.example.org:2465", "mail.example.org", 2465, False, True),
    ],
)
def test_a_server_is_named_with_its_kind_of_encryption(
    monkeypatch: pytest.MonkeyPatch, url: str, host: str, port: int, *, tls: bool, ssl: bool
) -> None:
    found = settings_of(monkeypatch, EMAIL_URL=url)
    assert (found["EMAIL_BACKEND"], found["EMAIL_HOST"], found["EMAIL_PORT"]) == (SMTP, host, port)
    assert (found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (tls, ssl)
    assert found["EMAIL_TIMEOUT"] == 10
    if "ann" in url:
        assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("ann", "p@ss")


@pytest.mark.parametrize(
    "url",
    ["mail.example.org", "http://mail.example.org", "smtp://host:port", "file://", "smtps://",
     "memory://", "smtp://host?timeout=soon"],
)  # fmt: skip
def test_a_wrong_address_is_named_without_what_is_in_it(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL") as refused:
        settings_of(monkeypatch, EMAIL_URL=url)
    assert url not in str(refused.value).split()


@pytest.mark.parametrize("sender", ["nobody", "a@example.org\nBcc: b@example.org"])
def test_a_wrong_sender_is_named(monkeypatch: pytest.MonkeyPatch, sender: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="DEFAULT_FROM_EMAIL"):
        settings_of(monkeypatch, DEFAULT_FROM_EMAIL=sender)


def test_links_begin_with_the_public_address(monkeypatch: pytest.MonkeyPatch) -> None:
    env = Env(eager=True)
    assert mail.public_url(env, "http://127.0.0.1:8000") == "http://127.0.0.1:8000"
    monkeypatch.setenv("PUBLIC_URL", "https://films.example.org/cinema/")
    assert mail.public_url(env, "http://127.0.0.1:8000") == "https://films.example.org/cinema"


@pytest.mark.parametrize(
    "url", ["films.example.org", "javascript:alert(1)", "https://", "https://a.org/?x=1"]
)
def test_a_public_address_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("PUBLIC_URL", url)
    with pytest.raises(ImproperlyConfigured, match="PUBLIC_URL"):
        mail.public_url(Env(eager=True), "http://127.0.0.1:8000")
