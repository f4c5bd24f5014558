"""Ask a model for full rankings, a batch of people at a time, and measure them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy.sparse import csr_array

from moviverse_engine.evaluation import lists, metrics
from moviverse_engine.evaluation.errors import NothingToEvaluate
from moviverse_engine.evaluation.splits import LIKED
from moviverse_engine.interactions import IdMap, silent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import NDArray

    Hits = NDArray[np.bool_]
    Targets = NDArray[np.int64]
    Values = NDArray[np.float64]

    from moviverse_engine.evaluation.splits import Split
    from moviverse_engine.features import ItemFeatures
    from moviverse_engine.interactions import Histories, Interactions, Progress

SHOWN = 20  # films of a list whose properties are measured
_CELLS = 2_000_000  # scores ranked at a time; a cell costs about 30 bytes while it is
_RANKED: Mapping[str, Callable[[Hits, Targets], Values]] = {
    **{f"NDCG@{k}": partial(metrics.ndcg_at_k, k=k) for k in (10, 20, 100)},
    **{f"Recall@{k}": partial(metrics.recall_at_k, k=k) for k in (20, 50)},
    "HR@10": partial(metrics.hit_rate_at_k, k=10),
    "MRR": metrics.reciprocal_rank,
    "MAP": metrics.average_precision,
}
NOVELTY = f"Novelty@{SHOWN}"
POPULARITY = f"Popularity@{SHOWN}"
DIVERSITY = f"Diversity@{SHOWN}"
CALIBRATION = f"Miscalibration@{SHOWN}"
METRICS = (*_RANKED, NOVELTY, POPULARITY)
DESCRIBED = (DIVERSITY, CALIBRATION)  # those that need features


class Scorer(Protocol):
    """Anything that scores histories over the items it names."""

    @property
    def items(self) -> IdMap: ...

    def score(self, histories: Histories, /) -> NDArray[np.float32]: ...


@dataclass(frozen=True)
class Measurement:
    """What one model did on one split.

    Attributes:
        users: ids of the people measured.
        left_out: people all of whose targets are films that nobody trained on.
        items: how many films were ranked for each.
        history_lengths: int64 [n_users], films known of each.
        values: float64 [n_users] for each of METRICS, and for those of DESCRIBED that the features
            allow.
        coverage: share of the films that were among somebody's first 20.
        gini: how unequally the films were among the first 20.
    """

    users: NDArray[np.int64]
    left_out: int
    items: int
    history_lengths: NDArray[np.int64]
    values: Mapping[str, NDArray[np.float64]]
    coverage: float
    gini: float


@dataclass(frozen=True)
class _Films:
    """What is known of the films ranked, for the metrics of lists."""

    popularity: NDArray[np.int64]
    n_users: int
    features: ItemFeatures | None
    genres: NDArray[np.float64] | None

    @classmethod
    def of(cls, split: Split, features: ItemFeatures | None) -> _Films:
        films = split.train.items
        features = None if features is None else features.aligned(films)
        return cls(
            popularity=np.bincount(split.train.item_index, minlength=len(films)),
            n_users=len(split.train.users),
            features=features,
            genres=None if features is None else lists.genre_shares(features),
        )

    def values(self, head: NDArray[np.int64], histories: Histories) -> dict[str, Values]:
        found = {
            NOVELTY: lists.novelty(head, self.popularity, self.n_users),
            POPULARITY: lists.popularity_percentile(head, self.popularity),
        }
        if self.features is not None:
            found[DIVERSITY] = lists.intra_list_diversity(head, self.features)
        if self.genres is not None:
            found[CALIBRATION] = lists.calibration(head, _liked(histories), self.genres)
        return found


def measure(
    model: Scorer,
    split: Split,
    *,
    features: ItemFeatures | None = None,
    progress: Progress | None = None,
) -> Measurement:
    """Rank all films of the training data for everybody, without those of the history.

    Targets and films of the history that nobody trained on are left out, as in Liang et al. 2018.

    Args:
        model: fitted on the split's training data.
        split: whom to ask for what.
        features: what the films are about, for the metrics of DESCRIBED alone.
        progress: hears of the progress; may raise to stop.

    Raises:
        NothingToEvaluate: no target is among the films trained on.
    """
    tell = progress or silent
    people = _answerable(split)
    films = _Films.of(split, features)
    wanted = aligned(split.target, people, split.train.items)
    seen = aligned(split.history, people, split.train.items)
    histories = aligned(split.history, people, model.items)
    shown = np.zeros(len(split.train.items), dtype=np.int64)
    values: dict[str, list[Values]] = {}
    step = max(1, _CELLS // len(shown))
    for start in range(0, len(people), step):
        batch = slice(start, start + step)
        scores = _scores(model, histories[batch], split.train.items)
        known = seen[batch]
        scores[known.tocoo().coords] = -np.inf
        order = metrics.rank_items(scores)
        asked = wanted[batch].toarray() > 0
        hits, targets = metrics.find_hits(scores, order, asked), asked.sum(axis=1)
        head = order[:, :SHOWN]
        head[~(np.take_along_axis(scores, head, axis=1) > -np.inf)] = -1
        shown += np.bincount(head[head >= 0], minlength=len(shown))
        found = {name: metric(hits, targets) for name, metric in _RANKED.items()}
        for name, each in (found | films.values(head, known)).items():
            values.setdefault(name, []).append(each)
        tell(min(1.0, (start + step) / len(people)), "ranking")
    return Measurement(
        users=people.ids,
        left_out=len(split.target.users) - len(people),
        items=len(shown),
        history_lengths=np.diff(seen.indptr).astype(np.int64),
        values={name: np.concatenate(parts) for name, parts in values.items()},
        coverage=lists.coverage(shown),
        gini=lists.gini(shown),
    )


def single_histories(model: Scorer, split: Split, *, people: int) -> Iterable[Histories]:
    """Give the histories of some of the people asked, evenly chosen, one row each."""
    chosen = _answerable(split).ids
    chosen = chosen[np.linspace(0, len(chosen) - 1, min(people, len(chosen))).astype(np.int64)]
    histories = aligned(split.history, IdMap(chosen), model.items)
    return [histories[[row]] for row in range(len(chosen))]


def answer_milliseconds(
    answer: Callable[[Histories], object],
    histories: Iterable[Histories],
    *,
    clock: Callable[[], float] = time.perf_counter,
) -> NDArray[np.float64]:
    """Time one answer for each history, in milliseconds; the first is asked twice to warm up."""
    taken = []
    for number, history in enumerate(histories):
        if number == 0:
            answer(history)
        start = clock()
        answer(history)
        taken.append((clock() - start) * 1000)
    return np.array(taken)


def aligned(data: Interactions, users: IdMap, items: IdMap) -> Histories:
    """Lay ratings out as csr float32 [users, items] of other maps; what they lack is left out.

    The entries of a row are in the order of time, as histories are, and at one second by item.
    """
    rows = users.rows(data.users.ids)[data.user_index]
    columns = items.rows(data.items.ids)[data.item_index]
    known = (rows >= 0) & (columns >= 0)
    rows, columns, ratings = rows[known], columns[known], data.ratings[known]
    order = np.lexsort((columns, data.timestamps[known], rows))
    bounds = np.searchsorted(rows[order], np.arange(len(users) + 1)).astype(np.int32)
    return csr_array(
        (ratings[order], columns[order].astype(np.int32), bounds),
        shape=(len(users), len(items)),
        dtype=np.float32,
    )


def _answerable(split: Split) -> IdMap:
    known = split.train.items.rows(split.target.items.ids)[split.target.item_index] >= 0
    users = np.unique(split.target.user_index[known])
    if len(users) == 0:
        raise NothingToEvaluate("Nobody waits for a film that the training data has.")
    return IdMap(split.target.users.ids[users])


def _liked(histories: Histories) -> Histories:
    """Keep the entries that are likes."""
    liked = histories.data >= LIKED
    before = np.concatenate([[0], np.cumsum(liked)])
    return csr_array(
        (histories.data[liked], histories.indices[liked], before[histories.indptr]),
        shape=histories.shape,
    )


def _scores(model: Scorer, histories: Histories, films: IdMap) -> NDArray[np.float32]:
    """Score the films in their own order; one that the model does not know is never shown."""
    columns = model.items.rows(films.ids)
    scores = model.score(histories)[:, columns]
    scores[:, columns < 0] = -np.inf
    return scores
