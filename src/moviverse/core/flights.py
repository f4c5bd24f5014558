"""Computations that are under way in this process: who wants the same waits for its end."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Self

from moviverse.core import errors

if TYPE_CHECKING:
    from types import TracebackType

# Longer than anything that is computed within a request may take, shorter than a client's patience.
PATIENCE_SECONDS = 5.0


class TakesTooLong(errors.Unavailable):
    """Somebody computes the same, and for a long time: one more would not be faster."""

    message = "This takes unusually long. Try again shortly."


class Flight:
    """One computation, within whose block it happens; the others wait at `awaited`."""

    def __init__(self, key: str) -> None:
        self.result: Any = None
        self._key = key
        self._error: BaseException | None = None
        self._landed = threading.Event()

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the result, or the error, to those who wait."""
        self._error = error
        with _lock:
            del _under_way[self._key]
        self._landed.set()

    def awaited(self) -> Any:
        """Return the result when it is there; its error is raised here, too.

        Raises:
            TakesTooLong: it was not there in time.
        """
        if not self._landed.wait(PATIENCE_SECONDS):
            raise TakesTooLong
        if self._error is not None:
            raise self._error
        return self.result


_lock = threading.Lock()
_under_way: dict[str, Flight] = {}


def join(key: str) -> tuple[Flight, bool]:
    """Return the flight of `key`, and whether it is ours: then its block must be entered."""
    with _lock:
        flight = _under_way.get(key)
        if flight is not None:
            return flight, False
        flight = _under_way[key] = Flight(key)
        return flight, True
