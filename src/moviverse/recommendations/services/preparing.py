"""Making lists ahead, for when the model cannot answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import orjson
from django.conf import settings
from django.db import transaction

from moviverse.core import statements
from moviverse.core.sweeping import swept
from moviverse.recommendations import blocks, lineup, selectors, shelf
from moviverse.recommendations.models import PreparedList

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from moviverse.recommendations.blocks import Top
    from moviverse.recommendations.shelf import Served
    from moviverse.transfer.progress import Progress

LISTED = 100  # films of a list
BATCH = 2_000  # people a transaction
# A list of the same version that is younger is not made again: so a job that was killed goes on
# where it was, and does not begin anew.
FRESH = timedelta(hours=6)
IDS = 2**128  # that there could be

# Whoever has deleted their account meanwhile is passed by.
KEEP = """
    insert into recommendations_preparedlist
        (user_id, model, model_version, taste_version, movie_ids, scores, made_at)
    select person.id, %(model)s, %(version)s, told.taste, told.films, told.scores, %(now)s
    from jsonb_to_recordset(%(rows)s::jsonb)
        as told (person uuid, taste text, films bigint[], scores float8[])
    join accounts_user as person on person.id = told.person
    order by person.id
    for key share of person
    on conflict (user_id) do update set
        model = excluded.model,
        model_version = excluded.model_version,
        taste_version = excluded.taste_version,
        movie_ids = excluded.movie_ids,
        scores = excluded.scores,
        made_at = excluded.made_at
"""


@dataclass
class Generated:
    """How many lists were made, found to hold still, and removed."""

    made: int = 0
    unchanged: int = 0
    removed: int = 0

    def __str__(self) -> str:
        """Return what a job says of it."""
        return (
            f"Made {self.made:,} lists; {self.unchanged:,} held still, "
            f"{self.removed:,} were removed."
        )


def generate_recommendations(*, now: datetime, progress: Progress) -> Generated:
    """Make a list for each person who has done something in PREPARE_FOR_ACTIVE_DAYS.

    A list of the same model version and the same taste is not made again. Lists of people who have
    been away for so long are removed. Stopped anywhere it has done some people, a batch at a
    time; called again it goes on with the others.

    Args:
        now: The time.
        progress: Is told what goes on.

    Raises:
        ModelNotTrained: the model cannot answer.
    """
    served = shelf.served(lineup.HYBRID.name)
    oldest = now - timedelta(days=settings.PREPARE_FOR_ACTIVE_DAYS)
    generated, after = Generated(), None
    while True:
        progress(after.int / IDS if after else 0.0, "Making lists ahead")
        people = selectors.awaiting_lists(
            active_since=oldest,
            model_version=served.version,
            fresh_since=now - FRESH,
            after=after,
            limit=BATCH,
        )
        if not people:
            break
        _prepare(people, served, generated, now=now)
        after = people[-1]
    left = PreparedList.objects.filter(made_at__lt=oldest)
    generated.removed += swept(left, report=progress, message="Removing lists of people who left")
    progress(1.0, str(generated))
    return generated


def _prepare(
    people: Sequence[UUID], served: Served, generated: Generated, *, now: datetime
) -> None:
    """Bring the lists of some people up to date in one transaction."""
    memories = selectors.memories(user_ids=people)
    tastes = {user_id: memory.version() for user_id, memory in memories.items()}
    held = selectors.taste_versions(user_ids=people, model_version=served.version)
    still = [user_id for user_id in people if held.get(user_id) == tastes[user_id]]
    changed = {id_: memory for id_, memory in memories.items() if held.get(id_) != tastes[id_]}
    found = blocks.tops(served, list(changed.values()), limit=LISTED)
    made = {id_: top for id_, top in zip(changed, found, strict=True) if top is not None}
    with transaction.atomic():
        if made:
            _keep(made, tastes, served, now=now)
        PreparedList.objects.filter(user__in=still).update(made_at=now)
        lost = PreparedList.objects.filter(user__in=changed.keys() - made.keys())
        generated.removed += lost.delete()[0]
    generated.made += len(made)
    generated.unchanged += len(still)


def _keep(
    made: Mapping[UUID, Top], tastes: Mapping[UUID, str], served: Served, *, now: datetime
) -> None:
    rows = [
        {"person": id_, "taste": tastes[id_], "films": top.movie_ids, "scores": top.scores}
        for id_, top in made.items()
    ]
    values = {
        "model": served.name,
        "version": served.version,
        "now": now,
        "rows": orjson.dumps(rows, option=orjson.OPT_SERIALIZE_NUMPY).decode(),
    }
    statements.executed(KEEP, values)
