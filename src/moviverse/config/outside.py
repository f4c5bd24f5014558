"""The addresses of outside services, from the environment."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from redis.connection import parse_url


def address(name: str, url: str) -> str:
    """Return the address of a setting without a final slash.

    Raises:
        ImproperlyConfigured: it is not one of the web, or more than one; the setting is named.
    """
    wrong = ImproperlyConfigured(
        f"{name} must look like https://api.example.org/3, without a user, a password or a query."
    )
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise wrong from None
    has_more = parts.query or parts.fragment or "@" in parts.netloc
    if not is_whole or has_more or not url.isprintable() or " " in url or ";" in url:
        raise wrong
    return url.rstrip("/")


def key(name: str, given: str) -> str:
    """Return the key of a setting, or nothing where none is given.

    Raises:
        ImproperlyConfigured: it could not be sent in a header; the setting is named.
    """
    if not given.isascii() or not given.isprintable() or " " in given:
        message = f"{name} must be letters, digits and signs of ASCII, without spaces."
        raise ImproperlyConfigured(message)
    return given


def redis(url: str) -> str:
    """Return the address of a Redis, or nothing where none is given.

    Raises:
        ImproperlyConfigured: no connection could ever be made from it.
    """
    try:
        if url:
            parse_url(url)  # type: ignore[no-untyped-call]
    except ValueError:  # its message repeats the address, which may hold a password
        message = "REDIS_URL must look like redis://host:6379/0, rediss://... or unix:///a/path."
        raise ImproperlyConfigured(message) from None
    return url
