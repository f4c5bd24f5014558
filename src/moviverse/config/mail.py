"""How mails leave, from the environment."""

from __future__ import annotations

from email.utils import parseaddr
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import dj_email_url
from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from pathlib import Path

    from environs import Env

TIMEOUT_SECONDS = 10  # a mail server that does not answer must not hold a worker
SCHEMES = {"smtp", "smtps", "submission", "file", "console"}
IMPLICIT_TLS_PORT = 465


def from_environment(env: Env, folder: Path) -> dict[str, Any]:
    """Return Django's settings of mail; without `EMAIL_URL` mails become files in `folder`.

    Raises:
        ImproperlyConfigured: names the setting that is wrong.
    """
    url = env.str("EMAIL_URL", "") or f"file://{folder}"
    sender = env.str("DEFAULT_FROM_EMAIL", "MoviVerse <moviverse@localhost>")
    if "@" not in parseaddr(sender)[1] or not sender.isprintable():
        message = (
            "DEFAULT_FROM_EMAIL must look like films@example.org or Films <films@example.org>."
        )
        raise ImproperlyConfigured(message)
    return {**_parsed(url), "DEFAULT_FROM_EMAIL": sender, "SERVER_EMAIL": sender}


def public_url(env: Env, otherwise: str) -> str:
    """Return where this site is reached from outside, without a final slash, for links in mails.

    Raises:
        ImproperlyConfigured: `PUBLIC_URL` is not an address of the web.
    """
    url = env.str("PUBLIC_URL", "") or otherwise
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        is_address = is_whole and not parts.query and not parts.fragment
    except ValueError:
        is_address = False
    if not is_address:
        raise ImproperlyConfigured("PUBLIC_URL must look like https://films.example.org.")
    return url.rstrip("/")


def _parsed(url: str) -> dict[str, Any]:
    # The message never repeats the address: it holds a password.
    wrong = ImproperlyConfigured(
        "EMAIL_URL must look like submission://user:password@host:587, smtps://user:password@host, "
        "smtp://host:25, file:///a/folder or console://."
    )
    try:
        parts = urlsplit(url)
        if parts.scheme not in SCHEMES:
            raise wrong
        # The parser takes `smtps` for STARTTLS; everybody else means TLS from the first byte.
        found: dict[str, Any] = dj_email_url.parse(url.replace("smtps://", "submission://", 1))
        if parts.scheme == "smtps":
            found |= {"EMAIL_USE_SSL": True, "EMAIL_USE_TLS": False}
            found["EMAIL_PORT"] = parts.port or IMPLICIT_TLS_PORT
    except ValueError as error:
        raise wrong from error
    if parts.scheme in {"smtps", "submission"} and not parts.hostname:
        raise wrong
    if parts.scheme == "file" and not parts.path.strip("/"):
        raise wrong
    found["EMAIL_FILE_PATH"] = parts.path if parts.scheme == "file" else None
    found["EMAIL_TIMEOUT"] = found["EMAIL_TIMEOUT"] or TIMEOUT_SECONDS
    return found
