"""EASE that does not learn to rank what is never asked for: the films a person rated low."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csc_array, csr_array

from moviverse_engine.models import ease_dense

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moviverse_engine.interactions import Histories, Progress
    from moviverse_engine.models.ease_problem import Problem
    from moviverse_engine.models.likes import Square

_STEP = 2.0  # one step as long as this ends where many of length 1 do
_PEOPLE = 256
_TARGETS = 512


def solve(problem: Problem, progress: Progress) -> NDArray[np.float32]:
    """Return B, C-ordered float32[n_inputs, n_targets], that leaves low ratings out of the targets.

    A low rating says that a film was seen, and what was seen is not recommended; as a target of 0
    it would make films unlikely for being known to many. So it counts as missing, and is replaced
    by what the model expects there: one step of EM (Dempster, Laird & Rubin 1977), made twice as
    long. With E for these replacements, P as in `ease_dense.weights` and k the partner of j,

        B_j = e_j + P Z^T E_j - P_j m_j - P_k m_k, with m such that B_jj = B_kj = 0.

    Without low ratings it is EASE.

    Raises:
        InvalidConfig: the penalty is too small for float32.
    """
    P = ease_dense.inverse(ease_dense.likes_in_common(problem, progress), problem.penalty, progress)
    low = _low_targets(problem)
    B = _solved(P, low * np.float32(0), problem)
    if low.nnz:
        progress(0.8, "EASE expects what was rated low.")
        expected = _expected(problem.Z, B, low)
        progress(0.85, "EASE learns once more.")
        del B
        B = _solved(P, expected, problem)
    B *= problem.scale
    return B


def _low_targets(problem: Problem) -> Square:
    """Return csr [n_rows, n_targets] with an entry for each low rating of a target."""
    target = np.full(problem.n_inputs, -1, dtype=np.int32)
    has = np.flatnonzero(problem.partner >= 0).astype(np.int32)
    target[problem.partner[has]] = has
    Z = problem.Z
    columns = target[Z.indices]
    chosen = columns >= 0
    before = np.zeros(len(chosen) + 1, dtype=np.int32)
    np.cumsum(chosen, out=before[1:])
    shape = (Z.shape[0], problem.n_targets)
    return csr_array((Z.data[chosen], columns[chosen], before[Z.indptr]), shape=shape)


def _expected(Z: Histories, B: NDArray[np.float32], low: Square) -> Square:
    """Return what the model expects where `low` has entries, times the step."""
    data = np.empty(low.nnz, dtype=np.float32)
    for first in range(0, Z.shape[0], _PEOPLE):
        some = low[first : first + _PEOPLE]
        rows = np.repeat(np.arange(some.shape[0]), np.diff(some.indptr))
        scores = Z[first : first + _PEOPLE] @ B
        start = low.indptr[first]
        data[start : start + some.nnz] = scores[rows, some.indices]
    return csr_array((_STEP * data, low.indices, low.indptr), shape=low.shape, dtype=np.float32)


def _solved(P: NDArray[np.float32], E: Square, problem: Problem) -> NDArray[np.float32]:
    n_targets, n_inputs = problem.n_targets, problem.n_inputs
    B = np.zeros((n_inputs, n_targets), dtype=np.float32)
    Zt, columns = csr_array(problem.Z.T), csc_array(E)
    for first in range(0, n_targets, _TARGETS) if np.any(E.data) else ():
        some = slice(first, min(first + _TARGETS, n_targets))
        B[:, some] = P @ (Zt @ columns[:, some].toarray())
    j = np.arange(n_targets)
    has = problem.partner >= 0
    k = np.where(has, problem.partner, 0)
    own, of_partner, between = P[j, j], np.where(has, P[k, k], 1), np.where(has, P[k, j], 0)
    by_own, by_partner = 1 + B[j, j], np.where(has, B[k, j], 0)
    determinant = own * of_partner - between**2
    m_own = (of_partner * by_own - between * by_partner) / determinant
    m_partner = (own * by_partner - between * by_own) / determinant
    for first in range(0, n_inputs, _TARGETS):
        rows = P[first : first + _TARGETS]
        part = B[first : first + _TARGETS]
        part -= rows[:, :n_targets] * m_own
        part[:, has] -= rows[:, k[has]] * m_partner[has]
    B[j, j] = 0.0
    B[k[has], j[has]] = 0.0
    return B
