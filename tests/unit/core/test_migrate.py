from __future__ import annotations

from typing import Any

import pytest
from django.core import management
from django.core.management.commands import migrate
from django.db import connection

pytestmark = pytest.mark.django_db


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
