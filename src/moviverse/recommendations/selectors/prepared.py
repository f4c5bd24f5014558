"""Lists that were made ahead, and for whom there should be some."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from moviverse.accounts.models import User
from moviverse.library.models import Interaction, Rating
from moviverse.recommendations.models import PreparedList

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID


def prepared(*, user: User) -> PreparedList | None:
    """Return the list that was made ahead for a person, if there is one."""
    return PreparedList.objects.filter(user=user).first()


def awaiting_lists(
    *,
    active_since: datetime,
    model_version: str,
    fresh_since: datetime,
    after: UUID | None,
    limit: int,
) -> Sequence[UUID]:
    """Return some of those who should have a list, in the order of their ids.

    Args:
        active_since: Only people who have done something since.
        model_version: What lists are made with now.
        fresh_since: Who has a list of this version that is not older has none to wait for.
        after: Only ids behind this one.
        limit: At most so many.
    """
    own = {"user": OuterRef("pk")}
    did = Exists(Interaction.objects.filter(**own, happened_at__gte=active_since))
    rated = Exists(Rating.objects.filter(**own, rated_at__gte=active_since))
    fresh = PreparedList.objects.filter(
        **own, model_version=model_version, made_at__gte=fresh_since
    )
    people = User.objects.filter(did | rated, ~Exists(fresh), is_active=True)
    if after is not None:
        people = people.filter(pk__gt=after)
    return list(people.order_by("pk").values_list("pk", flat=True)[:limit])


def taste_versions(*, user_ids: Sequence[UUID], model_version: str) -> dict[UUID, str]:
    """Return of which taste the lists are that some people have, by their id."""
    lists = PreparedList.objects.filter(user__in=user_ids, model_version=model_version)
    return dict(lists.values_list("user_id", "taste_version"))
