"""The site under test: two web workers, a worker and the embedded PostgreSQL, as `make run` starts it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.integration import supervised

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

READY_WITHIN_SECONDS = 400  # with the first training, on a machine that does other things too
KEY = "a-key-of-the-chaos-run-0123456789"
# Lists lapse within a phase, so that each phase asks TMDb for them; nobody is limited.
SETTINGS = {
    "WEB_WORKERS": "2",
    "TMDB_API_KEY": KEY,
    "CACHE_TTL_LISTS": "2",
    "CACHE_TTL_TRENDING": "2",
    "THROTTLE_READ_PER_MINUTE": "1000000",
    "THROTTLE_WRITE_PER_MINUTE": "1000000",
    "THROTTLE_FETCH_PER_MINUTE": "1000000",
    "LOG_LEVEL": "WARNING",
    "OPENBLAS_NUM_THREADS": "1",
}


@dataclass
class Site(supervised.Site):
    """A site whose TMDb is ours."""

    tmdb_url: str = ""

    @property
    def environment(self) -> dict[str, str]:
        """What it is started with."""
        return {**super().environment, **SETTINGS, "TMDB_BASE_URL": self.tmdb_url}

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.log.unlink(missing_ok=True)  # of an earlier run
        self.process = self.command()
        supervised.wait_for(
            lambda: "Stop with Ctrl-C" in self.said(), READY_WITHIN_SECONDS, self.said
        )


@contextmanager
def standing(*, home: Path, tmdb_url: str) -> Iterator[Site]:
    """Have the site up within the block."""
    site = Site(home=home, tmdb_url=tmdb_url)
    try:
        site.start()
        yield site
    finally:
        site.stop()
