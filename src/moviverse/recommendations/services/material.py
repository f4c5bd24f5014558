"""All that a training learns from, and what is kept beside its models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from moviverse.core import errors
from moviverse.recommendations import corpora, films
from moviverse.recommendations.facts import Facts
from moviverse_engine.evaluation.splits import select
from moviverse_engine.features import ItemFeatures
from moviverse_engine.interactions import IdMap

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from moviverse.recommendations.corpora import Corpus
    from moviverse.recommendations.films import Film
    from moviverse_engine.interactions import Interactions
    from moviverse_engine.models import Model


@dataclass(frozen=True)
class Material:
    """Corpora, members' ratings, and the films of the catalogue.

    Attributes:
        chosen: the corpora.
        members_ratings: how many of the ratings members gave here.
        ratings: of all, films that have left the catalogue left out.
        films: of the catalogue, by id.
        features: of the same films.
    """

    chosen: Sequence[Corpus]
    members_ratings: int
    ratings: Interactions
    films: Mapping[int, Film]
    features: ItemFeatures

    @property
    def is_synthetic(self) -> bool:
        """Say whether some of it was never anybody's taste."""
        return any(each.synthetic for each in self.chosen)

    def described(self) -> dict[str, object]:
        """Return what a manifest says of it."""
        return {
            "fingerprint": self.ratings.fingerprint,
            "corpora": fingerprints(self.chosen),
            "synthetic": self.is_synthetic,
            "members_ratings": self.members_ratings,
            "ratings": len(self.ratings),
            "people": len(self.ratings.users),
            "films": len(self.films),
        }

    def facts(self, model: Model[Any]) -> Facts:
        """Return what there is to know of a model's films."""
        items, ratings = model.items, self.ratings
        support = np.zeros(len(items), dtype=np.int32)
        rows = items.rows(ratings.items.ids)
        counts = np.bincount(ratings.item_index, minlength=len(ratings.items))
        support[rows[rows >= 0]] = counts[rows >= 0]
        return Facts.build(
            [self.films.get(movie_id) for movie_id in items.ids.tolist()],
            support=support,
            features=self.features.aligned(items),
        )


def gathered() -> Material:
    """Read everything.

    Raises:
        Invalid: there are no films to learn about.
        DataRefused: a corpus is damaged.
    """
    chosen = corpora.for_training()
    held = films.films()
    if not held:
        message = "There are no films to learn about. Import some first, or start with the demo."
        raise errors.Invalid(message)
    members = corpora.members_ratings()
    ratings = corpora.load(chosen, members)
    known = np.isin(ratings.items.ids, np.fromiter(held, np.int64, len(held)))
    if not known.all():  # films that have left the catalogue since
        ratings = select(ratings, known[ratings.item_index])
    items = IdMap(np.array(sorted(held), dtype=np.int64))
    records = {movie_id: film.record() for movie_id, film in held.items()}
    return Material(chosen, len(members), ratings, held, ItemFeatures.build(items, records))


def fingerprints(chosen: Sequence[Corpus]) -> dict[str, str]:
    """Return the corpora by name, as manifests have them."""
    return {each.name: each.fingerprint for each in chosen}
