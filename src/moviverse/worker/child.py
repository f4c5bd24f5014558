"""One job as a program of its own: `python -m moviverse.worker.child NAME`; see `apart`."""

from __future__ import annotations

import importlib
import os
import sys

import django


def main() -> None:
    """Set Django up, then do the job: its modules need it configured first."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moviverse.config.settings.dev")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    django.setup()
    importlib.import_module("moviverse.worker.apart").obey(sys.argv[1])


if __name__ == "__main__":
    main()
