"""Lists before the catalogue is asked: rows of films with their scores, and how to explain them.

A draft becomes an answer once the cards of its films are read, which takes one query however many
drafts there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from moviverse.catalog import selectors as catalog
from moviverse.recommendations import ranking, reasons, shelf, steering
from moviverse.recommendations.errors import ModelNotTrained
from moviverse.recommendations.wishes import SPARE, Recommendation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from moviverse.catalog.selectors import MovieCard
    from moviverse.recommendations.ranking import Rows, Scores, Taste
    from moviverse.recommendations.shelf import Served
    from moviverse.recommendations.wishes import Reason, Told, Wish

    Explain = Callable[[Rows, Sequence[float]], list[tuple[Reason, ...]]]

RATERS = ("Hybrid", "Popularity")  # models that predict ratings


@dataclass(frozen=True)
class Draft:
    """A list of rows, best first, with some to spare behind the `limit` that are wanted.

    `explain` gives the reasons of films at some rows, whose shares add up to the scores given.
    The first film shown is number `first_rank`: a later page of a list goes on counting.
    """

    served: Served
    strategy: str
    taste: Taste
    rows: Rows
    scores: Scores
    limit: int
    explain: Explain
    first_rank: int = 1

    def ids(self) -> list[int]:
        """Return the public ids of the rows."""
        ids: list[int] = self.served.model.items.ids[self.rows].tolist()
        return ids


def drafted(
    said: Mapping[int, Told],
    wish: Wish,
    *,
    served: Served | None = None,
    listed: Sequence[int] | None = None,
) -> Draft | None:
    """Make the list that a history asks for; None when the model makes nothing of the history.

    Args:
        said: The history, by public ids.
        wish: What is wanted.
        served: Answers instead of the active version of the model that is wished for.
        listed: Films in an order that stands, of a list that is carried on.

    Raises:
        ModelNotTrained: the model that is wished for cannot answer.
        Invalid: the wish names a genre that there is not.
    """
    served = served or shelf.served(wish.known.name)
    taste = ranking.taste(served, said, needs_support=wish.known.needs_support)
    seen, _ = served.model.items.indices(said)
    out = ranking.left_out(served, wish, seen=seen)  # also refuses what cannot be wished for
    if not taste.told:
        return None
    reading = served.model.reading(taste.matrix)
    if not reading.scores.any():
        return None
    reading = steering.steered(served, taste, reading)
    scores = reading.scores

    def explain(rows: Rows, rounded: Sequence[float]) -> list[tuple[Reason, ...]]:
        return reasons.told(reading.breakdown(rows), rounded, served=served, history=taste.told)

    if listed is None:
        rows = ranking.best(served, scores, out, wish, diversity=wish.diversity or 0.0)
    else:
        rows = listed_rows(served, listed)
    return Draft(served, wish.known.strategy, taste, rows, scores, wish.limit, explain)


def listed_rows(served: Served, listed: Sequence[int]) -> Rows:
    """Return the rows of films in their order, without those that a model does not know."""
    rows = served.model.items.rows(np.asarray(listed, dtype=np.int64))
    return rows[rows >= 0].astype(np.int64)


def finished(drafts: Sequence[Draft]) -> list[tuple[Recommendation, ...]]:
    """Read the cards of all drafts and return their lists.

    A film that has left the catalogue since the training makes room for the next best.
    """
    ids = [draft.ids() for draft in drafts]
    found = cards({i for d, each in zip(drafts, ids, strict=True) for i in each[: d.limit]})
    spare = {
        i
        for draft, each in zip(drafts, ids, strict=True)
        if not found.keys() >= set(each[: draft.limit])
        for i in each[draft.limit : draft.limit + SPARE]
    }
    if spare:
        found = {**found, **cards(spare)}
    return [_list(draft, each, found) for draft, each in zip(drafts, ids, strict=True)]


def predicted(served: Served, taste: Taste, rows: Rows) -> list[float | None]:
    """Return the ratings that a person would give, to two decimals; None where nobody rated.

    What was picked, and not rated, says nothing of how somebody uses the scale.
    """
    try:
        rater = served if served.name in RATERS else shelf.served("Popularity")
    except ModelNotTrained:
        return [None] * len(rows)
    matrix, columns = taste.matrix, rows
    if rater.model.items != served.model.items or not all(
        each.rated for each in taste.told.values()
    ):
        ids = served.model.items.ids
        said = {int(ids[row]): each for row, each in taste.told.items() if each.rated}
        matrix = ranking.taste(rater, said, needs_support=False).matrix
        columns = rater.model.items.rows(ids[rows])
    ratings = rater.model.predict_ratings(matrix, np.maximum(columns, 0))[0]
    known = (columns >= 0) & (rater.facts.support[columns] > 0)
    return [
        round(rating, 2) if sure else None
        for rating, sure in zip(ratings.tolist(), known.tolist(), strict=True)
    ]


def cards(ids: set[int]) -> dict[int, MovieCard]:
    """Return the cards of films, with one query if there are any."""
    return catalog.cards(sorted(ids)) if ids else {}


def _list(
    draft: Draft, ids: Sequence[int], cards: Mapping[int, MovieCard]
) -> tuple[Recommendation, ...]:
    places = [place for place, each in enumerate(ids) if each in cards][: draft.limit]
    rows = draft.rows[places]
    scores = [round(score, reasons.DIGITS) for score in draft.scores[rows].tolist()]
    return tuple(
        Recommendation(
            rank=rank, score=score, predicted_rating=rating, movie=cards[ids[place]], reasons=why
        )
        for rank, (place, score, rating, why) in enumerate(
            zip(
                places,
                scores,
                predicted(draft.served, draft.taste, rows),
                draft.explain(rows, scores),
                strict=True,
            ),
            start=draft.first_rank,
        )
    )
