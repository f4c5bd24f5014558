"""Lists for somebody of whom too little is known.

The score of a film is 2 where it is of a genre that the person has named, plus how popular it is,
plus how much people here turn to it now. Both of these lie between 0 and 1, so that what was named
comes first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from moviverse.recommendations import drafts, ranking, reasons, sentences, shelf
from moviverse.recommendations.wishes import GenreReason, Reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from moviverse.recommendations.drafts import Draft
    from moviverse.recommendations.ranking import Rows
    from moviverse.recommendations.shelf import Served
    from moviverse.recommendations.wishes import Told, Wish

CHOSEN = 2.0  # for a genre that was named
DIVERSITY = 0.3  # a list for nobody in particular is made to have something for everybody


def drafted(
    said: Mapping[int, Told],
    wish: Wish,
    *,
    preferred: Sequence[str],
    trends: Mapping[int, float],
    listed: Sequence[int] | None = None,
) -> Draft:
    """Make the list: what is liked and watched now, in the person's genres first.

    Args:
        said: A history that says nothing to the model; its films are left out all the same.
        wish: The model in it is not used.
        preferred: Genres that the person has named.
        trends: How much people turn to films now, by film.
        listed: As of `drafts.drafted`.

    Raises:
        ModelNotTrained: nothing is known of what people like.
        Invalid: the wish names a genre that there is not.
    """
    served = shelf.served("Popularity")
    taste = ranking.taste(served, said, needs_support=False)
    seen, _ = served.model.items.indices(said)
    out = ranking.left_out(served, wish, seen=seen)
    popularity = _up_to_one(served.model.score(taste.matrix)[0])
    current = _up_to_one(_by_row(served, trends))
    columns = _columns(served, preferred)
    fits = served.facts.genres[:, columns].any(axis=1)
    scores = (popularity + current + CHOSEN * fits).astype(np.float32)

    def explain(rows: Rows, rounded: Sequence[float]) -> list[tuple[Reason, ...]]:
        return [
            _why(served, row, score, columns, current=float(current[row]))
            for row, score in zip(rows.tolist(), rounded, strict=True)
        ]

    if listed is None:
        diversity = DIVERSITY if wish.diversity is None else wish.diversity
        rows = ranking.best(served, scores, out, wish, diversity=diversity)
    else:
        rows = drafts.listed_rows(served, listed)
    strategy = "preferences" if columns else "trending" if current[~out].any() else "popular"
    return drafts.Draft(served, strategy, taste, rows, scores, wish.limit, explain)


def _by_row(served: Served, trends: Mapping[int, float]) -> ranking.Scores:
    found = np.zeros(len(served.model.items), dtype=np.float32)
    rows = served.model.items.rows(np.fromiter(trends, np.int64, len(trends)))
    values = np.fromiter(trends.values(), np.float32, len(trends))
    found[rows[rows >= 0]] = values[rows >= 0]
    return found


def _up_to_one(scores: ranking.Scores) -> ranking.Scores:
    return scores / np.float32(max(float(scores.max(initial=0.0)), 1e-9))


def _columns(served: Served, preferred: Sequence[str]) -> list[int]:
    wanted = {name.lower() for name in preferred}
    names = served.facts.genre_names
    return [column for column, name in enumerate(names) if name.lower() in wanted]


def _why(
    served: Served, row: int, score: float, preferred: Sequence[int], *, current: float
) -> tuple[Reason, ...]:
    """Return the parts of a score: the genres that were named, what is watched now, the rest."""
    names, genres = served.facts.genre_names, served.facts.genres[row]
    found: list[Reason] = []
    chosen = [names[column] for column in preferred if genres[column]]
    if chosen:
        found.append(GenreReason(share=CHOSEN, text=sentences.chosen(chosen), genre=chosen[0]))
    watched = round(current, reasons.DIGITS)
    if watched:
        found.append(Reason(share=watched, text=sentences.TRENDING))
    rest = round(score - sum(each.share for each in found), reasons.DIGITS)
    if rest or not found:
        found.append(_liked(names, np.flatnonzero(genres).tolist(), rest, alone=not chosen))
    return tuple(found)


def _liked(names: Sequence[str], of_film: Sequence[int], share: float, *, alone: bool) -> Reason:
    if share <= 0:
        return Reason(share=share, text=sentences.NEW)
    if alone and of_film:
        genre = names[of_film[0]]
        return GenreReason(share=share, text=sentences.liked_of(genre), genre=genre)
    return Reason(share=share, text=sentences.POPULAR)
