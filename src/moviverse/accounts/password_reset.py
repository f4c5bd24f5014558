"""A new password for somebody who has forgotten theirs, by a link sent to their address."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from moviverse.accounts import letters, limiter, names, passwords, reset_tokens
from moviverse.accounts.letters import Kind
from moviverse.accounts.models import User
from moviverse.core import counting, errors

if TYPE_CHECKING:
    from datetime import datetime

HOUR_SECONDS = 3_600
LETTERS_PER_ACCOUNT = 3  # in an hour; the links of the earlier ones still work
REQUESTS_PER_ADDRESS = 20  # in an hour
BAD_LINK = "This link is not valid, was used, or has expired. Ask for a new one."


def ask(*, email: str, address: str, now: datetime) -> None:
    """Have a link sent to an address, if it is somebody's.

    Whether it is takes the same statements, and leaves the same job. So does the limit of an
    account: it is counted by what was typed, and what is over it is passed over in silence,
    because whoever asks for too much is rarely the owner, who has got a link by then.

    Must not be called within a transaction: what is counted is committed at once.

    Raises:
        RateLimited: too many were asked for from this address.
    """
    of_address, resets_in = _count("password-reset-address", address, now=now)
    if of_address > REQUESTS_PER_ADDRESS:  # before the account is counted: it is not to pay for it
        raise errors.RateLimited(retry_after_seconds=resets_in)
    key = names.key(email)
    of_account, _ = _count("password-reset-account", key, now=now)
    found = User.objects.filter(email=key, is_active=True).values_list("id", flat=True)
    user_id = found.first()
    if of_account <= LETTERS_PER_ACCOUNT:
        letters.enqueue(kind=Kind.RESET_LINK, user_id=user_id, now=now)


def confirm(*, uid: str, token: str, new_password: str, address: str, now: datetime) -> None:
    """Set a new password by the link's words, and end every session and token of the account.

    The row is locked, so that of any number at the same time one comes first; the others then
    present a token that was used.

    Raises:
        Invalid: the link does not hold (`token`), or the password is weak (`new_password`).
    """
    with transaction.atomic():
        user = _locked(uid)
        if user is None or not reset_tokens.holds(token, user=user, now=now):
            raise errors.Invalid(fields={"token": [BAD_LINK]})
        passwords.replace(user=user, password=new_password, now=now)
    limiter.forgive(accounts=[user.email, user.username_key], address=address)


def _count(rule: str, told: str, *, now: datetime) -> tuple[int, int]:
    digest = hashlib.sha256(told.encode()).hexdigest()
    return counting.count(f"{rule}:{digest}", window_seconds=HOUR_SECONDS, now=now)


def _locked(uid: str) -> User | None:
    try:
        user_id = UUID(uid)
    except ValueError:
        return None
    return User.objects.select_for_update().filter(id=user_id, is_active=True).first()
