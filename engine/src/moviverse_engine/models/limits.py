"""What each model cannot do, in one sentence for its card."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_LIMITS: Mapping[str, str] = {
    "Popularity": "It recommends the same films to everybody and says nothing of their taste.",
    "ItemKNN": (
        "It knows nothing of a film that nobody rated, and of one that few rated too little to "
        "recommend it well."
    ),
    "EASE": (
        "It knows nothing of a film that nobody liked and leans to what is popular; its memory "
        "grows with the square of the number of films, and past its budget it is an approximation."
    ),
    "iALS": (
        "It knows nothing of a film that nobody liked, and its reasons are the shares that films "
        "of a history have in one solved system, not causes."
    ),
    "SVD": (
        "It predicts the stars that somebody who chose a film would give it, so that its order "
        "is a poorer list than that of a model of likes; it knows nothing of unrated films."
    ),
    "NeuralMF": (
        "It knows nothing of a film that nobody rated, and its reasons are found by leaving films "
        "out one at a time, so that they need not add up to the score."
    ),
    "DeepFM": (
        "What it says of a film that nobody rated rests on its description alone, and its reasons "
        "are found by leaving films out one at a time."
    ),
    "Content": (
        "It recommends more of the same: it sees descriptions, never what people like together, "
        "and is as good as the descriptions are."
    ),
    "Sequence": (
        "It answers what comes next and not what is liked best, reads the order in which films "
        "were rated, which need not be that in which they were seen, and knows no unrated film."
    ),
    "Hybrid": (
        "It has the limits of its members, softened; its weights were chosen on films and people "
        "of one data set and may suit others less well."
    ),
}


def of(name: str) -> str:
    """Return the sentence for a model's name; an empty one for a model that is not of this engine."""
    return _LIMITS.get(name, "")
