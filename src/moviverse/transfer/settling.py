"""What a line changes in a person's library, and what becomes of it when it is taken back.

Pure: lines and holdings in, changes out; nothing is written here. A change is plain JSON, since it
is kept with its line: `of`, what was there `before`, and what came `after`.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

from moviverse.transfer.holdings import HeldRating, HeldReview, HeldViewing, Holdings
from moviverse.transfer.libraries.entries import Kind
from moviverse.transfer.models import ImportRow

if TYPE_CHECKING:
    from collections.abc import Callable

Change: TypeAlias = dict[str, Any]
Outcome = ImportRow.Outcome

RATING, VIEWING, WATCHLIST, FAVORITE, REVIEW = (
    "rating", "viewing", "watchlist", "favorite", "review",
)  # fmt: skip
THERE_ALREADY = "It was there already."


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a line."""

    outcome: Outcome
    message: str
    changes: list[Change]


@dataclass(frozen=True, slots=True)
class _Said:
    """What one part of a line comes to: a change, or why there is none."""

    change: Change | None = None
    stays: str = ""  # what the person has stays, for it is newer or another


def settled(row: ImportRow, holdings: Holdings, *, default_at: datetime) -> Verdict:
    """Return what a line changes, and change `holdings` accordingly.

    Args:
        row: With its film.
        holdings: What the person has of that film.
        default_at: When it happened if the line does not say.
    """
    said = [part(row, holdings, default_at) for part in _parts(row)]
    changes = [each.change for each in said if each.change]
    stays = " ".join(each.stays for each in said if each.stays)
    if changes:
        return Verdict(Outcome.MATCHED, stays, changes)
    if stays:
        return Verdict(Outcome.SKIPPED, stays, [])
    return Verdict(Outcome.DUPLICATE, THERE_ALREADY, [])


def taken_back(row: ImportRow, change: Change, holdings: Holdings) -> bool:
    """Take a change back in `holdings`; False, and nothing is done, if the person changed it since."""
    movie_id, after = _movie_id(row), change["after"]
    if change["of"] == RATING:
        return _rating_back(movie_id, change, holdings)
    id_ = uuid.UUID(after["id"])
    if change["of"] == VIEWING:
        was = _viewing(after)
        is_same = was in holdings.viewings[movie_id]
        if is_same:
            holdings.viewings[movie_id].remove(was)
        return is_same
    if change["of"] == REVIEW:
        is_same = holdings.reviews.get(movie_id) == HeldReview(id_, row.text)
        if is_same:
            del holdings.reviews[movie_id]
        return is_same
    saved = holdings.watchlist if change["of"] == WATCHLIST else holdings.favorites
    return saved.get(movie_id) == id_ and bool(saved.pop(movie_id))


def _rating_back(movie_id: int, change: Change, holdings: Holdings) -> bool:
    if holdings.ratings.get(movie_id) != _rating(change["after"]):
        return False
    if change["before"] is None:
        del holdings.ratings[movie_id]
    else:
        holdings.ratings[movie_id] = _rating(change["before"])
    return True


def _parts(row: ImportRow) -> list[Callable[[ImportRow, Holdings, datetime], _Said]]:
    parts = {
        Kind.RATING: [],
        Kind.WATCHED: [_watched],
        Kind.SEEN: [_seen],
        Kind.WATCHLIST: [_listed],
        Kind.FAVORITE: [_loved],
        Kind.REVIEW: [_reviewed],
    }[Kind(row.kind)]
    return [*([_rated] if row.rating is not None else []), *parts]


def _rated(row: ImportRow, holdings: Holdings, default_at: datetime) -> _Said:
    assert row.rating is not None, row  # noqa: S101 - see `_parts`
    movie_id = _movie_id(row)
    held = holdings.ratings.get(movie_id)
    if held is not None and held.value == row.rating:
        return _Said()
    if held is not None and (row.at is None or row.at <= held.rated_at):
        when = "without a date" if row.at is None else "older"
        return _Said(stays=f"Your rating of {held.value} stays: this one is {when}.")
    new = HeldRating(row.rating, row.at or default_at)
    holdings.ratings[movie_id] = new
    return _Said({"of": RATING, "before": _told(held), "after": _told(new)})


def _watched(row: ImportRow, holdings: Holdings, default_at: datetime) -> _Said:
    viewings = holdings.viewings[_movie_id(row)]
    if any(_is_same(row.at, each.watched_at) for each in viewings):
        return _Said()
    if not row.is_finished and not all(each.is_finished for each in viewings):
        return _Said(stays="You are in the middle of it already.")
    return _new_viewing(row, viewings, row.at or default_at)


def _seen(row: ImportRow, holdings: Holdings, default_at: datetime) -> _Said:
    viewings = holdings.viewings[_movie_id(row)]
    return _Said() if viewings else _new_viewing(row, viewings, row.at or default_at)


def _new_viewing(row: ImportRow, viewings: list[HeldViewing], watched_at: datetime) -> _Said:
    new = HeldViewing(uuid.uuid4(), watched_at, row.is_finished, row.progress_seconds)
    viewings.append(new)
    after = {
        "id": str(new.id),
        "at": watched_at.isoformat(),
        "is_finished": new.is_finished,
        "progress_seconds": new.progress_seconds,
    }
    return _Said({"of": VIEWING, "after": after})


def _listed(row: ImportRow, holdings: Holdings, default_at: datetime) -> _Said:
    return _saved(WATCHLIST, row, holdings.watchlist, default_at)


def _loved(row: ImportRow, holdings: Holdings, default_at: datetime) -> _Said:
    return _saved(FAVORITE, row, holdings.favorites, default_at)


def _saved(of: str, row: ImportRow, held: dict[int, uuid.UUID], default_at: datetime) -> _Said:
    movie_id = _movie_id(row)
    if movie_id in held:
        return _Said()
    held[movie_id] = uuid.uuid4()
    at = (row.at or default_at).isoformat()
    return _Said({"of": of, "after": {"id": str(held[movie_id]), "at": at}})


def _reviewed(row: ImportRow, holdings: Holdings, default_at: datetime) -> _Said:
    movie_id = _movie_id(row)
    held = holdings.reviews.get(movie_id)
    if held is not None:
        same = held.text == row.text
        return _Said() if same else _Said(stays="The review that you wrote here stays.")
    holdings.reviews[movie_id] = new = HeldReview(uuid.uuid4(), row.text)
    at = (row.at or default_at).isoformat()
    return _Said({"of": REVIEW, "after": {"id": str(new.id), "at": at}})


def _is_same(at: datetime | None, held: datetime) -> bool:
    """Tell whether two viewings are one: a day without a time is any time of that day."""
    if at is None:
        return True
    return at == held or (at.date() == held.date() and time.min in (at.time(), held.time()))


def _movie_id(row: ImportRow) -> int:
    assert row.movie_id is not None, row  # noqa: S101 - only lines whose film is known are settled
    return row.movie_id


def _told(held: HeldRating | None) -> dict[str, str] | None:
    if held is None:
        return None
    return {"value": str(held.value), "at": held.rated_at.isoformat()}


def _rating(told: dict[str, str]) -> HeldRating:
    return HeldRating(Decimal(told["value"]), datetime.fromisoformat(told["at"]))


def _viewing(told: dict[str, Any]) -> HeldViewing:
    return HeldViewing(
        uuid.UUID(told["id"]),
        datetime.fromisoformat(told["at"]),
        told["is_finished"],
        told["progress_seconds"],
    )
