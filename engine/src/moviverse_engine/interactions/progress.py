"""How long work says how far it is."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Hear of progress: `fraction` in 0..1 and a short message. Raising from it stops the work."""

    def __call__(self, fraction: float, message: str, /) -> object: ...


def silent(_fraction: float, _message: str, /) -> None:
    """Report nothing."""
