"""The worker as a program of its own: `python -m moviverse.worker`."""

from __future__ import annotations

import importlib
import os

import django


def main() -> None:
    """Set Django up, then hand over to the loop: its modules need it configured first."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moviverse.config.settings.dev")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    django.setup()
    importlib.import_module("moviverse.worker.loop").work()
