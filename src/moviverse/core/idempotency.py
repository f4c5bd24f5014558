"""One effect a key: the first answer is kept in the same transaction, and given again.

Twenty parallel requests with one key wait for the first at the unique constraint; when it has
committed they find its answer, and when it failed the next one tries.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from moviverse.core import errors
from moviverse.core.models import IdempotencyKey

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

LIFETIME = timedelta(hours=24)
SWEEP = 20  # expired rows removed at each new key


class KeyUsedOtherwise(errors.Conflict):
    """The same key came with another request."""

    message = "This Idempotency-Key was used with another request."


@dataclass(frozen=True)
class Answer:
    """What a request was answered; `body` is plain JSON."""

    status: int
    body: Any


def once(
    *,
    owner: str,
    key: str,
    path: str,
    body_sha256: str,
    now: datetime,
    act: Callable[[], Answer],
) -> Answer | None:
    """Run `act` in one transaction with the key, or return what it answered the first time.

    An error of `act` undoes the key as well, so that the request can be sent again.

    Args:
        owner: Whose key it is: keys of different people never meet.
        key: What the client sent.
        path: Where it was sent to.
        body_sha256: A digest of what was sent along.
        now: The time of the request.
        act: Does the work. What it returns is kept.

    Returns:
        The first answer, or None when this call was the first.

    Raises:
        KeyUsedOtherwise: the key belongs to another body.
    """
    with transaction.atomic():
        _sweep(owner=owner, now=now)
        row, first = IdempotencyKey.objects.get_or_create(
            owner=owner,
            key=key,
            path=path,
            defaults={"body_sha256": body_sha256, "status": 0, "created_at": now},
        )
        if first:
            answer = act()
            row.status, row.body = answer.status, answer.body
            row.save(update_fields=["status", "body"])
            return None
    if row.body_sha256 != body_sha256:
        raise KeyUsedOtherwise
    return Answer(status=row.status, body=row.body)


def _sweep(*, owner: str, now: datetime) -> None:
    """Remove keys whose time is over: all of this owner's, and some of anybody's."""
    over = IdempotencyKey.objects.filter(created_at__lt=now - LIFETIME)
    over.filter(owner=owner).delete()
    some = over.select_for_update(skip_locked=True).order_by("created_at")[:SWEEP]
    IdempotencyKey.objects.filter(pk__in=[row.pk for row in some]).delete()
