"""Taking everything of one's own along, as the contract writes it."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from moviverse.accounts.models import User
from moviverse.api.accounts.export import ExportSerializer
from tests.contracts.account_client import ME, assert_error
from tests.factories import accounts
from tests.factories.whole_people import tables_of_people, whole_person

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import Settings

pytestmark = pytest.mark.django_db

EXPORT = "/api/auth/me/export/"
# What refers to a person and is not theirs to take: a staff's deeds are the site's record.
NOT_PERSONAL = {LogEntry, User.groups.through, User.user_permissions.through}


@pytest.fixture(autouse=True)
def _avatars(tmp_path: Path, settings: Settings) -> None:
    settings.AVATARS_DIR = tmp_path / "avatars"


def told(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200
    body: dict[str, Any] = json.loads(b"".join(answer.streaming_content))
    return body


def test_holds_something_of_everything_and_nothing_of_others() -> None:
    ann, bob = whole_person(username="ann"), whole_person(username="bob")
    body = told(accounts.client_of(ann).get(EXPORT))
    assert set(body) == set(ExportSerializer().fields)
    assert body["account"]["email"] == "ann@example.com"
    assert body["ratings"] == [
        {"rated_at": "2026-03-01T12:00:00Z", "tmdb_id": body["ratings"][0]["tmdb_id"],
         "movie_title": "Heat", "rating": 4.5}
    ]  # fmt: skip
    assert body["reviews"][0]["text"] == 'A film\nin "blue".'
    assert body["recommendations"][0]["results"][0][1] == "Heat"
    for name, section in body.items():
        if isinstance(section, list):
            assert len(section) == 1, name
    text = json.dumps(body)
    assert "bob" not in text
    assert str(bob.pk) not in text


def test_holds_no_secret() -> None:
    ann = whole_person(username="ann")
    text = json.dumps(told(accounts.client_of(ann).get(EXPORT)))
    assert ann.password not in text
    assert not re.search(r"password|stamp|token|session_key|session_data|\"current\"", text)


def test_reads_every_table_that_refers_to_a_person() -> None:
    client = accounts.client_of(accounts.member())
    with CaptureQueriesContext(
        connection,
    ) as captured:
        told(client.get(EXPORT))
    statements = " ".join(query["sql"] for query in captured)
    models = tables_of_people().keys() - NOT_PERSONAL
    tables = {model._meta.db_table for model in models}  # noqa: SLF001 - Django's documented door
    forgotten = [table for table in sorted(tables) if f'"{table}"' not in statements]
    assert tables
    assert not forgotten, "add a line to `personal_data` of their package"


def test_is_an_archive_with_the_picture_if_asked() -> None:
    ann = whole_person(username="ann")
    answer: Any = accounts.client_of(ann).get(EXPORT, {"format": "zip"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert re.fullmatch(
        r'attachment; filename="moviverse-\d{4}-\d\d-\d\d.zip"', answer["Content-Disposition"]
    )
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        names = {f"{name}.json" for name in ExportSerializer().fields}
        assert set(archive.namelist()) == names | {"avatar.webp"}
        assert json.loads(archive.read("account.json"))["username"] == "ann"
        assert archive.read("avatar.webp")[:4] == b"RIFF"


def test_a_new_account_has_little_to_take() -> None:
    answer: Any = accounts.client_of(accounts.member()).get(EXPORT, {"format": "json"})
    assert answer["Content-Type"] == "application/json"
    assert answer["Cache-Control"] == "private, no-store"
    assert int(answer["Content-Length"]) == len(b"".join(answer.streaming_content))


def test_is_for_who_is_signed_in_and_in_known_forms() -> None:
    assert_error(APIClient().get(EXPORT), 401, "NOT_AUTHENTICATED")
    client = accounts.client_of(accounts.member())
    assert_error(client.get(EXPORT, {"format": "xml"}), 400, "VALIDATION_ERROR", "format")
    assert_error(client.get(EXPORT, {"user": "x"}), 400, "VALIDATION_ERROR", "user")


def test_has_a_limit_of_its_own(settings: Settings) -> None:
    assert settings.THROTTLE_RATES["export"] == 10
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "export": 0}
    client = accounts.client_of(accounts.member())
    assert_error(client.get(EXPORT), 429, "RATE_LIMITED")
    assert client.get(ME).status_code == 200
