"""Training with PyTorch; nothing here is needed to answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
import torch

from moviverse_engine.models.neural.network import Network

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moviverse_engine.interactions import Progress
    from moviverse_engine.models.neural.people import Batch, People
    from moviverse_engine.models.neural.settings import NeuralConfig

_FIRST_STEPS = 10  # in which the average of the weights still forgets fast
_SEEN = -1e9


class Design(Protocol):
    """Say what is learnt, and how the arrays of a `Network` are made of it.

    Attributes:
        name: what people call the model.
        parameters: tensors to learn, by name.
    """

    name: str
    parameters: dict[str, torch.Tensor]

    def arrays(
        self, parameters: Mapping[str, torch.Tensor], generator: torch.Generator | None = None
    ) -> dict[str, torch.Tensor]:
        """Return the tensors of a `Network`; with a generator, as one step of training has them."""


def trained(
    design: Design,
    people: People,
    config: NeuralConfig,
    rng: np.random.Generator,
    progress: Progress,
) -> Network:
    """Learn by Adam (Kingma & Ba, ICLR 2015) and return the averaged weights of the best epoch.

    The loss is the multinomial one of Liang et al. (WWW 2018): minus the logarithm of the softmax
    of every like that was taken out of a history, among the items that are not in what is left of
    it. So nothing is learnt from an item being in its own history.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(config.threads)
    try:
        return _best(design, people, config, rng, progress)
    finally:
        torch.set_num_threads(threads)


def _best(
    design: Design,
    people: People,
    config: NeuralConfig,
    rng: np.random.Generator,
    progress: Progress,
) -> Network:
    generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
    for tensor in design.parameters.values():
        tensor.requires_grad_(requires_grad=True)
    optimizer = torch.optim.Adam(list(design.parameters.values()), lr=config.learning_rate)
    average = {name: each.detach().clone() for name, each in design.parameters.items()}
    network, best, best_epoch, steps, heard = numpy_network(design, average), -1.0, 0, 0, ""
    for epoch in range(config.epochs):
        progress(epoch / config.epochs, f"{design.name}, epoch {epoch + 1}{heard}")
        for batch in people.batches(config, rng):
            loss = _loss(design, batch, config, generator, pretraining=epoch < config.hidden_from)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            steps += 1
            decay = min(config.averaging, steps / (steps + _FIRST_STEPS))
            for name, each in average.items():
                each.lerp_(design.parameters[name].detach(), 1.0 - decay)
        latest = numpy_network(design, average)
        found = people.ndcg(latest, config.like_threshold)
        if found is None or found > best:
            network, best, best_epoch = latest, found or 0.0, epoch
        elif epoch - best_epoch >= config.patience:
            break
        heard = "" if found is None else f": NDCG@100 {found:.3f} of people held back"
    return network


def _loss(
    design: Design,
    batch: Batch,
    config: NeuralConfig,
    generator: torch.Generator,
    *,
    pretraining: bool,
) -> torch.Tensor:
    arrays = design.arrays(design.parameters, generator)
    if pretraining:
        arrays["top"] = arrays["top"][:0]
    shape = (len(batch.counts), arrays["inputs"].shape[1])
    kept = (torch.rand(shape, generator=generator) >= config.dropout) / (1.0 - config.dropout)
    scores = logits(arrays, batch, kept)
    seen = tuple(map(torch.from_numpy, batch.seen))
    scores = scores.index_put(seen, torch.tensor(_SEEN))
    wanted = tuple(map(torch.from_numpy, batch.wanted))
    return -torch.log_softmax(scores, dim=1)[wanted].sum() / len(batch.counts)


def logits(
    arrays: Mapping[str, torch.Tensor], batch: Batch, kept: torch.Tensor | None = None
) -> torch.Tensor:
    """Score a batch's items for its people, as `Network.scores` does: [n_people, n_asked].

    Args:
        arrays: the tensors of a `Network`; without `top` the hidden layer is left out.
        batch: whose histories are pooled, and which items are asked for.
        kept: factors of the pooled numbers, [n_people, width].
    """
    bags = torch.from_numpy(batch.rows), torch.from_numpy(batch.starts)
    sums = torch.nn.functional.embedding_bag(bags[0], arrays["inputs"], bags[1], mode="sum")
    counts = torch.from_numpy(np.maximum(batch.counts, 1).astype(np.float32))[:, None]
    p = sums * counts ** -arrays["exponent"] + arrays["offset"]
    p = p if kept is None else p * kept
    asked = torch.from_numpy(batch.asked)
    d, t = arrays["outputs"].shape[1], arrays["user_hidden"].shape[0]
    scores = p[:, :d] @ arrays["outputs"][asked].T + arrays["bias"][asked]
    if len(arrays["top"]):
        own = p[:, p.shape[1] - t :] @ arrays["user_hidden"]
        layer = torch.relu(own[:, None, :] + arrays["item_hidden"][asked])
        scores = scores + layer @ arrays["top"]
    return scores


def numpy_network(design: Design, parameters: Mapping[str, torch.Tensor]) -> Network:
    """Return what a design makes of some weights, as arrays that answer without PyTorch."""
    with torch.no_grad():
        arrays = design.arrays(parameters)
        return Network(**{name: each.detach().numpy().copy() for name, each in arrays.items()})
