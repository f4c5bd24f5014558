"""The site's own settings, with the two floors beside its paths and no limit to requests."""

from __future__ import annotations

from moviverse.config.settings.dev import *  # noqa: F403, TID251 - settings extend one another

ROOT_URLCONF = "benchmarks.floor_urls"
THROTTLE_RATES = dict.fromkeys(THROTTLE_RATES, 1_000_000_000)  # noqa: F405
