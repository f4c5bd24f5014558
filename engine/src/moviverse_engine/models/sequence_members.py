"""Several trainings from other beginnings, side by side, whose scores are added up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context
from functools import partial
from threading import Event, Lock
from typing import TYPE_CHECKING

import numpy as np

from moviverse_engine.models.sequence_training import Factors, Settings, train

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moviverse_engine.interactions import Progress
    from moviverse_engine.models.sequence_order import Pieces


class _Stopped(Exception):
    """Ends a member because another one has ended early."""


def train_members(
    members: int,
    pieces: Pieces,
    counts: NDArray[np.int64],
    config: Settings,
    *,
    rng: np.random.Generator,
    progress: Progress,
) -> Factors:
    """Train each member in a thread of its own, with its own draws; one that fails stops all.

    Args:
        members: how many.
        pieces: as `train` reads them.
        counts: likewise.
        config: likewise.
        rng: each member gets a stream of its own from it.
        progress: hears of the mean of all; may raise to stop.

    Returns:
        The members' vectors one behind the other, so that products add up: E float32[k, n,
        members * d], V float32[n, members * d + 1] with the sum of the biases at the end.
    """
    stop, lock = Event(), Lock()
    shares = [0.0] * members

    def one(member: int, draws: np.random.Generator) -> Factors:
        def tell(share: float, message: str, /) -> None:
            with lock:
                if stop.is_set():
                    raise _Stopped
                shares[member] = share
                progress(sum(shares) / members, message)

        try:
            return train(pieces, counts, config, draws, tell)
        except BaseException:
            stop.set()
            raise

    with ThreadPoolExecutor(members) as pool:
        try:
            running = [
                pool.submit(copy_context().run, partial(one, member, draws))
                for member, draws in enumerate(rng.spawn(members))
            ]
            wait(running)
        except BaseException:
            stop.set()
            raise
    failures = [each.exception() for each in running]
    for failure in failures:
        if failure is not None and not isinstance(failure, _Stopped):
            raise failure
    found = [each.result() for each in running]
    bias = np.sum([each.V[:, -1:] for each in found], axis=0, dtype=np.float32)
    return Factors(
        np.concatenate([each.E for each in found], axis=2),
        np.concatenate([*(each.V[:, :-1] for each in found), bias], axis=1),
    )
