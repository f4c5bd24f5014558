"""What a filter or a sentence needs to know of a model's films, as arrays beside the model.

They are written at the training and mapped by every worker, so that a request filters 50,000
films by genre and year without asking the database.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from moviverse_engine import EngineError
from moviverse_engine.features import ItemFeatures

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from moviverse.recommendations.films import Film
    from moviverse_engine.interactions import IdMap

_ARRAYS = ("years", "genres", "support", "title_bytes", "title_ends")


class FactsDamaged(EngineError):
    """The facts beside a model are missing or do not fit it."""


@dataclass(frozen=True)
class Facts:
    """Tell of n films, by the rows of a model.

    Attributes:
        years: int16[n], of the release; 0 where it is not known.
        genres: bool[n, n_genres].
        genre_names: in the order of the columns.
        support: int32[n], how many ratings the training saw.
        title_bytes: uint8, all titles in UTF-8, one after the other.
        title_ends: int64[n], where each title ends.
        features: what the films are about, one row each.
    """

    years: NDArray[np.int16]
    genres: NDArray[np.bool_]
    genre_names: tuple[str, ...]
    support: NDArray[np.int32]
    title_bytes: NDArray[np.uint8]
    title_ends: NDArray[np.int64]
    features: ItemFeatures
    _titles: dict[int, str] = field(default_factory=dict, init=False, compare=False, repr=False)

    @classmethod
    def build(
        cls,
        films: Sequence[Film | None],
        *,
        support: NDArray[np.int32],
        features: ItemFeatures,
        genre_names: Sequence[str] | None = None,
    ) -> Facts:
        """Lay the films out; None stands for one that the catalogue does not hold."""
        if genre_names is None:
            genre_names = sorted({name for film in films if film for name in film.genres})
        place = {name: column for column, name in enumerate(genre_names)}
        genres = np.zeros((len(films), len(place)), dtype=np.bool_)
        for row, film in enumerate(films):
            for name in film.genres if film else ():
                if name in place:
                    genres[row, place[name]] = True
        titles = [film.title.encode() if film else b"" for film in films]
        return cls(
            years=np.array([film.year or 0 if film else 0 for film in films], dtype=np.int16),
            genres=genres,
            genre_names=tuple(genre_names),
            support=support.astype(np.int32),
            title_bytes=np.frombuffer(b"".join(titles), dtype=np.uint8),
            title_ends=np.cumsum([len(title) for title in titles], dtype=np.int64),
            features=features,
        )

    def title(self, row: int) -> str:
        """Return a film's title as it was at the training."""
        title = self._titles.get(row)
        if title is None:
            start = int(self.title_ends[row - 1]) if row else 0
            title = bytes(self.title_bytes[start : int(self.title_ends[row])]).decode()
            self._titles[row] = title  # of the films that people rate, which are few
        return title

    def joined(self, other: Facts) -> Facts:
        """Return these films and then those of `other`, whose genres are in the same order."""
        start = self.title_ends[-1:]
        ends = [self.title_ends, other.title_ends + (start if len(start) else 0)]
        return Facts(
            years=np.concatenate([self.years, other.years]),
            genres=np.concatenate([self.genres, other.genres]),
            genre_names=self.genre_names,
            support=np.concatenate([self.support, other.support]),
            title_bytes=np.concatenate([self.title_bytes, other.title_bytes]),
            title_ends=np.concatenate(ends),
            features=other.features,
        )

    def aligned(self, own: IdMap, items: IdMap) -> Facts:
        """Return the facts of `items`; of one that is not among `own` nothing is known.

        Args:
            own: the ids of these facts.
            items: the ids of the facts wanted.
        """
        source = own.rows(items.ids)
        known = source >= 0
        ends = np.concatenate([[0], self.title_ends])
        titles = [
            self.title_bytes[ends[row] : ends[row + 1]] if row >= 0 else self.title_bytes[:0]
            for row in source.tolist()
        ]
        return Facts(
            years=np.where(known, self.years[source], 0).astype(np.int16),
            genres=self.genres[source] & known[:, None],
            genre_names=self.genre_names,
            support=np.where(known, self.support[source], 0).astype(np.int32),
            title_bytes=np.concatenate([self.title_bytes[:0], *titles]),
            title_ends=np.cumsum([len(title) for title in titles], dtype=np.int64),
            features=self.features.aligned(items),
        )

    def titles(self, items: IdMap) -> dict[int, str]:
        """Return the title of every film by its id."""
        return {movie_id: self.title(row) for row, movie_id in enumerate(items.ids.tolist())}

    def save(self, folder: Path) -> None:
        """Write arrays and names into a new folder."""
        folder.mkdir(parents=True)
        for name in _ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self, name))
        (folder / "genre_names.json").write_bytes(orjson.dumps(list(self.genre_names)))
        self.features.save(folder / "features")

    @classmethod
    def load(cls, folder: Path, *, items: IdMap) -> Facts:
        """Open what `save` wrote, arrays mapped read-only.

        Raises:
            FactsDamaged: a file is missing or does not fit the model's items.
        """
        try:
            arrays: dict[str, NDArray[Any]] = {
                name: _mapped(folder / f"{name}.npy") for name in _ARRAYS
            }
            names = tuple(orjson.loads((folder / "genre_names.json").read_bytes()))
            features = ItemFeatures.load(folder / "features", items=items)
        except (OSError, ValueError, TypeError) as error:
            raise FactsDamaged(f"The facts in {folder} cannot be read: {error}") from error
        lengths = {len(arrays[name]) for name in _ARRAYS if name != "title_bytes"}
        if lengths != {len(items)} or arrays["genres"].shape[1:] != (len(names),):
            raise FactsDamaged(f"The facts in {folder} are of other films than the model.")
        return cls(genre_names=names, features=features, **arrays)


def _mapped(path: Path) -> NDArray[Any]:
    # The view is the same map; `np.memmap` itself slows every small operation down.
    mapped: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    return mapped.view(np.ndarray)
