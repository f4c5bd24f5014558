"""A deleted account is gone from everywhere: tables, files, caches of answers, and work to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.utils import timezone

from moviverse.accounts.models import PageSession, User
from moviverse.core import jobs
from tests.contracts.account_client import ME
from tests.factories import accounts
from tests.factories.whole_people import tables_of_people, whole_person

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import Settings

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.AVATARS_DIR = tmp_path / "avatars"
    return tmp_path / "avatars"


def counted(user_id: object) -> dict[str, int]:
    """Return how many rows each table has of a person."""
    return {
        model.__name__: model._default_manager.filter(**{column: user_id}).count()  # noqa: SLF001 - Django's documented door
        for model, column in tables_of_people().items()
    }


def tables_that_name(*words: str) -> list[str]:
    """Return every table of the database in which a row says one of `words`."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            said = " or ".join(["row::text ilike %s"] * len(words))
            cursor.execute(
                f'select exists (select from "{table}" as row where {said})',  # noqa: S608 - tables of ours
                [f"%{word}%" for word in words],
            )
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def delete(user: User) -> Any:
    client = accounts.client_of(user)
    return client.delete(ME, {"password": accounts.PASSWORD}, format="json")


def test_no_table_refers_to_or_names_who_has_gone_and_others_keep_everything(
    folder: Path,
) -> None:
    ann, bob = whole_person(username="annabelle"), whole_person(username="bobby")
    for user in (ann, bob):
        arguments: dict[str, jobs.JSON] = {"user_id": str(user.pk), "to": user.email}
        jobs.enqueue(name=jobs.SEND_EMAIL, arguments=arguments, now=timezone.now())
    words = (str(ann.pk), "annabelle")
    before = counted(bob.pk)
    empty = [table for table, count in counted(ann.pk).items() if not count]
    assert not empty, "add a line to `tests/factories/whole_people.py`"
    assert "accounts_user" in tables_that_name(*words)

    assert delete(ann).status_code == 204

    assert set(counted(ann.pk).values()) == {0}
    assert tables_that_name(*words) == []
    assert counted(bob.pk) == before
    assert "core_job" in tables_that_name(str(bob.pk))
    assert len(list(folder.iterdir())) == 1


def test_what_the_staff_did_to_it_stays_on_record_without_its_name() -> None:
    admin, ann = accounts.administrator(), accounts.member(username="annabelle")
    LogEntry.objects.log_actions(
        user_id=admin.pk, queryset=User.objects.filter(pk=ann.pk), action_flag=2, single_object=True
    )
    assert LogEntry.objects.get().object_repr == "annabelle"
    assert delete(ann).status_code == 204
    entry = LogEntry.objects.get()
    assert (entry.object_repr, entry.object_id) == ("a deleted account", str(ann.pk))


def test_its_sessions_of_the_pages_are_gone_and_those_of_others_go_on(client: Any) -> None:
    ann, bob = accounts.member(), accounts.member()
    client.force_login(bob)
    type(client)().force_login(ann)
    assert set(PageSession.objects.values_list("user_id", flat=True)) == {ann.pk, bob.pk}
    assert delete(ann).status_code == 204
    assert PageSession.objects.get().user_id == bob.pk
    assert client.get(ME).json()["user"]["id"] == str(bob.pk)
