"""What goes with one film, and what one film would be to one person."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from cachetools import LRUCache

from moviverse.catalog import selectors as catalog
from moviverse.catalog.errors import MovieNotFound
from moviverse.recommendations import (
    drafts,
    lineup,
    newcomers,
    ranking,
    reasons,
    selectors,
    sentences,
    shelf,
    steering,
)
from moviverse.recommendations.drafts import Draft
from moviverse.recommendations.errors import ModelNotTrained
from moviverse.recommendations.wishes import (
    MAX_LIMIT,
    PICKED,
    MovieReason,
    Reason,
    Recommendation,
    Told,
    Wish,
)
from moviverse_engine.models import Hybrid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moviverse.accounts.models import User
    from moviverse.recommendations.ranking import Rows, Taste
    from moviverse.recommendations.shelf import Served
    from moviverse_engine.models.breakdown import Breakdown
    from moviverse_engine.models.hybrid import Scale

SCALES = 2_000  # of histories that a process keeps, below 1 KB each but for who rated most
SHRINKING = 10.0  # ratings added to each film: a handful of viewers prove little


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Films that go with one film, and which model says so."""

    model: str
    model_version: str
    strategy: str
    results: tuple[Recommendation, ...]


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a film would be to a person: how they would rate it, and why they might be shown it."""

    predicted_rating: float | None
    reasons: tuple[Reason, ...]


NO_OPINION = Opinion(None, ())

_scales: LRUCache[tuple[str, bytes, bytes], Scale] = LRUCache(SCALES)
_lock = threading.Lock()


def edition() -> tuple[str | None, ...]:
    """Return what neighbours depend on besides the film: the versions of the models they are by."""
    return tuple(_version(name) for name in ("Content", "ItemKNN"))


def _version(name: str) -> str | None:
    """Return the version that answers for a model, at the price of a `stat`; None without one."""
    try:
        return shelf.served(name).version
    except ModelNotTrained:
        return None


def similar_by_content(tmdb_id: int, limit: int = MAX_LIMIT) -> Neighbours:
    """Return films that are about what a film is about; none for one without any description.

    Raises:
        MovieNotFound: the catalogue does not hold the film.
        ModelNotTrained: there is no Content model.
    """
    _refuse_unknown(tmdb_id)
    said = {tmdb_id: Told(PICKED, rated=False)}
    wish = Wish(known=lineup.find("Content"), limit=limit)
    draft = drafts.drafted(said, wish) or newcomers.drafted(said, wish)
    if draft is None:
        served = shelf.served("Content")
        return Neighbours(served.name, served.version, "content", ())
    found = _neighbours(draft)
    (row,) = draft.taste.told
    shared = sentences.shares_with(draft.served.facts.title(row))
    return replace(
        found,
        results=tuple(
            replace(
                each,
                reasons=tuple(
                    replace(why, text=shared) if why.type == "movie" else why
                    for why in each.reasons
                ),
            )
            for each in found.results
        ),
    )


def similar_by_taste(tmdb_id: int, limit: int = MAX_LIMIT) -> Neighbours:
    """Return what viewers of a film also liked; where nobody rated it, what it is like.

    A film's score is divided by the root of how many rated it, as a cosine is: what everybody
    likes is liked by the viewers of any film, and says nothing of this one.

    Raises:
        MovieNotFound: the catalogue does not hold the film.
        ModelNotTrained: no model can say.
    """
    _refuse_unknown(tmdb_id)
    try:
        served = shelf.served("ItemKNN")
    except ModelNotTrained:
        return similar_by_content(tmdb_id, limit)
    taste = ranking.taste(served, {tmdb_id: Told(PICKED, rated=False)}, needs_support=True)
    if not taste.told:
        return similar_by_content(tmdb_id, limit)
    scores = served.model.score(taste.matrix)[0] / np.sqrt(served.facts.support + SHRINKING)
    (row,) = taste.told
    film = served.film(row)
    text = sentences.also_liked(film.title)

    def explain(_: Rows, rounded: Sequence[float]) -> list[tuple[Reason, ...]]:
        return [(MovieReason(share=score, text=text, movie=film),) for score in rounded]

    out = np.zeros(len(scores), dtype=np.bool_)
    out[row] = True
    rows = ranking.best(served, scores, out, Wish(limit=limit), diversity=0.0)
    return _neighbours(Draft(served, "collab", taste, rows, scores, limit, explain))


def opinion(*, user: User, tmdb_id: int) -> Opinion:
    """Return what the default model thinks of a film for a person; nothing where it cannot say.

    It goes by what they said of other films: that they like this one is no reason to.
    """
    try:
        served = shelf.served("Hybrid")
    except ModelNotTrained:
        return NO_OPINION
    row = served.model.items.get(tmdb_id)
    if row is None:
        return NO_OPINION
    said = selectors.history(user=user)
    others = {movie_id: told for movie_id, told in said.items() if movie_id != tmdb_id}
    taste = ranking.taste(served, others, needs_support=False)
    if not taste.told:
        return NO_OPINION
    rows = np.array([row], dtype=np.int64)
    parts = _parts(served, taste, rows)
    score = round(float(parts.totals()[0]), reasons.DIGITS)
    (why,) = reasons.told(parts, [score], served=served, history=taste.told)
    return Opinion(drafts.predicted(served, taste, rows)[0], why if score > 0 else ())


def _parts(served: Served, taste: Taste, rows: Rows) -> Breakdown:
    """Return the parts of the scores of some films, in the units of a list.

    Who looks from film to film pays once for what only all scores tell.
    """
    model, history = served.model, taste.matrix
    if not isinstance(model, Hybrid) or steering.is_wished(taste):
        return steering.steered(served, taste, model.reading(history)).breakdown(rows)
    key = (served.version, history.indices.tobytes(), history.data.tobytes())
    with _lock:
        scale = _scales.get(key)
    if scale is None:
        scale = model.scale(history)
        with _lock:
            _scales[key] = scale
    return model.scaled_breakdown(history, rows, scale)


def _refuse_unknown(tmdb_id: int) -> None:
    if not catalog.exists(tmdb_id=tmdb_id):
        raise MovieNotFound


def _neighbours(draft: Draft) -> Neighbours:
    """Keep what speaks for being a neighbour at all; nobody is there whose rating to predict."""
    near = replace(draft, rows=draft.rows[draft.scores[draft.rows] > 0])
    (found,) = drafts.finished([near])
    results = tuple(replace(each, predicted_rating=None) for each in found)
    return Neighbours(draft.served.name, draft.served.version, draft.strategy, results)
