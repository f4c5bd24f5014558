"""The token in the link that sets a new password.

It is a seal over what the account is now, and nothing that is stored: with the password, the
session stamp or the address it was made for, it is worth nothing any more. That makes it good
once, and ends it with every other change of the password.
"""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.crypto import salted_hmac

if TYPE_CHECKING:
    from datetime import datetime

    from moviverse.accounts.models import User

CLOCK_SKEW_SECONDS = 30  # between two machines that serve the same site
SHAPE = re.compile(r"([0-9a-f]{1,12})-([0-9a-f]{64})", re.ASCII)


def issue(*, user: User, now: datetime) -> str:
    """Return a token that sets a new password for `user`."""
    issued_at = int(now.timestamp())
    return f"{issued_at:x}-{_seal(user, issued_at)}"


def holds(token: str, *, user: User, now: datetime) -> bool:
    """Say whether a token is ours, for `user` as the account is now, and of this time."""
    shape = SHAPE.fullmatch(token)
    if shape is None:
        return False
    issued_at = int(shape[1], 16)
    age = now.timestamp() - issued_at
    sealed = hmac.compare_digest(shape[2], _seal(user, issued_at))
    return sealed and -CLOCK_SKEW_SECONDS <= age < settings.PASSWORD_RESET_MINUTES * 60


def _seal(user: User, issued_at: int) -> str:
    told = f"{user.id}:{user.session_stamp}:{user.password}:{user.email}:{issued_at}"
    return salted_hmac("moviverse.accounts.reset_tokens", told, algorithm="sha256").hexdigest()
