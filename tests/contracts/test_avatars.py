"""A person's picture, as the contract writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from rest_framework.test import APIClient

from moviverse.accounts.avatars import LARGEST_BYTES
from tests.contracts.account_client import ME, assert_error
from tests.factories import accounts, pictures

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import Settings

    from moviverse.accounts.models import User

pytestmark = pytest.mark.django_db(transaction=True)

AVATAR = "/api/auth/me/avatar/"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.AVATARS_DIR = tmp_path / "avatars"
    return tmp_path / "avatars"


@pytest.fixture
def ann() -> User:
    return accounts.member(username="ann")


def send(client: APIClient, file: bytes, *, name: str = "me.png", **told: Any) -> Any:
    return client.post(AVATAR, {"file": SimpleUploadedFile(name, file)}, format="multipart", **told)


def files(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()] if folder.exists() else []


@pytest.mark.parametrize("name", ["me.png", "me.exe", "../../me.html", "picture"])
def test_is_shown_to_everybody_at_the_address_in_the_profile(
    ann: User, name: str, folder: Path
) -> None:
    answer = send(accounts.client_of(ann), pictures.picture(), name=name)
    assert answer.status_code == 200
    address = answer.json()["user"]["profile"]["avatar_url"]
    assert accounts.client_of(ann).get(ME).json() == answer.json()
    assert address == f"/media/avatars/{files(folder)[0]}"

    shown = Client().get(address)
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/webp")
    assert shown.content[:4] == b"RIFF"
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in shown["Cache-Control"]
    assert "Cookie" not in shown.get("Vary", "")
    again = Client().get(address, headers={"if-none-match": shown["ETag"]})
    assert again.status_code == 304
    assert Client().head(address).status_code == 200
    assert Client().post(address).status_code == 405


def test_a_new_one_takes_its_place_and_a_deleted_one_is_gone(ann: User, folder: Path) -> None:
    client = accounts.client_of(ann)
    first = send(client, pictures.picture()).json()["user"]["profile"]["avatar_url"]
    second = send(client, pictures.picture()).json()["user"]["profile"]["avatar_url"]
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    for _ in range(2):
        assert client.delete(AVATAR).status_code == 204
        assert files(folder) == []
    assert client.get(ME).json()["user"]["profile"]["avatar_url"] == ""
    assert Client().get(second).status_code == 404


def test_goes_with_the_account(ann: User, folder: Path) -> None:
    client = accounts.client_of(ann)
    send(client, pictures.picture())
    assert client.delete(ME, {"password": accounts.PASSWORD}, format="json").status_code == 204
    assert files(folder) == []


@pytest.mark.parametrize("file", [b"", b"text", b"<svg/>", pictures.bomb()])
def test_what_is_no_picture_is_refused_whatever_its_name_says(
    ann: User, file: bytes, folder: Path
) -> None:
    answer = send(accounts.client_of(ann), file)
    assert_error(answer, 400, "VALIDATION_ERROR", "file")
    assert files(folder) == []


def test_a_file_over_the_limit_is_413(ann: User) -> None:
    answer = send(accounts.client_of(ann), b"x" * (LARGEST_BYTES + 1))
    assert_error(answer, 413, "VALIDATION_ERROR")


def test_a_body_of_another_shape_is_refused(ann: User) -> None:
    client = accounts.client_of(ann)
    assert_error(client.post(AVATAR, {}), 400, "VALIDATION_ERROR", "file")
    assert_error(client.post(AVATAR, {"file": "text"}), 400, "VALIDATION_ERROR", "file")
    more = {"file": SimpleUploadedFile("a", pictures.picture()), "is_staff": "true"}
    assert_error(client.post(AVATAR, more), 400, "VALIDATION_ERROR", "is_staff")
    as_json = client.post(AVATAR, {"file": "x"}, format="json")
    assert_error(as_json, 415, "UNSUPPORTED_MEDIA_TYPE")


def test_is_for_who_is_signed_in(folder: Path) -> None:
    assert_error(send(APIClient(), pictures.picture()), 401, "NOT_AUTHENTICATED")
    assert_error(APIClient().delete(AVATAR), 401, "NOT_AUTHENTICATED")
    assert files(folder) == []


def test_is_drawn_once_for_one_key(ann: User, folder: Path) -> None:
    client = accounts.client_of(ann)
    first = send(client, pictures.picture(), HTTP_IDEMPOTENCY_KEY="once")
    again = send(client, pictures.picture(), HTTP_IDEMPOTENCY_KEY="once")
    assert first.json() == again.json()
    assert len(files(folder)) == 1


@pytest.mark.parametrize(
    "name", ["..%2f..%2fsecret_key", "%2e%2e/secret_key", "a.webp", "x/y", "", "%00"]
)
def test_no_other_file_is_served(name: str, folder: Path) -> None:
    folder.mkdir()
    (folder / "a.webp").write_text("not ours")
    (folder.parent / "secret_key").write_text("secret")
    assert Client().get(f"/media/avatars/{name}", follow=True).status_code == 404
