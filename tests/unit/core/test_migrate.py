from __future__ import annotations

from typing import Any

import pytest
from django.core import management
from django.core.management.commands import migrate
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from moviverse.transfer.models import LibraryImport

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """Nobody catches it."""


def deadline() -> str:
    with connection.cursor() as cursor:
        cursor.execute("show statement_timeout")
        (told,) = cursor.fetchone()
    return str(told)


def test_a_migration_has_no_deadline_and_what_comes_after_has_it_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before, during = deadline(), []

    def handle(*_args: Any, **_options: Any) -> None:
        during.append(deadline())

    monkeypatch.setattr(migrate.Command, "handle", handle)
    management.call_command("migrate", verbosity=0)
    assert (before, during, deadline()) == ("15s", ["0"], "15s")


@pytest.mark.django_db(transaction=True)
def test_a_migration_that_was_killed_before_it_was_noted_is_simply_repeated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def die(*_: object) -> None:
        raise Killed

    management.call_command("migrate", "transfer", "zero", verbosity=0)
    try:
        with monkeypatch.context() as patched:
            patched.setattr(MigrationRecorder, "record_applied", die)
            with pytest.raises(Killed):
                management.call_command("migrate", "transfer", verbosity=0)
    finally:
        management.call_command("migrate", "transfer", verbosity=0)
    assert not LibraryImport.objects.exists()
