"""Traces of a person in tables that no foreign key leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moviverse.core import statements
from moviverse.core.models import IdempotencyKey

if TYPE_CHECKING:
    from uuid import UUID

# A job's arguments name people by their ids or addresses, at any depth.
JOBS = """
    delete from core_job
    where string_to_array(unique_key, ':') && %(words)s::text[]
       or exists (
            select from jsonb_path_query(arguments, 'strict $.**') as told
            where told #>> '{}' = any(%(words)s::text[]))
"""


def forget(*, user_id: UUID, email: str) -> None:
    """Remove the kept answers to a person's requests, and the jobs on their behalf.

    A worker that is at one of these jobs finds it lost. The caller's transaction says when.
    """
    IdempotencyKey.objects.filter(owner=f"user:{user_id}").delete()
    statements.executed(JOBS, {"words": [str(user_id), email]})
