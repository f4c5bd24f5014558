"""Who is told of each call: the usage record lives above this package, which knows no tables."""

from __future__ import annotations

from typing import Literal, Protocol

Outcome = Literal["ok", "not found", "refused", "limited", "away", "bad answer"]
ERRORS: frozenset[Outcome] = frozenset({"refused", "limited", "away", "bad answer"})


class Recorder(Protocol):
    """Takes note of calls; it is asked in the middle of a request and must be quick."""

    def called(self, endpoint: str, milliseconds: float, outcome: Outcome) -> None:
        """Note one request to TMDb; a call that is tried again is two."""

    def saved(self, endpoint: str) -> None:
        """Note one that need not be made, since its answer was still known."""


class Nobody:
    """Takes no note."""

    def called(self, endpoint: str, milliseconds: float, outcome: Outcome) -> None:
        """Forget it."""

    def saved(self, endpoint: str) -> None:
        """Forget it."""
