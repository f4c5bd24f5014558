"""The closed form of EASE, in the one matrix that holds all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg.lapack import spotrf, spotri

from moviverse_engine.models.errors import InvalidConfig
from moviverse_engine.models.likes import cooccurrence_blocks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moviverse_engine.interactions import Progress
    from moviverse_engine.models.ease_problem import Problem

_TILE = 512


def solve(problem: Problem, progress: Progress) -> NDArray[np.float32]:
    """Return B, C-ordered float32[n_inputs, n_targets]; see `weights`."""
    return weights(problem, likes_in_common(problem, progress), progress)


def likes_in_common(problem: Problem, progress: Progress) -> NDArray[np.float32]:
    """Return the upper triangle of G = Z^T Z, C-ordered float32[n_inputs, n_inputs]."""
    n = problem.n_inputs
    G = np.empty((n, n), dtype=np.float32)
    for first, last, block in cooccurrence_blocks(problem.Z, upper=True):
        G[first:last, first:] = block
        progress(0.5 * last / n, "EASE counts likes in common.")
    return G


def weights(problem: Problem, G: NDArray[np.float32], progress: Progress) -> NDArray[np.float32]:
    """Return B, C-ordered float32[n_inputs, n_targets], where the upper triangle of G was.

    Let P = (G + diag penalty)^-1. Column j of B is e_j - P C_j, where C_j is zero but at j and at
    the partner k of j, and such that B_jj = B_kj = 0 (the Lagrange multipliers of Steck 2019,
    eq. 5-8, for two constraints a column): without a partner B_ij = -P_ij / P_jj, with one
    B_ij = -(P_kk P_ij - P_jk P_ik) / (P_jj P_kk - P_jk^2).

    Raises:
        InvalidConfig: the penalty is too small for float32.
    """
    P = inverse(G, problem.penalty, progress)
    own = np.diagonal(P)[: problem.n_targets].copy()
    if not np.any(problem.partner >= 0) and problem.n_targets == len(P):
        P *= -problem.scale / own
        P.flat[:: len(P) + 1] = 0.0
        return P
    return _with_partners(P, own, problem)


def inverse(
    G: NDArray[np.float32], penalty: NDArray[np.float32], progress: Progress
) -> NDArray[np.float32]:
    """Return P in the memory of G."""
    n = len(G)
    if n == 0:
        return G
    G.flat[:: n + 1] += penalty
    progress(0.5, "EASE inverts the item matrix.")
    # LAPACK thinks in Fortran order: its lower triangle of G.T is our upper triangle of G.
    factor, failed = spotrf(G.T, lower=1, clean=0, overwrite_a=1)
    if failed:
        raise InvalidConfig("The l2 is too small for float32 here; choose a larger one.")
    progress(0.7, "EASE inverts the item matrix.")
    P_transposed, _ = spotri(factor, lower=1, overwrite_c=1)
    P = P_transposed.T
    for first in range(0, n, _TILE):
        last = min(first + _TILE, n)
        corner = P[first:last, first:last]
        below = np.tril_indices(last - first, -1)
        corner[below] = corner.T[below]
        P[last:, first:last] = P[first:last, last:].T
    return np.ascontiguousarray(P)  # the same memory, since LAPACK worked in place


def _with_partners(
    P: NDArray[np.float32], own: NDArray[np.float32], problem: Problem
) -> NDArray[np.float32]:
    """Return B from P where some targets may not be spoken for by two inputs."""
    n_inputs, n_targets = problem.n_inputs, problem.n_targets
    j = np.flatnonzero(problem.partner >= 0)
    k = problem.partner[j]
    of_partner, between = P[k, k], P[j, k]
    by_like = 1.0 / own
    determinant = own[j] * of_partner - between**2
    by_like[j] = of_partner / determinant
    by_low = between / determinant * problem.scale[j]
    by_like *= -problem.scale
    B = np.empty((n_inputs, n_targets), dtype=np.float32)
    for first in range(0, n_inputs, _TILE):
        rows = P[first : first + _TILE]
        part = B[first : first + _TILE]
        np.multiply(rows[:, :n_targets], by_like, out=part)
        part[:, j] += rows[:, k] * by_low
    diagonal = np.arange(n_targets)
    B[diagonal, diagonal] = 0.0
    B[k, j] = 0.0
    return B
