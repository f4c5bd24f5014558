"""What a password must be, and what changes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import transaction

from moviverse.accounts import letters
from moviverse.accounts.models import TokenFamily
from moviverse.core import errors

if TYPE_CHECKING:
    from datetime import datetime

    from moviverse.accounts.models import User

LONGEST_PASSWORD = 128  # characters: the hash takes any length, an attacker's patience too


def faults(password: str, user: User) -> list[str]:
    """Return what is wrong with a password for `user`."""
    if len(password) > LONGEST_PASSWORD:
        return [f"Use at most {LONGEST_PASSWORD} characters."]
    if "\0" in password or not _is_text(password):
        return ["Use characters that can be typed."]
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        return list(error.messages)
    return []


@transaction.atomic
def replace(*, user: User, password: str, now: datetime) -> None:
    """Give an account, whose row is locked, a new password, and tell its owner by mail.

    Every session and token that was begun with the old one ends.

    Raises:
        Invalid: the password is weak (`new_password`).
    """
    wrong = faults(password, user)
    if wrong:
        raise errors.Invalid(fields={"new_password": wrong})
    user.set_password(password)
    user.save(update_fields=["password", "session_stamp"])
    TokenFamily.objects.filter(user=user).delete()
    letters.enqueue(kind=letters.Kind.CHANGE_NOTICE, user_id=user.id, now=now)


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return True
