"""What the contracts of accounts share: asking, and reading the answer."""

from __future__ import annotations

from typing import Any

from rest_framework.test import APIClient

ME, LOGIN, REGISTER = "/api/auth/me/", "/api/auth/login/", "/api/auth/register/"
REFRESH, LOGOUT = "/api/auth/token/refresh/", "/api/auth/logout/"
PROFILE: dict[str, Any] = {
    "name": "", "surname": "", "age": None, "gender": "", "avatar_url": "", "locale": "en",
    "bio": "", "preferred_genres": [],
}  # fmt: skip


def post(path: str, body: object, **headers: Any) -> Any:
    return APIClient().post(path, body, format="json", **headers)


def assert_error(answer: Any, status: int, code: str, *fields: str) -> None:
    body = answer.json()
    assert (answer.status_code, body["error"]) == (status, code)
    assert body["message"]
    assert body["request_id"] == answer["X-Request-ID"]
    assert set(body.get("details") or ()) == set(fields)


def opens(access: str) -> bool:
    answer = APIClient().get(ME, HTTP_AUTHORIZATION=f"Bearer {access}")
    assert answer.status_code in {200, 401}
    return bool(answer.status_code == 200)
