"""Bringing a library in from another service, and taking it out."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO, Literal
from uuid import UUID

from moviverse_client import errors
from moviverse_client.pages import Page, page_of
from moviverse_client.reading import read
from moviverse_client.transport import given

if TYPE_CHECKING:
    from moviverse_client.transport import Transport

IMPORTS = "/api/user/import/"
UNDER_WAY = frozenset({"queued", "running"})
PAUSE_SECONDS, LONGEST_SECONDS = 0.5, 300.0


@dataclass(frozen=True)
class Candidate:
    """A film that a line may mean."""

    tmdb_id: int
    title: str
    year: int | None
    confidence: float


@dataclass(frozen=True)
class Row:
    """A line of a file, and what became of it."""

    id: UUID
    line: int
    kind: str
    title: str
    year: int | None
    outcome: str
    message: str
    tmdb_id: int | None
    confidence: float | None
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True)
class Import:
    """An import: how far it is and what it found."""

    id: UUID
    status: str
    source: str
    dry_run: bool
    progress: float = 0.0
    counts: dict[str, int] | None = None
    error: str = ""
    unmatched: tuple[Row, ...] = ()
    malformed: tuple[Row, ...] = ()
    created_at: datetime | None = None
    finished_at: datetime | None = None
    undone_at: datetime | None = None


class Transfer:
    """Import and export of one's own library: `client.transfer`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def start(
        self,
        file: BinaryIO | bytes,
        *,
        name: str = "library",
        dry_run: bool | None = None,
        source: str | None = None,
    ) -> Import:
        """Send a file of Letterboxd, IMDb, Trakt, MovieLens or our own; a worker reads it.

        Args:
            file: Its content.
            name: What the file is called.
            dry_run: Change nothing, and report what would have become of each line.
            source: Who wrote it; found out from its content unless told.
        """
        said = self._transport.call(
            "POST",
            IMPORTS,
            query=given(dry_run=None if dry_run is None else str(dry_run).lower(), source=source),
            files={"file": (name, file)},
            creates=True,
        )
        return read(Import, said)

    def get(self, import_id: UUID) -> Import:
        """Return how far an import is."""
        return self._transport.get(Import, f"{IMPORTS}{import_id}/")

    def finished(self, import_id: UUID, *, within_seconds: float = LONGEST_SECONDS) -> Import:
        """Wait for an import and return it, done or failed.

        Raises:
            ConnectionFailed: it is not done within the time.
        """
        deadline = time.monotonic() + within_seconds
        while (found := self.get(import_id)).status in UNDER_WAY:
            if time.monotonic() > deadline:
                raise errors.ConnectionFailed(f"The import {import_id} is {found.status} still.")
            time.sleep(PAUSE_SECONDS)
        return found

    def all(self, *, page: int | None = None, page_size: int | None = None) -> Page[Import]:
        """Return a page of the imports, the newest first."""
        return page_of(self._transport, Import, IMPORTS, page=page, page_size=page_size)

    def rows(
        self,
        import_id: UUID,
        *,
        outcome: str | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> Page[Row]:
        """Return a page of an import's lines."""
        path = f"{IMPORTS}{import_id}/rows/"
        asked = given(outcome=outcome, page=page, page_size=page_size)
        return page_of(self._transport, Row, path, **asked)

    def choose(self, import_id: UUID, row_id: UUID, tmdb_id: int | None) -> Row:
        """Say which film a line means; None leaves it out."""
        path = f"{IMPORTS}{import_id}/rows/{row_id}/match/"
        said = self._transport.call("POST", path, body={"tmdb_id": tmdb_id})
        return read(Row, said)

    def apply(self, import_id: UUID) -> None:
        """Do what a dry run has only tried."""
        self._transport.call("POST", f"{IMPORTS}{import_id}/apply/", body={}, creates=True)

    def undo(self, import_id: UUID) -> None:
        """Restore what was there before, but for what was changed since."""
        self._transport.call("POST", f"{IMPORTS}{import_id}/undo/", body={}, creates=True)

    def forget(self, import_id: UUID) -> None:
        """Delete the record of an import; what it brought stays."""
        self._transport.call("DELETE", f"{IMPORTS}{import_id}/")

    def export(self, format: Literal["csv", "json", "letterboxd"] = "json") -> bytes:  # noqa: A002 - the API's name
        """Return the whole library: as a table, as JSON, or as the zip that Letterboxd takes."""
        query: dict[str, Any] = {"format": format}
        return self._transport.send("GET", "/api/user/export/", query=query).content
