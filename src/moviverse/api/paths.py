"""Which paths belong to the API, and which spelling of them the URL patterns know."""

from __future__ import annotations

import re
from urllib.parse import quote

API = "/api/"
VERSIONED = "/api/v1/"
HEALTH = "/health/"
# Pages' paths that clients without `/api` ask for; the rest of the path goes along.
BARE = re.compile(
    r"/(movies|search|login|register|logout|profile|watchlist"
    r"|recommend|recommendations|models|reviews|genres|user|users|auth)(/|$)"
)
# Pages of one's own, which the API has under the person.
OWN = re.compile(r"/(?:(?:favorites|history)(?:/|$)|reviews/?$)")
# Where a client that left out `/api` and `auth` wanted to go.
SHORT = {f"{API}{name}/": f"{API}auth/{name}/" for name in ("login", "register", "logout")}
# Parts of the site that end in a slash, or have files under them.
SLASHED = ("/admin/", "/static/")


def is_api(path: str) -> bool:
    """Say whether errors under `path` are JSON."""
    return f"{path}/".startswith((API, HEALTH))


def canonical(path: str) -> str:
    """Return the spelling of an API path that the URL patterns know.

    >>> canonical("/api/v1/movies")
    '/api/movies/'
    """
    if f"{path}/".startswith(VERSIONED):
        path = API + path[len(VERSIONED) :]
    if not path.endswith("/"):
        path += "/"
    return SHORT.get(path, path)


def under_api(path: str) -> str | None:
    """Return the API's address of a page's path, or None when it has none."""
    if OWN.match(path):
        return quote(f"/api/user{path}")
    return quote(f"/api{path}") if BARE.match(path) else None


def without_slash(path: str) -> str | None:
    """Return a page's address without its final slash, or None when it is spelt well.

    The first slash is single, so that the address never leaves the site.
    """
    if path.startswith(SLASHED) or not path.endswith("/") or not path.strip("/"):
        return None
    return quote("/" + path.strip("/"))
