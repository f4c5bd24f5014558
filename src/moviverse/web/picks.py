"""Recommendations as a page shows them: each with its reasons, and how much each counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moviverse.recommendations.wishes import STARTS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from moviverse.catalog.selectors import MovieCard
    from moviverse.recommendations.wishes import Answer, Reason, Recommendation


@dataclass(frozen=True)
class Bar:
    """A reason, with its part of all that was weighed, in percent."""

    text: str
    percent: int
    speaks_against: bool


@dataclass(frozen=True)
class Pick:
    """A film that is recommended, and why."""

    rank: int
    card: MovieCard
    predicted_rating: float | None
    bars: Sequence[Bar]

    @property
    def why(self) -> str:
        """Return the strongest reason alone."""
        return self.bars[0].text if self.bars else ""


@dataclass(frozen=True)
class Picks:
    """A list as it is shown: `personal` when it comes from what the person said of films."""

    request_id: UUID
    personal: bool
    items: Sequence[Pick]
    model: str = ""


def of(answer: Answer) -> Picks:
    """Return a list for a page."""
    return Picks(
        request_id=answer.request_id,
        personal=answer.strategy not in STARTS,
        items=[_pick(result) for result in answer.results],
        model=answer.model,
    )


def bars(reasons: Sequence[Reason]) -> Sequence[Bar]:
    """Return reasons with how much of what was weighed each of them is."""
    weighed = sum(abs(reason.share) for reason in reasons)
    return [_bar(reason, weighed) for reason in reasons]


def _pick(result: Recommendation) -> Pick:
    return Pick(
        rank=result.rank,
        card=result.movie,
        predicted_rating=result.predicted_rating,
        bars=bars(result.reasons),
    )


def _bar(reason: Reason, weighed: float) -> Bar:
    percent = round(100 * abs(reason.share) / weighed) if weighed else 0
    return Bar(text=reason.text, percent=percent, speaks_against=reason.share < 0)
