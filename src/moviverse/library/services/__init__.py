"""What a person does with films: each a verb, in one transaction."""

from __future__ import annotations

from moviverse.library.services.ratings import NewEvent, rate, record, record_batch, unrate

__all__ = ["NewEvent", "rate", "record", "record_batch", "unrate"]
