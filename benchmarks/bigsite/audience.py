"""Who rates and watches what: synthetic members with tastes, drawn from one generator.

A member belongs to one of a few groups, which see films of their genres several times as often as
others. How much somebody rates is log-normal: half of the members rate a dozen films, the keenest
three thousand. What is rated is drawn by the films' fame, and nobody rates a film twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchmarks.bigsite import films
from benchmarks.bigsite.words import GENRE_SHARES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]

GROUPS = 12
GENRES_OF_A_GROUP, DRAWN_TO = 3, 6.0  # times as often as another film of the same fame
SPREAD = 1.4  # of the logarithm of how many films a member rates
MOST = 3_000  # of one member
ROUNDS = 30


class Pairs(NamedTuple):
    """Members and films by their places, each pair once, in the order in which it happened."""

    members: Integers
    films: Integers
    liked: NDArray[np.bool_]  # whether the film is of a genre that the member is drawn to


class Audience:
    """Members and what they are drawn to."""

    def __init__(self, members: int, film_count: int, *, rng: np.random.Generator) -> None:
        self._rng, self._films = rng, film_count
        self._group = rng.integers(GROUPS, size=members)
        activity = np.exp(rng.normal(0, SPREAD, size=members))
        self._activity = activity / activity.sum()
        genres = films.main_genres(film_count)
        wanted = np.zeros((GROUPS, len(GENRE_SHARES)), dtype=np.bool_)
        for row in wanted:
            row[rng.choice(len(row), GENRES_OF_A_GROUP, replace=False)] = True
        self._drawn_to = wanted[:, genres]
        weights = films.fame(film_count) * np.where(self._drawn_to, DRAWN_TO, 1.0)
        sums = np.cumsum(weights, axis=1)
        self._sums = sums / sums[:, -1:]

    def pairs(self, count: int) -> Pairs:
        """Draw `count` pairs, each once, in random order."""
        most = min(MOST, self._films // 2)
        wanted = np.minimum(np.ceil(self._activity * count).astype(np.int64), most)
        found = np.empty(0, dtype=np.int64)
        for _ in range(ROUNDS):
            had = np.bincount(found // self._films, minlength=len(wanted))
            missing = np.maximum(wanted - had, 0)
            if len(found) >= count or not missing.any():
                break
            who = np.repeat(np.arange(len(wanted)), missing)
            found = np.union1d(found, who * self._films + self._seen_by(who))
        while len(found) < count:  # those who have seen nearly all that their group would
            who = self._rng.integers(len(wanted), size=count - len(found))
            what = self._rng.integers(self._films, size=len(who))
            found = np.union1d(found, who * self._films + what)
        chosen = self._rng.permutation(found)[:count]
        return self._told(chosen // self._films, chosen % self._films)

    def views(self, count: int) -> Pairs:
        """Draw `count` views; somebody may see a film again."""
        who = self._rng.choice(len(self._group), count, p=self._activity)
        return self._told(who, self._seen_by(who))

    def _seen_by(self, who: Integers) -> Integers:
        drawn = self._rng.random(len(who))
        seen = np.empty(len(who), dtype=np.int64)
        for group, sums in enumerate(self._sums):
            of_group = self._group[who] == group
            seen[of_group] = np.searchsorted(sums, drawn[of_group])
        return seen

    def _told(self, who: Integers, what: Integers) -> Pairs:
        return Pairs(who, what, self._drawn_to[self._group[who], what])

    def ratings(self, pairs: Pairs) -> Integers:
        """Return twice what each member of a pair gives its film: 1 to 10."""
        rng = self._rng
        quality = rng.normal(0, 0.45, size=self._films)[pairs.films]
        mood = rng.normal(3.3, 0.35, size=len(self._group))[pairs.members]
        exact = mood + quality + np.where(pairs.liked, 0.6, -0.2) + rng.normal(0, 0.7, len(quality))
        told: Integers = np.clip(np.round(2 * exact), 1, 10).astype(np.int64)
        return told

    def moments(
        self, count: int, *, now: np.datetime64, days: int, recent: float = 0.0
    ) -> NDArray[np.datetime64]:
        """Draw moments of the last `days`, ascending; the share `recent` is of the last week."""
        back = self._rng.random(count) * days
        of_late = self._rng.random(count) < recent
        back[of_late] = self._rng.random(int(of_late.sum())) * 7
        return np.sort(now - (back * 86_400 * 1_000_000).astype("m8[us]"))
