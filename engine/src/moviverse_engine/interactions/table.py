"""Who rated what, when: the columns that every model is trained on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
from scipy.sparse import csr_array

from moviverse_engine.interactions import corpus, ordering
from moviverse_engine.interactions.errors import (
    CorpusDamaged,
    InvalidInteractions,
    MissingColumn,
)
from moviverse_engine.interactions.ids import IdMap, int64_ids

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from numpy.typing import ArrayLike, NDArray

LOWEST_RATING, HIGHEST_RATING = 0.5, 5.0
IMPLICIT_RATING = 5.0
_COLUMNS = ("user_ids", "item_ids", "user_index", "item_index", "ratings", "timestamps")


@dataclass(frozen=True, eq=False)
class Interactions:
    """Hold n ratings as columns, sorted by user row and then item row, each pair once.

    Attributes:
        users: ids of the users' rows.
        items: ids of the items' rows.
        user_index: int32[n], row of the user.
        item_index: int32[n], row of the item.
        ratings: float32[n], 0.5 to 5.0.
        timestamps: int64[n], seconds since 1970, UTC.
        duplicates: how many rows of the source a later row of the same pair replaced.
    """

    users: IdMap
    items: IdMap
    user_index: NDArray[np.int32]
    item_index: NDArray[np.int32]
    ratings: NDArray[np.float32]
    timestamps: NDArray[np.int64]
    duplicates: int = 0

    def __post_init__(self) -> None:
        columns = (self.user_index, self.item_index, self.ratings, self.timestamps)
        if any(column.shape != (len(self),) for column in columns):
            raise InvalidInteractions("The columns differ in length.")

    def __len__(self) -> int:
        return len(self.ratings)

    @classmethod
    def from_columns(
        cls,
        user_ids: ArrayLike,
        item_ids: ArrayLike,
        ratings: ArrayLike,
        timestamps: ArrayLike,
    ) -> Self:
        """Build from parallel columns in original ids; of a pair's rows the last by time stays.

        Of rows at the same second the later row stays.

        Raises:
            InvalidInteractions: lengths differ, a rating is outside 0.5-5.0 or not a number, an id
                is not an integer, a time is negative.
        """
        columns: list[NDArray[Any]] = [
            int64_ids(user_ids),
            int64_ids(item_ids),
            np.array(ratings, dtype=np.float32),
            int64_ids(timestamps).copy(),  # the table keeps the last two where they need no sorting
        ]
        return cls.consuming(columns)

    @classmethod
    def consuming(cls, columns: list[NDArray[Any]]) -> Self:
        """Do as `from_columns` with columns nobody else holds, and empty the list on the way.

        At no time is there more in memory than the columns themselves, the table that they become
        and one column: narrow ones (int32 ids and times, float16 ratings) are widened one by one,
        each in its turn freed. Rows that are in order already are not sorted.

        Raises:
            InvalidInteractions: as in `from_columns`.
        """
        users, items, ratings, times = columns
        if not users.shape == items.shape == ratings.shape == times.shape:
            raise InvalidInteractions("The columns differ in length.")
        if not bool(np.all((ratings >= LOWEST_RATING) & (ratings <= HIGHEST_RATING))):
            raise InvalidInteractions("A rating is outside 0.5-5.0.")
        if bool(np.any(times < 0)):
            raise InvalidInteractions("A time lies before 1970.")
        columns.clear()
        rows = len(users)
        user_map, users = ordering.coded(users)
        item_map, items = ordering.coded(items)
        if not ordering.is_ordered(users, items):
            kept = ordering.order(users, items, times, (len(user_map), len(item_map)))
            users = ordering.gathered(users, kept)
            items = ordering.gathered(items, kept)
            ratings = ordering.gathered(ratings, kept)
            times = ordering.gathered(times, kept)
            del kept
        times = times.astype(np.int64, copy=False)
        ratings = ratings.astype(np.float32, copy=False)
        return cls(
            users=user_map,
            items=item_map,
            user_index=users,
            item_index=items,
            ratings=ratings,
            timestamps=times,
            duplicates=rows - len(ratings),
        )

    @classmethod
    def from_frame(
        cls,
        frame: Any,
        *,
        user: str = "userId",
        item: str = "movieId",
        rating: str | None = "rating",
        timestamp: str | None = "timestamp",
    ) -> Self:
        """Build from anything that gives a column by its name: dict, structured array, DataFrame.

        Without a rating column every row counts as 5.0; without a time column as second 0.

        Raises:
            MissingColumn: a named column is absent.
            InvalidInteractions: as in `from_columns`.
        """

        def column(name: str) -> NDArray[Any]:
            try:
                return np.asarray(frame[name])
            except (KeyError, ValueError, IndexError) as error:
                raise MissingColumn(f"There is no column {name!r}.") from error

        users = column(user)
        return cls.from_columns(
            users,
            column(item),
            np.full(len(users), IMPLICIT_RATING) if rating is None else column(rating),
            np.zeros(len(users), dtype=np.int64) if timestamp is None else column(timestamp),
        )

    @cached_property
    def fingerprint(self) -> str:
        """Give the sha256 of ids, ratings and times: the same data, the same fingerprint."""
        digest = hashlib.sha256()
        for column in self._columns().values():
            digest.update(np.ascontiguousarray(column).data)
            digest.update(b"|")
        return digest.hexdigest()

    def matrix(self) -> csr_array[np.float32, tuple[int, int]]:
        """Return the ratings as csr float32[n_users, n_items]; the columns are not copied."""
        bounds = np.searchsorted(self.user_index, np.arange(len(self.users) + 1))
        shape = (len(self.users), len(self.items))
        matrix = csr_array(
            (self.ratings, self.item_index, bounds.astype(np.int32)), shape=shape, dtype=np.float32
        )
        matrix.has_canonical_format = True  # sorted and unique, by this class's own rule
        return matrix

    def filter(
        self, *, min_rating: float = 0.0, min_user: int = 0, min_item: int = 0
    ) -> Interactions:
        """Keep ratings of at least `min_rating`, then items, then users with enough of them left.

        Each bound is applied once, in that order (Liang et al. 2018). Ids without a row go.
        """
        kept = np.flatnonzero(self.ratings >= min_rating)
        for bound, index in ((min_item, self.item_index), (min_user, self.user_index)):
            if bound > 1 and len(kept):
                kept = kept[np.bincount(index[kept])[index[kept]] >= bound]
        users, user_index = np.unique(self.user_index[kept], return_inverse=True)
        items, item_index = np.unique(self.item_index[kept], return_inverse=True)
        return Interactions(
            users=IdMap(self.users.ids[users]),
            items=IdMap(self.items.ids[items]),
            user_index=user_index.astype(np.int32),
            item_index=item_index.astype(np.int32),
            ratings=self.ratings[kept],
            timestamps=self.timestamps[kept],
        )

    def save(self, folder: Path, *, about: Mapping[str, object]) -> None:
        """Store as a corpus: `.npy` columns and a manifest, published by one rename.

        `about` says where the data comes from: source name, synthetic or not, created_at.
        """
        counts = {"users": len(self.users), "items": len(self.items), "interactions": len(self)}
        corpus.write(
            Path(folder),
            self._columns(),
            {
                "about": dict(about),
                "counts": counts,
                "duplicates": self.duplicates,
                "fingerprint": self.fingerprint,
            },
        )

    @classmethod
    def load(cls, folder: Path, *, mmap: bool = True) -> Self:
        """Open a corpus, its columns mapped read-only.

        Raises:
            CorpusNotFound: nothing is there.
            CorpusDamaged: a file is missing, changed or does not fit the others.
        """
        columns = corpus.read(Path(folder), _COLUMNS, mmap=mmap)
        try:
            return cls(
                users=IdMap(columns["user_ids"]),
                items=IdMap(columns["item_ids"]),
                user_index=columns["user_index"],
                item_index=columns["item_index"],
                ratings=columns["ratings"],
                timestamps=columns["timestamps"],
                duplicates=int(corpus.manifest(Path(folder)).get("duplicates", 0)),
            )
        except InvalidInteractions as error:
            raise CorpusDamaged(f"The columns in {folder} do not fit together.") from error

    def _columns(self) -> dict[str, NDArray[Any]]:
        arrays = (
            self.users.ids,
            self.items.ids,
            self.user_index,
            self.item_index,
            self.ratings,
            self.timestamps,
        )
        return dict(zip(_COLUMNS, arrays, strict=True))


def merge(parts: Sequence[Interactions]) -> Interactions:
    """Join corpora: items by their id, users numbered anew so that nobody becomes one with another.

    Users get the ids 0..n-1 in the order of the parts.
    """
    items = IdMap(np.unique(np.concatenate([np.empty(0, np.int64), *(p.items.ids for p in parts)])))
    offsets = np.cumsum([0, *(len(part.users) for part in parts)])

    def joined(columns: list[NDArray[Any]], dtype: type[np.generic]) -> NDArray[Any]:
        return np.concatenate([np.empty(0, dtype), *columns]).astype(dtype, copy=False)

    return Interactions(
        users=IdMap(np.arange(offsets[-1], dtype=np.int64)),
        items=items,
        user_index=joined(
            [
                part.user_index + np.int32(start)
                for part, start in zip(parts, offsets[:-1], strict=True)
            ],
            np.int32,
        ),
        item_index=joined([items.rows(p.items.ids)[p.item_index] for p in parts], np.int32),
        ratings=joined([part.ratings for part in parts], np.float32),
        timestamps=joined([part.timestamps for part in parts], np.int64),
        duplicates=sum(part.duplicates for part in parts),
    )
