"""Asks a running site how it is."""

from __future__ import annotations

import http.client
import json
import sys
from urllib.parse import urlsplit

import click
from django.conf import settings

from moviverse.cli import console

TIMEOUT_SECONDS = 10
OK, NOT_READY = 200, 503
COLUMNS = ("check", "state")


@click.command(epilog="Example: moviverse health --url https://films.example.org")
@click.option("--url", default="", help="Of the site; by default HOST and PORT of the settings.")
def health(url: str) -> None:
    """Ask a running site what it stands on; exit with 1 when it cannot work."""
    status, said = _asked(url or f"http://{settings.HOST}:{settings.PORT}")
    console.table(COLUMNS, [[name, state] for name, state in said["checks"].items()], empty="")
    console.say(f"The site is {said['status']}.")
    sys.exit(0 if status == OK else 1)


def _asked(url: str) -> tuple[int, dict[str, dict[str, str]]]:
    """Return the status and the body of `/health/`.

    Raises:
        click.UsageError: nobody answers there, or somebody else.
    """
    site = urlsplit(url)
    if site.scheme not in {"http", "https"} or not site.hostname:
        raise click.UsageError(f"{url} is not the address of a site.")
    kind = http.client.HTTPSConnection if site.scheme == "https" else http.client.HTTPConnection
    try:
        connection = kind(site.hostname, site.port, timeout=TIMEOUT_SECONDS)
        connection.request("GET", "/health/", headers={"Host": _host(site.netloc)})
        response = connection.getresponse()
        body = response.read()
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise click.UsageError(f"Nobody answers on {url}: {error}") from error
    try:
        said = json.loads(body)
        if response.status in {OK, NOT_READY} and said["checks"]:
            return response.status, said
    except (ValueError, KeyError, TypeError):
        pass
    raise click.UsageError(f"What answers on {url} ({response.status}) is not MoviVerse.")


def _host(asked: str) -> str:
    """Return a host that the site answers to; at home it is asked by its address."""
    if asked != f"{settings.HOST}:{settings.PORT}":
        return asked
    named = [host for host in settings.ALLOWED_HOSTS if not host.startswith((".", "*"))]
    return named[0] if named else asked
