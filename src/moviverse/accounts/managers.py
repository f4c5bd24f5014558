from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.base_user import BaseUserManager

from moviverse.accounts import names

if TYPE_CHECKING:
    from moviverse.accounts.models import User


class UserManager(BaseUserManager["User"]):
    """Look people up by e-mail, however it is written; `accounts.services` makes them."""

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the user with this e-mail address."""
        return self.get(email=names.key(username or ""))
