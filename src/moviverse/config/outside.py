"""The addresses of outside services, from the environment."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


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
