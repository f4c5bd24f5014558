"""What a first start does once: tables, films, viewers, models, two accounts."""

from __future__ import annotations

import json
import os
import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import management
from django.db import transaction

from moviverse.accounts import selectors as accounts
from moviverse.accounts import services as registration
from moviverse.core import jobs
from moviverse.recommendations import services as recommendations

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    import numpy as np

    from moviverse.cli.console import Progress

PASSWORD_BYTES = 12


def prepare(
    *, data: Path | None, now: datetime, rng: np.random.Generator, progress: Progress
) -> Sequence[object]:
    """Bring the home folder into a state that can be served; return what there is to say of it.

    What is done already is not done again.

    Args:
        data: A MovieLens folder or archive; the demo when None and nothing was loaded yet.
        now: When it happens.
        rng: The randomness of the synthetic viewers.
        progress: Is told what goes on.
    """
    progress(0.0, "Preparing the tables")
    management.call_command("migrate", verbosity=0)
    reports = recommendations.load_and_train_once(data=data, now=now, rng=rng, progress=progress)
    if settings.STARTS_WITH_DEMO and not accounts.anybody():
        _make_accounts(now=now)
    # What the release before has kept is not read by this one.
    jobs.enqueue(name=jobs.WARM_CACHE, arguments={}, now=now, unique_key=jobs.WARM_CACHE)
    return reports


def _make_accounts(*, now: datetime) -> None:
    """Make a member and an administrator with random passwords and keep these for their owner.

    The file is written first: a kill in between leaves a file that the next start overwrites,
    never an account whose password nobody knows.
    """
    people = {
        "member": {"email": "member@example.org", "username": "member"},
        "administrator": {"email": "admin@example.org", "username": "admin"},
    }
    for person in people.values():
        person["password"] = secrets.token_urlsafe(PASSWORD_BYTES)
    draft = credentials_file().with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(people, file, indent=2)
    draft.replace(credentials_file())
    with transaction.atomic():
        for role, make in {
            "administrator": registration.create_administrator,
            "member": registration.register,
        }.items():
            person = people[role]
            make(
                email=person["email"],
                username=person["username"],
                password=person["password"],
                now=now,
            )


def credentials_file() -> Path:
    """Return where the passwords of the accounts of a first start are kept."""
    home: Path = settings.HOME
    return home / "credentials.json"
