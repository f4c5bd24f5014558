"""Models by name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from moviverse_engine.models.content import Content
from moviverse_engine.models.ease import EASE
from moviverse_engine.models.errors import UnknownModel
from moviverse_engine.models.hybrid import Hybrid
from moviverse_engine.models.ials import IALS
from moviverse_engine.models.itemknn import ItemKNN
from moviverse_engine.models.neural import DeepFM, NeuralMF
from moviverse_engine.models.popularity import Popularity
from moviverse_engine.models.sequence import Sequence
from moviverse_engine.models.storage import Folder
from moviverse_engine.models.svd import SVD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moviverse_engine.models.base import Model

MODELS: Mapping[str, type[Model[Any]]] = {
    model.name: model
    for model in (Popularity, ItemKNN, EASE, IALS, SVD, Content, NeuralMF, DeepFM, Sequence, Hybrid)
}


def find(name: str) -> type[Model[Any]]:
    """Return the model class of a name, in any case.

    Raises:
        UnknownModel: there is none; the message lists those there are.
    """
    for known, model in MODELS.items():
        if known.lower() == name.lower():
            return model
    raise UnknownModel(f"There is no model {name!r}; there are {', '.join(MODELS)}.")


def load(folder: Path, *, mmap: bool = True) -> Model[Any]:
    """Open whatever model a folder holds.

    Raises:
        UnknownModel: it was written by a model that this version does not have.
        ModelDamaged: a part is missing or is not what it should be.
    """
    name, _ = Folder(Path(folder)).description()
    return find(name).load(folder, mmap=mmap)
