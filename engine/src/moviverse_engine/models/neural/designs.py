"""What the two networks learn, as PyTorch tensors, and how it becomes arrays that answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from scipy.sparse import csr_array

from moviverse_engine.models.likes import likes
from moviverse_engine.models.singular_vectors import right_singular_vectors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from moviverse_engine.features import ItemFeatures
    from moviverse_engine.models.neural.order import Canonical
    from moviverse_engine.models.neural.settings import NeuralConfig

_SPREAD = 0.05  # standard deviation of what starts at random
_STEEPNESS = 8.0  # how much longer the items' vectors start than those of the ratings


class NeuMF:
    """Learn separate vectors for the product and for the hidden layer (He et al. 2017)."""

    name = "NeuralMF"

    def __init__(
        self, table: Canonical, config: NeuralConfig, tower_factors: int, rng: np.random.Generator
    ) -> None:
        n, self._liked = table.ratings.shape[1], table.liked
        vectors, bias = _start(table, config, rng)
        low = torch.zeros(n, config.factors + tower_factors)
        high = torch.cat([vectors, _random(rng, n, tower_factors)], dim=1)
        self.parameters = {
            "inputs": torch.cat([high, low]),
            "offset": torch.zeros(config.factors + tower_factors),
            "exponent": torch.tensor([0.5]),
            "outputs": _STEEPNESS * vectors,
            "bias": bias,
            **_layer(tower_factors, config.hidden, rng),
            "item_hidden": _random(rng, n, config.hidden),
        }

    def arrays(
        self, parameters: Mapping[str, torch.Tensor], generator: torch.Generator | None = None
    ) -> dict[str, torch.Tensor]:
        """Do as `Design.arrays`; a step of training sees what is kept."""
        del generator
        arrays = dict(parameters)
        arrays["item_hidden"] = parameters["item_hidden"] + arrays.pop("hidden_bias")
        known = parameters["bias"][: self._liked]
        if 0 < self._liked < len(parameters["bias"]):
            least = known.min().expand(len(parameters["bias"]) - self._liked)
            arrays["bias"] = torch.cat([known, least])
        return arrays


class FactorisationMachine:
    """Learn one vector for each item and feature, for the products and the hidden layer alike."""

    name = "DeepFM"

    def __init__(
        self,
        table: Canonical,
        features: ItemFeatures | None,
        config: NeuralConfig,
        nameless: float,
        rng: np.random.Generator,
    ) -> None:
        self._nameless = nameless
        self._fields = [] if features is None else _fields(features, table.items)
        n, n_features = len(table.items), 0 if features is None else len(features.names)
        d, hidden = config.factors, config.hidden
        vectors, bias = _start(table, config, rng)
        self.parameters = {
            "likes": vectors,
            "low": torch.zeros(n, d),
            "items": _STEEPNESS * vectors,
            "bias": bias,
            "feature_likes": torch.zeros(n_features, d),
            "feature_low": torch.zeros(n_features, d),
            "feature_items": torch.zeros(n_features, d),
            "feature_bias": torch.zeros(n_features, 1),
            "offset": torch.zeros(d),
            "exponent": torch.tensor([0.5]),
            **_layer(d, hidden, rng),
            "field_hidden": _random(rng, (1 + len(self._fields)) * d, hidden).reshape(
                1 + len(self._fields), d, hidden
            ),
        }

    def arrays(
        self, parameters: Mapping[str, torch.Tensor], generator: torch.Generator | None = None
    ) -> dict[str, torch.Tensor]:
        """Do as `Design.arrays`; a step of training sees some items by their features alone."""
        bias = parameters["bias"]
        named = torch.ones(len(bias), 1)
        if generator is not None and self._fields:
            named = (torch.rand(len(bias), 1, generator=generator) >= self._nameless).float()
        vectors = [named * parameters["items"], *self._of_fields(parameters["feature_items"])]
        total = torch.stack(vectors).sum(dim=0)
        products = total.square().sum(dim=1)
        for vector in vectors:
            products = products - vector.square().sum(dim=1)
        own = [
            named[:, 0] * bias,
            *(each[:, 0] for each in self._of_fields(parameters["feature_bias"])),
        ]
        layers = [
            vector @ weights
            for vector, weights in zip(vectors, parameters["field_hidden"], strict=True)
        ]
        high = [named * parameters["likes"], *self._of_fields(parameters["feature_likes"])]
        low = [named * parameters["low"], *self._of_fields(parameters["feature_low"])]
        return {
            "inputs": torch.cat([torch.stack(high).sum(dim=0), torch.stack(low).sum(dim=0)]),
            "offset": parameters["offset"],
            "exponent": parameters["exponent"],
            "outputs": total,
            "bias": torch.stack(own).sum(dim=0) + products / 2,
            "user_hidden": parameters["user_hidden"],
            "item_hidden": torch.stack(layers).sum(dim=0) + parameters["hidden_bias"],
            "top": parameters["top"],
        }

    def _of_fields(self, weights: torch.Tensor) -> list[torch.Tensor]:
        """Sum the weights of each item's features, field by field: [n_items, k] each."""
        return [torch.sparse.mm(field, weights) for field in self._fields]


def _start(
    table: Canonical, config: NeuralConfig, rng: np.random.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return vectors [n_items, factors] and biases [n_items] that rank sensibly from the start.

    They are the singular vectors of the likes, each person's row scaled to length 1, and how many
    likes an item has on a logarithmic scale; both 0 for items without a like.
    """
    n, liked = table.ratings.shape[1], likes(table.ratings, config.like_threshold)
    liked = liked[np.diff(liked.indptr) > 0][:, : table.liked]
    counts = np.diff(liked.indptr)
    weights = np.repeat(counts.astype(np.float32) ** np.float32(-0.5), counts)
    scaled = csr_array((weights, liked.indices, liked.indptr), shape=liked.shape)
    found = right_singular_vectors(scaled, config.factors, rng)
    vectors = np.zeros((n, config.factors), dtype=np.float32)
    vectors[: table.liked, : found.shape[1]] = found
    bias = np.zeros(n, dtype=np.float32)
    if table.liked:
        known = np.log1p(np.bincount(liked.indices, minlength=table.liked))
        bias[: table.liked] = known - known.mean()
    return torch.from_numpy(vectors), torch.from_numpy(bias)


def _layer(width: int, hidden: int, rng: np.random.Generator) -> dict[str, torch.Tensor]:
    """Return a hidden layer that says nothing yet."""
    return {
        "user_hidden": _random(rng, width, hidden) / (_SPREAD * width**0.5),
        "hidden_bias": torch.zeros(hidden),
        "top": torch.zeros(hidden),
    }


def _random(rng: np.random.Generator, rows: int, columns: int) -> torch.Tensor:
    drawn: NDArray[np.float32] = rng.standard_normal((rows, columns), dtype=np.float32)
    return torch.from_numpy(drawn) * _SPREAD


def _fields(features: ItemFeatures, items: NDArray[np.int64]) -> list[torch.Tensor]:
    """Return each field's weights of the features, [n_items, n_features] and sparse."""
    ordered = csr_array(features.matrix[items]).tocoo()
    rows, columns = ordered.coords
    field = features.field_index[columns]
    return [
        torch.sparse_coo_tensor(
            torch.from_numpy(
                np.vstack([rows[field == one], columns[field == one]]).astype(np.int64)
            ),
            torch.from_numpy(ordered.data[field == one]),
            size=ordered.shape,
            check_invariants=False,
        ).coalesce()
        for one in np.unique(features.field_index).tolist()
    ]
