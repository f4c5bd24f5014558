"""The `moviverse` command."""

from __future__ import annotations

import importlib
import os
import sys

import click
import django
from django.core.exceptions import ImproperlyConfigured
from environs.exceptions import EnvError


def main() -> None:
    """Set Django up, then hand over to the commands: their modules need it configured first."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moviverse.config.settings.dev")
    # One thread a process: BLAS threads of two workers fight over the same two cores.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        django.setup()
    except (EnvError, ImproperlyConfigured) as error:
        click.echo(f"moviverse: {error}", err=True)
        sys.exit(2)
    except ModuleNotFoundError as error:
        named = os.environ["DJANGO_SETTINGS_MODULE"]
        if not f"{named}.".startswith(f"{error.name}."):
            raise
        message = f"DJANGO_SETTINGS_MODULE names {named}, which cannot be found."
        click.echo(f"moviverse: {message}", err=True)
        sys.exit(2)
    importlib.import_module("moviverse.cli.commands").cli()
