"""Films that came after the training: no model has seen them, but what they are about is known."""

from __future__ import annotations

import threading
import time
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, vstack

from moviverse.catalog import selectors as catalog
from moviverse.catalog.models import Movie
from moviverse.recommendations import drafts, films, lineup, shelf
from moviverse.recommendations.facts import Facts
from moviverse_engine.features import FieldWeights, ItemFeatures, words
from moviverse_engine.features.table import MOST_WORDS
from moviverse_engine.interactions import IdMap, Interactions
from moviverse_engine.models.content import Content

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from moviverse.recommendations.drafts import Draft
    from moviverse.recommendations.films import Film
    from moviverse.recommendations.shelf import Served
    from moviverse.recommendations.wishes import Told, Wish

    Matrix = csr_array[np.float32, tuple[int, int]]

MOST = 2_000  # new films that a model learns of between two trainings
RENEWED_AFTER_SECONDS = 60.0


@dataclass(frozen=True)
class _Kept:
    served: Served
    version: tuple[datetime | None, int]  # of the catalogue
    made_at: float


_kept: dict[str, _Kept] = {}  # of this process; one at most
_lock = threading.Lock()


def drafted(said: Mapping[int, Told], wish: Wish) -> Draft | None:
    """Make a list by content alone; None when the catalogue holds none of the films.

    Raises:
        ModelNotTrained: there is no Content model either.
    """
    content = shelf.served("Content")
    younger = [each for each in said if content.model.items.get(each) is None]
    held = films.films(among=younger)
    served = acquainted(content, held) if held else content
    return drafts.drafted(said, replace(wish, known=lineup.find("Content")), served=served)


def current() -> Served:
    """Return a Content model that also knows the newest films of the catalogue.

    It is made anew when a film has changed or a model was published, and then at most once in
    RENEWED_AFTER_SECONDS; while one request does so, the others take the one before.

    Raises:
        ModelNotTrained: there is no Content model.
    """
    content = shelf.served("Content")
    kept = _kept.get(content.version)
    if kept is not None and time.monotonic() - kept.made_at < RENEWED_AFTER_SECONDS:
        return kept.served
    if not _lock.acquire(blocking=kept is None):
        return kept.served if kept else content
    try:
        version = catalog.version()
        if kept is None or kept.version != version:
            newest = Movie.objects.order_by("-added_at", "tmdb_id").values_list("pk", flat=True)
            new = [each for each in newest[:MOST] if content.model.items.get(each) is None]
            served = acquainted(content, films.films(among=new)) if new else content
        else:
            served = kept.served
        _kept.clear()
        _kept[content.version] = _Kept(served, version, time.monotonic())
        return served
    finally:
        _lock.release()


def acquainted(content: Served, held: Mapping[int, Film]) -> Served:
    """Return a Content model that also knows the films of `held`, described in its own terms."""
    features, facts = content.facts.features, content.facts
    items = IdMap(np.concatenate([features.items.ids, np.fromiter(held, np.int64, len(held))]))
    added = _described(list(held.values()), features)
    extended = ItemFeatures(
        items,
        csr_array(vstack([features.matrix, added], format="csr")),
        features.fields,
        features.names,
        features.field_index,
    )
    new = Facts.build(
        list(held.values()),
        support=np.zeros(len(held), dtype=np.int32),
        features=extended,
        genre_names=facts.genre_names,
    )
    nobody = Interactions(  # it names the films, so that they keep the order of the facts
        users=IdMap(np.empty(0, np.int64)),
        items=items,
        user_index=np.empty(0, np.int32),
        item_index=np.empty(0, np.int32),
        ratings=np.empty(0, np.float32),
        timestamps=np.empty(0, np.int64),
    )
    model = Content(content.model.config).fit(nobody, extended, rng=np.random.default_rng(0))
    return replace(content, model=model, facts=facts.joined(new))


def _described(new: Sequence[Film], features: ItemFeatures) -> Matrix:
    """Return the TF-IDF rows of films over features that exist, as the engine weighs them."""
    weights = asdict(FieldWeights())
    spread = np.bincount(features.matrix.indices, minlength=len(features.names))
    rarity = 1.0 + np.log(len(features.items) / np.maximum(spread, 1))
    column = {
        (features.field(place), words.folded(name)): place
        for place, name in enumerate(features.names)
    }
    rows = []
    for film in new:
        row = np.zeros(len(features.names), dtype=np.float32)
        for field, said in film.record().items():
            part = np.zeros_like(row)
            for name in _names(field, said):
                place = column.get((field, words.folded(name)))
                if place is not None:
                    part[place] += rarity[place]
            if field == "overview":
                said_of = np.flatnonzero(part)
                part[said_of[np.argsort(-part[said_of], kind="stable")[MOST_WORDS:]]] = 0
            row += _unit(part) * weights[field]
        rows.append(csr_array(_unit(row)[None, :]))
    return csr_array(vstack(rows, format="csr"))


def _names(field: str, said: Sequence[str] | str) -> Iterable[str]:
    if isinstance(said, str):
        return words.words(said) if field == "overview" else [said]
    return said


def _unit(
    row: np.ndarray[tuple[int], np.dtype[np.float32]],
) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    length = float(np.linalg.norm(row))
    return row / np.float32(length) if length else row
