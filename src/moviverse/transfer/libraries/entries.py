"""What a line of a person's file says, whichever service wrote it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

LONGEST_TITLE = 300
LONGEST_TEXT = 10_000  # characters of a review, as many as one may have here
CUT = f"Its text was cut after {LONGEST_TEXT:,} characters."


class Source(StrEnum):
    """Who wrote a file."""

    LETTERBOXD = "letterboxd"
    IMDB = "imdb"
    TRAKT = "trakt"
    MOVIELENS = "movielens"
    MOVIVERSE = "moviverse"


class Kind(StrEnum):
    """What a line is about."""

    RATING = "rating"
    WATCHED = "watched"  # on that day
    SEEN = "seen"  # some time: nothing new where a day is known
    WATCHLIST = "watchlist"
    FAVORITE = "favorite"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. `problem` says why it cannot be used, `skipped` why it is not meant for us.

    `remark` says what was lost in reading a line that is used.

    Attributes:
        place: the file within the upload.
        line: where in the file it begins; of JSON, the number of the item.
        at: when it was rated, watched or put on the list.
        rating: of a rating; a viewing and a review may bring one along.
    """

    place: str
    line: int
    kind: Kind
    title: str = ""
    year: int | None = None
    tmdb_id: int | None = None
    imdb_id: str = ""
    movielens_id: int | None = None
    rating: Decimal | None = None
    at: datetime | None = None
    text: str = ""
    progress_seconds: int | None = None
    is_finished: bool = True  # of a viewing
    problem: str = ""
    skipped: str = ""
    remark: str = ""
