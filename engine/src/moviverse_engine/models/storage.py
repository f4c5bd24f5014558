"""A model's folder: `model.json` beside plain `.npy` files, every one of them mappable."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_array

from moviverse_engine.interactions import IdMap
from moviverse_engine.interactions.errors import InvalidInteractions
from moviverse_engine.models.errors import ModelDamaged

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

DESCRIPTION = "model.json"
ITEM_IDS = "item_ids.npy"
FORMAT = 1


@dataclass(frozen=True)
class Folder:
    """Read and write the parts of one model.

    Raises:
        ModelDamaged: on reading, when a part is missing or has not the expected form.
    """

    path: Path
    mmap: bool = True

    def describe(self, model: str, config: Mapping[str, object]) -> None:
        """Write the model's name and settings."""
        self.path.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"format": FORMAT, "model": model, "config": config}, indent=2)
        (self.path / DESCRIPTION).write_text(text + "\n", encoding="utf-8")

    def description(self) -> tuple[str, dict[str, object]]:
        """Return the model's name and settings."""
        path = self.path / DESCRIPTION
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            name, config, version = content["model"], content["config"], content["format"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelDamaged(f"{path} cannot be read.") from error
        if version != FORMAT or not isinstance(name, str) or not isinstance(config, dict):
            raise ModelDamaged(f"{path} does not describe a model of format {FORMAT}.")
        return name, config

    def put_items(self, items: IdMap) -> None:
        np.save(self.path / ITEM_IDS, items.ids)

    def items(self) -> IdMap:
        try:
            return IdMap(self._load(ITEM_IDS, np.int64))
        except InvalidInteractions as error:
            raise ModelDamaged(f"{self.path / ITEM_IDS} is no id map: {error}") from error

    def put(self, name: str, array: NDArray[Any]) -> None:
        np.save(self.path / f"{name}.npy", array)

    def get(
        self, name: str, dtype: type[np.generic], shape: tuple[int, ...] | None = None
    ) -> NDArray[Any]:
        array = self._load(f"{name}.npy", dtype)
        if shape is not None and array.shape != shape:
            raise ModelDamaged(f"{self.path / name}.npy has shape {array.shape}, not {shape}.")
        return array

    def put_sparse(self, name: str, matrix: csr_array[np.float32, tuple[int, int]]) -> None:
        for part in ("data", "indices", "indptr"):
            self.put(f"{name}.{part}", getattr(matrix, part))

    def get_sparse(
        self, name: str, shape: tuple[int, int]
    ) -> csr_array[np.float32, tuple[int, int]]:
        parts = (
            self.get(f"{name}.data", np.float32),
            self.get(f"{name}.indices", np.int32),
            self.get(f"{name}.indptr", np.int32, (shape[0] + 1,)),
        )
        try:
            return csr_array(parts, shape=shape)
        except ValueError as error:
            raise ModelDamaged(f"{self.path / name} is no sparse matrix: {error}") from error

    def _load(self, file: str, dtype: type[np.generic]) -> NDArray[Any]:
        path = self.path / file
        try:
            array = np.load(path, mmap_mode="r" if self.mmap else None, allow_pickle=False)
        except (OSError, ValueError) as error:
            raise ModelDamaged(f"{path} cannot be read.") from error
        if not isinstance(array, np.ndarray) or array.dtype != dtype:
            raise ModelDamaged(f"{path} does not hold {dtype.__name__}.")
        return array.view(np.ndarray)  # the same map; np.memmap slows every small operation down
