"""A published version: the model, and beside it what makes its rows readable."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moviverse_engine import artifact
from moviverse_engine.artifact import ArtifactDamaged
from moviverse_engine.features import ItemFeatures
from moviverse_engine.models import registry

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from moviverse_engine.models import Model

MODEL = "model"
_TITLES = "titles.json"
_FEATURES = "film_features"


@dataclass(frozen=True)
class Published:
    """Point to a version of a model; `features` is None where it learnt without descriptions."""

    version: str
    model: Model[Any]
    titles: dict[int, str]
    features: ItemFeatures | None


def write(
    folder: Path, model: Model[Any], *, titles: Mapping[int, str], features: ItemFeatures | None
) -> None:
    """Fill the folder of a new version."""
    model.save(folder / MODEL)
    (folder / _TITLES).write_text(json.dumps(titles), encoding="utf-8")
    if features is not None:
        features.aligned(model.items).save(folder / _FEATURES)


def read(models_dir: Path, name: str) -> Published:
    """Open the active version of a model, in whatever case its name is given.

    Raises:
        UnknownModel, ArtifactNotFound, ArtifactDamaged, ModelDamaged: it cannot be opened.
    """
    found = artifact.open(models_dir, registry.find(name).name)
    model = registry.load(found.folder / MODEL)
    features = None
    if (found.folder / _FEATURES).is_dir():
        features = ItemFeatures.load(found.folder / _FEATURES, items=model.items)
    return Published(found.version, model, _titles(found.folder / _TITLES), features)


def _titles(path: Path) -> dict[int, str]:
    if not path.exists():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return {int(film): str(title) for film, title in content.items()}
    except (ValueError, AttributeError) as error:
        raise ArtifactDamaged(f"{path} holds no titles.") from error
