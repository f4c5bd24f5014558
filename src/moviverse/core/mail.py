"""Mails: plain text, from the site to one person, sent by a job."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import BadHeaderError, EmailMessage

from moviverse.core import errors

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

PERMANENT = 500  # the first of SMTP's codes that say: never


class MailRefused(errors.Invalid):
    """This mail will never be taken."""

    message = "The mail was refused for good."


class MailNotTaken(errors.Unavailable):
    """The mail server did not take the mail, and may later."""

    message = "The mail server did not take the mail."


@dataclass(frozen=True)
class Letter:
    """What is written to whom."""

    to: str
    subject: str
    text: str


def send(letter: Letter, *, job_id: UUID) -> None:
    """Send a letter, whose `Message-ID` is made of the job's id.

    A job may be run twice. A mail server or a reader that gets the letter twice then sees that it
    is the same one.

    Raises:
        MailRefused: another attempt would change nothing.
        MailNotTaken: another attempt may succeed.
    """
    if settings.EMAIL_FILE_PATH:
        # Links that open an account lie there.
        Path(settings.EMAIL_FILE_PATH).mkdir(mode=0o700, parents=True, exist_ok=True)
    message = EmailMessage(
        subject=letter.subject,
        body=letter.text,
        to=[letter.to],
        headers={
            "Message-ID": f"<{job_id}@{urlsplit(settings.PUBLIC_URL).hostname}>",
            "Auto-Submitted": "auto-generated",  # RFC 3834: no holiday note answers it
        },
    )
    try:
        message.send()
    except BadHeaderError as error:  # a line break where there must be none
        raise MailRefused from error
    except smtplib.SMTPRecipientsRefused as error:
        raise _refusal(code for code, _ in error.recipients.values()) from error
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        raise _refusal([error.smtp_code]) from error
    except OSError as error:  # smtplib's own errors among them
        raise MailNotTaken(f"{MailNotTaken.message} ({type(error).__name__})") from error


def _refusal(codes: Iterable[int]) -> errors.MoviverseError:
    return MailRefused() if all(code >= PERMANENT for code in codes) else MailNotTaken()
