"""What can go wrong with data before a model sees it."""

from __future__ import annotations

from moviverse_engine import EngineError

__all__ = [
    "CorpusDamaged",
    "CorpusNotFound",
    "CorpusNotWritten",
    "EngineError",
    "InvalidInteractions",
    "MalformedRow",
    "MissingColumn",
    "TruncatedFile",
    "UnknownId",
    "UnsafeArchive",
]


class InvalidInteractions(EngineError):
    """Columns of different length, a rating outside 0.5-5.0, an id that is not an integer."""


class MissingColumn(EngineError):
    """A named column is not in the table."""


class UnknownId(EngineError):
    """An id has no row in the map."""

    def __init__(self, unknown: int) -> None:
        super().__init__(f"Id {unknown} is not known here.")
        self.id = unknown


class CorpusNotFound(EngineError):
    """There is no corpus in the folder."""


class CorpusNotWritten(EngineError):
    """The system refused to take a corpus; the one there was is as it was."""


class CorpusDamaged(EngineError):
    """A corpus file is missing or is not what its manifest says."""


class MalformedRow(EngineError):
    """A row cannot be read and the caller asked for strictness."""


class UnsafeArchive(EngineError):
    """An archive expands too far or reaches outside its folder."""


class TruncatedFile(EngineError):
    """A compressed file ends too early."""
