"""Versions of what lists are made from: a list that is kept stands for one, and for no later one.

A version is raised in the transaction of the change, so that both become visible at the same
moment: who has read the new version cannot be shown a list from before it, and a list that was made
meanwhile is kept under the old one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from moviverse.core import statements

if TYPE_CHECKING:
    from collections.abc import Sequence

CATALOGUE = "catalogue"
EVERYTHING = "everything"  # kept anywhere: raised by whoever empties the cache

# The clock, and more than before: no number comes back, even after a backup was restored.
RAISE = """
    insert into core_version as version (scope, number)
    values (%(scope)s, (extract(epoch from clock_timestamp()) * 1000000)::bigint)
    on conflict (scope) do update set number = greatest(version.number + 1, excluded.number)
"""
# For a statement that asks for more than this: one trip to the database is enough for both.
NUMBER = "(select coalesce(sum(number), 0)::bigint from core_version where scope = any(%s))"


def raise_(*scopes: str) -> None:
    """Let everything lapse that was made from one of `scopes`, with the caller's transaction.

    It holds a row until the transaction ends: call it last.
    """
    for scope in sorted(scopes):  # in one order, so that no two wait for each other
        statements.executed(RAISE, {"scope": scope})


def of(*scopes: str) -> int:
    """Return a number that grows whenever one of `scopes` changes."""
    ((number,),) = statements.fetched(f"select {NUMBER}", [watched(scopes)])
    return int(number)


def watched(scopes: Sequence[str]) -> list[str]:
    """Return the scopes whose numbers count for what is made from `scopes`."""
    return [EVERYTHING, *scopes]
