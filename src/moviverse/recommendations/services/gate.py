"""Whether a new version of a model may take the place of the one that is served.

A version is not worse when the upper end of the 95 % interval of its gain over the other one is not
below -TOLERANCE: only a loss that is certain, and large enough to matter, keeps it out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moviverse_engine.evaluation.intervals import Interval, differences, intervals

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from moviverse.recommendations.services.measuring import Figures

TOLERANCE = 0.005  # of NDCG@10, or of RMSE in stars
DIGITS = 4
LOWER_IS_BETTER = frozenset({"RMSE"})
UNOPPOSED = "No version is served that it could be compared with."
INCOMPARABLE = "Nothing is there that the active version has not seen, to compare the two on."


@dataclass(frozen=True)
class Verdict:
    """Whether a version is accepted, and why: a sentence, and the gain that it rests on."""

    accepted: bool
    why: str
    gain: Interval | None = None

    def recorded(self) -> dict[str, Any]:
        """Return what a manifest keeps of it."""
        told = {"accepted": self.accepted, "why": self.why, "tolerance": TOLERANCE}
        if self.gain is None:
            return told
        gain, low, high = self.gain.mean, self.gain.low, self.gain.high
        return {
            **told,
            "gain": round(gain, DIGITS),
            "low": round(low, DIGITS),
            "high": round(high, DIGITS),
        }


def compared(candidate: Figures, active: Figures, *, rng: np.random.Generator) -> Verdict:
    """Judge by how both did for the same people, asked the same."""
    better, worse = candidate.by_person, active.by_person
    if candidate.judged_by in LOWER_IS_BETTER:
        better, worse = worse, better
    (gain,) = differences(better, [worse], rng=rng)
    return _verdict(candidate, active.value, gain, f"on the same {candidate.people:,} people")


def compared_with_record(
    candidate: Figures, recorded: Mapping[str, Any], *, rng: np.random.Generator
) -> Verdict:
    """Judge by what the active version's card says, when both were measured in the same way.

    For when the active version has learnt from everything that it could be asked for: its answers
    would be those of somebody who has seen the questions.
    """
    value = recorded.get(candidate.judged_by)
    if recorded.get("protocol") != candidate.metrics["protocol"] or not isinstance(value, float):
        return Verdict(accepted=True, why=INCOMPARABLE)
    (own,) = intervals([candidate.by_person], rng=rng)
    gain = Interval(own.mean - value, own.low - value, own.high - value)
    if candidate.judged_by in LOWER_IS_BETTER:
        gain = Interval(-gain.mean, -gain.high, -gain.low)
    return _verdict(candidate, value, gain, "on its card")


def _verdict(candidate: Figures, other: float, gain: Interval, where: str) -> Verdict:
    is_worse = gain.high < -TOLERANCE
    found = (
        f"{candidate.judged_by} is {candidate.value:.4f}, that of the active version {other:.4f}"
    )
    mean, low, high = (round(each, DIGITS) + 0.0 for each in (gain.mean, gain.low, gain.high))
    interval = f"gain {mean:+.4f}, {low:+.4f} to {high:+.4f}"
    return Verdict(accepted=not is_worse, why=f"{found} {where} ({interval}).", gain=gain)
