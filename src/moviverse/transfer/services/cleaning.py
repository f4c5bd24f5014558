"""Files of people that no row names any more: whoever was to remove them was killed before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from moviverse.accounts import avatars
from moviverse.accounts.models import Profile
from moviverse.transfer import uploads
from moviverse.transfer.models import LibraryImport

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from uuid import UUID

    from moviverse.transfer.progress import Progress

# A file is there before its row is: younger ones may belong to a request that has not ended.
SPARED = timedelta(hours=1)
BLOCK = 1_000  # files a query
UNREAD = (LibraryImport.Status.QUEUED, LibraryImport.Status.RUNNING)


@dataclass(frozen=True)
class Cleaned:
    """How many files were removed."""

    avatars: int
    uploads: int

    def __str__(self) -> str:
        """Return what a job says of it."""
        return f"Removed {self.avatars:,} pictures and {self.uploads:,} uploads."


def clean_media(*, now: datetime, report: Progress) -> Cleaned:
    """Remove pictures of nobody, and uploads that no import has still to read.

    Only what is called as our own files are, lies in their folders, and has been there for an hour
    is looked at; no link is followed or removed. Stopped half-way it has removed some.

    Args:
        now: The time.
        report: Hears of each block.
    """
    before = now - SPARED
    report(0.0, "Looking for pictures of nobody")
    cleaned = Cleaned(
        avatars=_clean_avatars(before, report), uploads=_clean_uploads(before, report)
    )
    report(1.0, str(cleaned))
    return cleaned


def _clean_avatars(before: datetime, report: Progress) -> int:
    """Remove the pictures that no profile shows.

    The files are listed first: one that is shown by then is found among the profiles.
    """
    unseen = set(avatars.left(before=before))
    shown = Profile.objects.exclude(avatar_url="").values_list("avatar_url", flat=True)
    unseen.difference_update(shown.iterator(chunk_size=BLOCK))
    for number, address in enumerate(sorted(unseen)):
        if number % BLOCK == 0:
            report(number / len(unseen), "Removing pictures of nobody")
        avatars.discard(address)
    return len(unseen)


def _clean_uploads(before: datetime, report: Progress) -> int:
    removed = 0
    for block in _blocks(list(uploads.left(before=before))):
        report(0.0, "Removing uploads that nobody waits for")
        awaited = LibraryImport.objects.filter(id__in=block, is_read=False, status__in=UNREAD)
        doomed = set(block).difference(awaited.values_list("id", flat=True))
        removed += sum(uploads.discard(import_id=each) for each in doomed)
    return removed


def _blocks(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(ids), BLOCK):
        yield ids[start : start + BLOCK]
