"""What accounts write to their owners.

A job holds who is written to and why, and no more: the text, with its link, is made when it is
sent, and so neither the table of jobs nor a log of it holds what would open an account.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.conf import settings

from moviverse.accounts import reset_tokens
from moviverse.accounts.models import User
from moviverse.core import errors, jobs, mail

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


class Kind(StrEnum):
    """Why somebody is written to."""

    RESET_LINK = "password_reset"
    CHANGE_NOTICE = "password_changed"


def enqueue(*, kind: Kind, user_id: UUID | None, now: datetime) -> None:
    """Have a letter sent; to nobody, which costs the same, when `user_id` is None."""
    to = str(user_id) if user_id else None
    jobs.enqueue(name=jobs.SEND_EMAIL, arguments={"kind": kind, "user": to}, now=now)


def send(*, kind: str, user: str | None, job_id: UUID, now: datetime) -> None:
    """Write and send a letter, unless there is nobody, or no longer, to write to.

    Raises:
        Invalid: there is no letter of this kind.
        MailRefused: another attempt would change nothing.
        MailNotTaken: another attempt may succeed.
    """
    if kind not in list(Kind):
        raise errors.Invalid("There is no letter of this kind.")
    person = User.objects.filter(id=user, is_active=True).first() if user else None
    if person is None:
        return
    write = password_reset if kind == Kind.RESET_LINK else password_changed
    mail.send(write(user=person, now=now), job_id=job_id)


def password_reset(*, user: User, now: datetime) -> mail.Letter:
    """Return the letter with the link that sets a new password."""
    token = reset_tokens.issue(user=user, now=now)
    query = urlencode({"uid": str(user.id), "token": token})
    text = f"""\
Hello {user.username},

somebody, we hope it was you, asked for a new password for your account at
{settings.PUBLIC_URL}/. Choose one here:

{settings.PUBLIC_URL}/password-reset/confirm?{query}

The link works once, and for {settings.PASSWORD_RESET_MINUTES} minutes. If you did not ask for it,
do nothing: your password stays as it is.

MoviVerse
"""
    return mail.Letter(to=user.email, subject="Choose a new password", text=text)


def password_changed(*, user: User, now: datetime) -> mail.Letter:
    """Return the letter that lets somebody notice a change that was not theirs."""
    text = f"""\
Hello {user.username},

the password of your account at {settings.PUBLIC_URL}/ was changed, and every device was
signed out ({now:%d %B %Y, %H:%M} UTC).

If it was not you, choose a new password at once:

{settings.PUBLIC_URL}/password-reset

MoviVerse
"""
    return mail.Letter(to=user.email, subject="Your password was changed", text=text)
