"""What becomes of a form with a file, whatever somebody sends, by real requests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.contracts.error_shape import error_of
from tests.factories import accounts

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.contracts.laboratory")]

UPLOAD = "/api/upload/"
LIMIT = 100_000
FORM = "multipart/form-data; boundary=edge"


def part(name: str, value: bytes, *, file: str = "", headers: bytes = b"") -> bytes:
    named = f'; filename="{file}"'.encode() if file else b""
    disposition = b'Content-Disposition: form-data; name="' + name.encode() + b'"' + named
    return b"--edge\r\n" + disposition + b"\r\n" + headers + b"\r\n" + value + b"\r\n"


END = b"--edge--\r\n"
FILE = part("file", b"hello", file="a.txt")


def send(client: Client, body: bytes, *, content_type: str = FORM, **told: Any) -> Answer:
    return client.post(UPLOAD, body, content_type=content_type, **told)


def test_a_file_is_on_the_disk_and_gone_with_its_request(client: Client) -> None:
    response = client.post(UPLOAD, {"file": SimpleUploadedFile("a.txt", b"hello"), "note": "mine"})
    assert response.status_code == 201
    body = response.json()
    path = body.pop("path")
    assert body == {"bytes": 5, "on_disk": True, "text": "hello", "note": "mine"}
    assert not Path(path).exists()


def test_a_file_of_just_the_limit_is_taken_and_one_byte_more_is_not(client: Client) -> None:
    whole = send(client, part("file", b"x" * LIMIT, file="a") + END)
    assert (whole.status_code, whole.json()["bytes"]) == (201, LIMIT)
    response = send(client, part("file", b"x" * (LIMIT + 1), file="a") + END)
    assert response.status_code == 413
    assert error_of(response)["message"] == "The body is too large."


def test_a_body_that_says_to_be_too_large_is_refused_unread(client: Client) -> None:
    response = send(client, FILE + part("note", b"x" * 200_000) + END)
    assert response.status_code == 413


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        END,
        FILE,
        FILE[:-9],
        FILE + b"--edge",
        part("file", b"text without a file name") + END,
        part("other", b"hello", file="a.txt") + END,
        FILE + FILE + END,
        FILE + part("file", b"again") + END,
        FILE + part("another", b"file", file="b.txt") + END,
        FILE + part("unknown", b"1") + END,
        FILE + part("note", b"1") + part("note", b"2") + END,
        FILE + part("note", b"a\0b") + END,
        FILE + part("note", b"x" * 51) + END,
        FILE + b"".join(part(f"n{number}", b"") for number in range(1_001)) + END,
        part("file", b"", file="empty.txt") + END,
        part("file", b"!", file="a", headers=b"Content-Transfer-Encoding: base64\r\n") + END,
        b"--edge\r\nContent-Disposition: form-data; name*=nonsense''file; filename=a\r\n\r\nx\r\n" + END,
        b"--edge\r\nContent-Disposition: form-data; name*=utf-8''%ff; filename=a\r\n\r\nx\r\n" + END,
    ],
)  # fmt: skip
def test_a_form_of_another_shape_is_400_in_words(client: Client, body: bytes) -> None:
    response = send(client, body)
    assert response.status_code == 400
    assert error_of(response)["error"] == "VALIDATION_ERROR"


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=" + "x" * 210,
        "multipart/form-data; boundary=\u00e4",
        "multipart/form-data; boundary*=utf-8''edge%00",
    ],
)
def test_a_form_without_a_boundary_is_400(client: Client, content_type: str) -> None:
    response = send(client, FILE + END, content_type=content_type)
    assert response.status_code == 400
    assert error_of(response)["error"] == "VALIDATION_ERROR"


def test_a_form_goes_where_a_view_takes_one_and_json_elsewhere(client: Client) -> None:
    json = send(client, b"{}", content_type="application/json")
    assert (json.status_code, error_of(json)["message"]) == (
        415, "Send the body as multipart/form-data."
    )  # fmt: skip
    form = client.post("/api/echo/", FILE + END, content_type=FORM)
    assert (form.status_code, error_of(form)["message"]) == (
        415, "Send the body as application/json."
    )  # fmt: skip


def test_an_upload_of_a_page_is_not_read_before_its_limits_are_known() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(accounts.member())
    path = "/api/upload-for-members/"
    assert client.post(path, FILE + END, content_type=FORM).status_code == 403
    client.cookies["csrftoken"] = token = "a" * 32
    given = {"x-csrftoken": token}
    response = client.post(path, FILE + END, content_type=FORM, headers=given)
    assert (response.status_code, response.json()["on_disk"]) == (201, True)
    large = part("file", b"x" * (LIMIT + 1), file="a") + END
    response = client.post(path, large, content_type=FORM, headers=given)
    assert response.status_code == 413


def test_an_upload_is_repeated_by_its_key_and_another_file_is_a_conflict(client: Client) -> None:
    key = {"idempotency-key": "once"}
    first = send(client, FILE + END, headers=key)
    assert (first.status_code, first.json()["text"]) == (201, "hello")
    again = send(client, FILE + END, headers=key)
    assert (again.status_code, again["Idempotency-Replayed"]) == (201, "true")
    other = send(client, part("file", b"other", file="a.txt") + END, headers=key)
    assert (other.status_code, error_of(other)["error"]) == (409, "CONFLICT")
