"""Accounts and sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO
from uuid import UUID

from moviverse_client.reading import read
from moviverse_client.transport import Tokens, given

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moviverse_client.transport import Transport

ME = "/api/auth/me/"


@dataclass(frozen=True)
class Profile:
    """What a person tells about themself."""

    name: str
    surname: str
    age: int | None
    gender: str
    avatar_url: str
    locale: str
    bio: str
    preferred_genres: tuple[str, ...]


@dataclass(frozen=True)
class User:
    """An account, as its owner sees it."""

    id: UUID
    username: str
    email: str
    date_joined: datetime
    is_staff: bool
    roles: tuple[str, ...]
    profile: Profile


class Auth:
    """Signing in and out, and one's own account: `client.auth`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def register(
        self,
        *,
        email: str,
        username: str,
        password: str,
        age: int | None = None,
        gender: str | None = None,
        preferred_genres: Sequence[str] | None = None,
    ) -> User:
        """Make an account and sign in with it."""
        body = given(
            email=email,
            username=username,
            password=password,
            age=age,
            gender=gender,
            preferred_genres=preferred_genres,
        )
        return self._begin("/api/auth/register/", body, creates=True)

    def login(self, identifier: str, password: str) -> User:
        """Sign in with an e-mail address or a user name; calls are made in this name from now on."""
        field = "email" if "@" in identifier else "username"
        return self._begin(
            "/api/auth/login/", {field: identifier, "password": password}, creates=False
        )

    def logout(self) -> None:
        """End this session; without one, do nothing."""
        tokens = self._transport.tokens
        if tokens is not None and tokens.refresh:
            self._transport.call(
                "POST", "/api/auth/logout/", body={"refresh": tokens.refresh}, is_signed=False
            )
        self._transport.keep(None)

    def logout_everywhere(self) -> None:
        """End every session of this account, on all devices."""
        self._transport.call("POST", "/api/auth/logout/all/")
        self._transport.keep(None)

    def me(self) -> User:
        """Return the account that is signed in."""
        return _user(self._transport.call("GET", ME))

    def edit_profile(self, **changes: Any) -> User:
        """Change fields of the profile, such as `bio="Likes noir."`; None clears one."""
        return _user(self._transport.call("PATCH", ME, body=changes))

    def set_avatar(self, image: BinaryIO) -> User:
        """Put up a picture: JPEG, PNG, WebP or GIF."""
        said = self._transport.call("POST", f"{ME}avatar/", files={"file": ("avatar", image)})
        return _user(said) if "user" in said else self.me()

    def change_password(self, *, old_password: str, new_password: str) -> None:
        """Change the password; every session ends, this one too."""
        body = {"old_password": old_password, "new_password": new_password}
        self._transport.call("POST", "/api/auth/password-change/", body=body)
        self._transport.keep(None)

    def forgot_password(self, email: str) -> None:
        """Have a link sent with which a new password can be chosen, if there is such an account."""
        self._transport.call("POST", "/api/auth/password-reset/", body={"email": email})

    def reset_password(self, *, uid: str, token: str, new_password: str) -> None:
        """Choose a new password with what the link holds."""
        body = {"uid": uid, "token": token, "new_password": new_password}
        self._transport.call("POST", "/api/auth/password-reset/confirm/", body=body)

    def export(self) -> bytes:
        """Return all that is kept about this account, as JSON."""
        return self._transport.send("GET", f"{ME}export/").content

    def delete_account(self, *, password: str) -> None:
        """Delete the account with all that is personal in it. There is no way back."""
        self._transport.call("DELETE", ME, body={"password": password})
        self._transport.keep(None)

    def _begin(self, path: str, body: dict[str, Any], *, creates: bool) -> User:
        said = self._transport.call("POST", path, body=body, creates=creates, is_signed=False)
        self._transport.keep(read(Tokens, said))
        return _user(said)


def _user(said: Any) -> User:
    return read(User, said["user"])
