"""What an item is about: weighted fields as one sparse row of unit length."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
from scipy.sparse import csr_array

from moviverse_engine.features.errors import FeaturesDamaged, InvalidFeatures
from moviverse_engine.features.words import folded, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from moviverse_engine.interactions import IdMap

    Record = Mapping[str, Sequence[str] | str]

_TEXT_FIELDS = frozenset({"overview"})
_FEWEST_ITEMS = 2  # what a single item has can match no other one
MOST_WORDS = 12  # of a text, the most telling: more find nothing more, and take as long again


@dataclass(frozen=True, kw_only=True)
class FieldWeights:
    """Weigh the fields against each other; 0 leaves a field out."""

    genres: float = 1.0
    keywords: float = 1.0
    directors: float = 0.6
    cast: float = 0.5
    overview: float = 0.5
    decade: float = 0.3
    language: float = 0.3


@dataclass(frozen=True, eq=False)
class ItemFeatures:
    """Hold TF-IDF features of n items; the dot product of two rows is their cosine.

    Attributes:
        items: ids of the rows.
        matrix: csr float32[n_items, n_features], rows of length 1, or 0 for an item without any.
        fields: names of the fields.
        names: the features as people read them, in the order of the columns.
        field_index: int16[n_features], position in `fields` of each feature.
    """

    items: IdMap
    matrix: csr_array[np.float32, tuple[int, int]]
    fields: tuple[str, ...]
    names: tuple[str, ...]
    field_index: NDArray[np.int16]

    @classmethod
    def build(
        cls,
        items: IdMap,
        records: Mapping[int, Record],
        weights: FieldWeights | None = None,
    ) -> Self:
        """Weigh the records of items; items without a record get an empty row.

        Each field is weighted by TF-IDF (Salton & Buckley 1988: tf * (1 + log(n / df))) and scaled
        to unit length by itself before the fields are weighed, so that a long overview does not
        drown two genres. Of a text the words that tell most count, at most 12. A name counts once
        however it is spelled in case and accents.

        Raises:
            InvalidFeatures: a record has an unknown field or a value that is not text.
        """
        shares = {name: w for name, w in asdict(weights or FieldWeights()).items() if w > 0}
        known = asdict(FieldWeights()).keys()
        for item_id, record in records.items():
            unknown = record.keys() - known
            if unknown:
                raise InvalidFeatures(f"Item {item_id} has an unknown field {min(unknown)!r}.")
        blocks, names, field_index = [], list[str](), list[int]()
        for place, (field, weight) in enumerate(shares.items()):
            block, spelled = _field_block(items, records, field)
            blocks.append(_unit_rows(block) * np.float32(weight))
            names.extend(spelled)
            field_index.extend([place] * len(spelled))
        return cls(
            items=items,
            matrix=_unit_rows(_side_by_side(blocks, len(items))),
            fields=tuple(shares),
            names=tuple(names),
            field_index=np.array(field_index, dtype=np.int16),
        )

    def field(self, feature: int) -> str:
        """Return the name of a feature's field."""
        return self.fields[int(self.field_index[feature])]

    def aligned(self, items: IdMap) -> ItemFeatures:
        """Return the same features with one row for each of `items`, in their order."""
        if items == self.items:
            return self
        source = self.items.rows(items.ids)
        lengths = np.diff(self.matrix.indptr)
        counts = np.where(source >= 0, lengths[source] if len(lengths) else 0, 0)
        bounds = np.concatenate([[0], np.cumsum(counts)])
        rows = csr_array(self.matrix[source[source >= 0]]) if len(lengths) else self.matrix
        shape = (len(items), self.matrix.shape[1])
        parts = (rows.data.astype(np.float32, copy=False), rows.indices, bounds.astype(np.int32))
        matrix = csr_array(parts, shape=shape, dtype=np.float32)
        return ItemFeatures(items, matrix, self.fields, self.names, self.field_index)

    def save(self, folder: Path) -> None:
        """Write arrays and names; the ids are the model's, which stores them once."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        np.save(folder / "data.npy", self.matrix.data)
        np.save(folder / "indices.npy", self.matrix.indices)
        np.save(folder / "indptr.npy", self.matrix.indptr)
        np.save(folder / "field_index.npy", self.field_index)
        text = json.dumps({"fields": self.fields, "names": self.names}, ensure_ascii=False)
        (folder / "names.json").write_text(text, encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, *, items: IdMap, mmap: bool = True) -> Self:
        """Open what `save` wrote, arrays mapped read-only.

        Raises:
            FeaturesDamaged: a file is missing or does not fit the others.
        """
        folder = Path(folder)
        try:
            data, indices, indptr, field_index = (
                np.load(folder / name, mmap_mode="r" if mmap else None, allow_pickle=False).view(
                    np.ndarray
                )
                for name in ("data.npy", "indices.npy", "indptr.npy", "field_index.npy")
            )
            text = json.loads((folder / "names.json").read_text(encoding="utf-8"))
            fields, names = tuple(text["fields"]), tuple(text["names"])
            matrix = csr_array((data, indices, indptr), shape=(len(items), len(names)))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise FeaturesDamaged(f"The features in {folder} cannot be read: {error}") from error
        if len(field_index) != len(names):
            raise FeaturesDamaged(f"The features in {folder} do not fit together.")
        return cls(items, matrix, fields, names, field_index)


def _values(record: Record, field: str) -> Iterable[tuple[str, str]]:
    """Yield (key for comparison, spelling) of a field's values."""
    value = record.get(field, ())
    if field in _TEXT_FIELDS:
        text = value if isinstance(value, str) else " ".join(value)
        for word in words(text):
            yield word, word
        return
    for name in (value,) if isinstance(value, str) else value:
        if not isinstance(name, str):
            raise InvalidFeatures(f"A value of {field} is {name!r}, not text.")
        key = folded(name)
        if key:
            yield key, name.strip()


def _field_block(
    items: IdMap, records: Mapping[int, Record], field: str
) -> tuple[csr_array[np.float32, tuple[int, int]], list[str]]:
    spelling: dict[str, str] = {}
    counts: list[tuple[int, Counter[str]]] = []
    spread: Counter[str] = Counter()
    for row, item_id in enumerate(items.ids.tolist()):
        found: Counter[str] = Counter()
        for key, name in _values(records.get(item_id, {}), field):
            spelling.setdefault(key, name)
            found[key] += 1
        spread.update(found.keys())
        counts.append((row, found))
    kept = sorted(key for key, n in spread.items() if n >= _FEWEST_ITEMS)
    column = {key: place for place, key in enumerate(kept)}
    described = sum(1 for _, found in counts if found)
    weight = {key: 1.0 + np.log(described / spread[key]) for key in kept}
    entries = [
        (row, column[key], value)
        for row, found in counts
        for key, value in _telling(
            {k: n * weight[k] for k, n in found.items() if k in column}, field
        )
    ]
    rows, columns, values = zip(*entries, strict=True) if entries else ((), (), ())
    block = csr_array(
        (np.array(values, np.float32), (np.array(rows, np.int32), np.array(columns, np.int32))),
        shape=(len(items), len(kept)),
    )
    return block, [spelling[key] for key in kept]


def _telling(values: Mapping[str, float], field: str) -> Iterable[tuple[str, float]]:
    """Return the values of a field that count; of a text's equal ones, the first by the alphabet."""
    if field not in _TEXT_FIELDS or len(values) <= MOST_WORDS:
        return values.items()
    return sorted(values.items(), key=lambda each: (-each[1], each[0]))[:MOST_WORDS]


def _side_by_side(
    blocks: list[csr_array[np.float32, tuple[int, int]]], n_items: int
) -> csr_array[np.float32, tuple[int, int]]:
    """Join blocks by columns; unlike scipy's hstack this takes no block at all, too."""
    coordinates = [block.tocoo() for block in blocks]
    starts = np.cumsum([0, *(block.shape[1] for block in blocks)])
    empty = np.empty(0, np.int32)
    rows = np.concatenate([empty, *(c.coords[0] for c in coordinates)])
    columns = np.concatenate(
        [empty, *(c.coords[1] + s for c, s in zip(coordinates, starts, strict=False))]
    )
    data = np.concatenate([np.empty(0, np.float32), *(c.data for c in coordinates)])
    return csr_array(
        (data, (rows.astype(np.int32), columns.astype(np.int32))),
        shape=(n_items, int(starts[-1])),
    )


def _unit_rows(
    matrix: csr_array[np.float32, tuple[int, int]],
) -> csr_array[np.float32, tuple[int, int]]:
    lengths = np.sqrt(matrix.multiply(matrix).sum(axis=1))
    scale = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    data = matrix.data * np.repeat(scale, np.diff(matrix.indptr))
    return csr_array((data.astype(np.float32), matrix.indices, matrix.indptr), shape=matrix.shape)
