"""Bringing a library in and taking it back: each a verb of a person or of a worker."""

from __future__ import annotations

from moviverse.transfer.services.asking import apply, forget, start, undo
from moviverse.transfer.services.choosing import choose
from moviverse.transfer.services.cleaning import clean_media
from moviverse.transfer.services.running import run
from moviverse.transfer.services.undoing import run_undo

__all__ = ["apply", "choose", "clean_media", "forget", "run", "run_undo", "start", "undo"]
