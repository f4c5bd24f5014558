"""Versions of what lists are made from: a list that is kept stands for one, and for no later one.

A version is raised in the transaction of the change, so that both become visible at the same
moment: who has read the new version cannot be shown a list from before it, and a list that was made
meanwhile is kept under the old one.

Work that changes one thing after the other for an hour raises it `seldom`, or no list would ever be
found.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from moviverse.core import statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CATALOGUE = "catalogue"
EVERYTHING = "everything"  # kept anywhere: raised by whoever empties the cache
SELDOM_SECONDS = 30.0  # that a list may be behind while such work goes on

# The clock, and more than before: no number comes back, even after a backup was restored.
RAISE = """
    insert into core_version as version (scope, number)
    values (%(scope)s, (extract(epoch from clock_timestamp()) * 1000000)::bigint)
    on conflict (scope) do update set number = greatest(version.number + 1, excluded.number)
"""
# For a statement that asks for more than this: one trip to the database is enough for both.
NUMBER = "(select coalesce(sum(number), 0)::bigint from core_version where scope = any(%s))"


@dataclass
class _Seldom:
    """What is raised once in a while, when that was, and what has changed at all."""

    raised_at: dict[str, float]
    changed: set[str] = field(default_factory=set)

    def is_early(self, scope: str) -> bool:
        """Take note of a change; say whether `scope` was raised a short while ago, else it is now."""
        now = time.monotonic()
        self.changed.add(scope)
        if now - self.raised_at.get(scope, -SELDOM_SECONDS) < SELDOM_SECONDS:
            return True
        self.raised_at[scope] = now
        return False


_seldom: ContextVar[_Seldom | None] = ContextVar("seldom", default=None)  # of this thread alone


def raise_(*scopes: str) -> None:
    """Let everything lapse that was made from one of `scopes`, with the caller's transaction.

    It holds a row until the transaction ends: call it last.
    """
    seldom = _seldom.get()
    for scope in sorted(scopes):  # in one order, so that no two wait for each other
        if seldom is None or not seldom.is_early(scope):
            statements.executed(RAISE, {"scope": scope})


@contextmanager
def raised_seldom(*scopes: str) -> Iterator[None]:
    """Raise versions at most each `SELDOM_SECONDS` within the block, and at its end.

    The changes of others count at once, as ever. So does what changes when the next version is
    due, in its own transaction.

    Args:
        scopes: Raised at the beginning, too: who did this work before may have been killed in it.
    """
    raise_(*scopes)
    seldom = _Seldom(dict.fromkeys(scopes, time.monotonic()))
    token = _seldom.set(seldom)
    try:
        yield
    finally:
        _seldom.reset(token)
        raise_(*seldom.changed)  # what was raised last may have been taken back


def of(*scopes: str) -> int:
    """Return a number that grows whenever one of `scopes` changes."""
    ((number,),) = statements.fetched(f"select {NUMBER}", [watched(scopes)])
    return int(number)


def watched(scopes: Sequence[str]) -> list[str]:
    """Return the scopes whose numbers count for what is made from `scopes`."""
    return [EVERYTHING, *scopes]
