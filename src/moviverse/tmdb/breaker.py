"""Leaves a service alone that does not work, and looks from time to time whether it works again."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import structlog

if TYPE_CHECKING:
    from collections.abc import Callable

State = Literal["closed", "open", "half-open"]

FAILURES = 5  # in a row, until nobody asks any more
OPEN_SECONDS = 20.0  # until one may look
PROBE_SECONDS = 1.0  # when to come back while somebody looks
# However long a service asks to be left alone: it may be well again much sooner.
LONGEST_REST_SECONDS = 30.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pass:
    """Lets one call through; whoever has it says what came of it."""

    is_probe: bool


class Shut(Exception):
    """Nobody may ask now; come back after `seconds`.

    Attributes:
        seconds: From now.
        is_rest: The service works, and has asked to be left alone for so long.
    """

    def __init__(self, seconds: float, *, is_rest: bool = False) -> None:
        self.seconds, self.is_rest = seconds, is_rest
        super().__init__(f"for {seconds:.0f} s")


@dataclass
class Breaker:
    """Counts the failures of one service in this process; safe between threads.

    As long as it works everybody may ask. After `failures` in a row nobody may for `open_seconds`;
    then exactly one, the probe, whose success lets everybody in again.

    Attributes:
        failures: How many in a row open it.
        open_seconds: How long it stays open.
        clock: Seconds that never go back.
    """

    failures: int = FAILURES
    open_seconds: float = OPEN_SECONDS
    clock: Callable[[], float] = time.monotonic
    _failed: int = field(default=0, init=False)
    _open_until: float | None = field(default=None, init=False)
    _rests_until: float = field(default=0.0, init=False)
    _is_probed: bool = field(default=False, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def enter(self) -> Pass:
        """Return a pass, which is given back with `succeeded`, `failed` or `gave_up`.

        Raises:
            Shut: nobody may ask now.
        """
        with self._lock:
            now = self.clock()
            if now < self._rests_until:
                raise Shut(self._rests_until - now, is_rest=True)
            if self._open_until is None:
                return Pass(is_probe=False)
            if now < self._open_until:
                raise Shut(self._open_until - now)
            if self._is_probed:
                raise Shut(PROBE_SECONDS)
            self._is_probed = True
            return Pass(is_probe=True)

    def succeeded(self, let_in: Pass) -> None:
        """Say that the service answered as it should."""
        with self._lock:
            was_open = self._open_until is not None
            self._failed, self._open_until = 0, None
            self._is_probed = self._is_probed and not let_in.is_probe
        if was_open:
            log.info("tmdb_is_back")

    def failed(self, let_in: Pass) -> None:
        """Say that the service did not answer, or nonsense."""
        with self._lock:
            self._failed += 1
            opens = self._open_until is None and self._failed >= self.failures
            # Of calls that began before it opened, the last end after: they tell nothing new.
            if opens or let_in.is_probe:
                self._open_until = self.clock() + self.open_seconds
            self._is_probed = self._is_probed and not let_in.is_probe
        if opens:
            log.warning("tmdb_is_left_alone", failures=self.failures, seconds=self.open_seconds)

    def gave_up(self, let_in: Pass) -> None:
        """Say that the service was not asked after all."""
        with self._lock:
            self._is_probed = self._is_probed and not let_in.is_probe

    def rest(self, seconds: float) -> None:
        """Leave the service alone for as long as it asked for, within reason."""
        with self._lock:
            until = self.clock() + min(max(seconds, 0.0), LONGEST_REST_SECONDS)
            self._rests_until = max(self._rests_until, until)

    def state(self) -> State:
        """Return what it is, without being let in."""
        with self._lock:
            now = self.clock()
            if now < self._rests_until:
                return "open"
            if self._open_until is None:
                return "closed"
            return "open" if now < self._open_until else "half-open"
