"""What an account holds of its owner, for them to take along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F

from moviverse.accounts import selectors
from moviverse.accounts.models import PageSession, TokenFamily

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moviverse.accounts.models import User

PROFILE = ("name", "surname", "age", "gender", "avatar_url", "locale", "bio", "preferred_genres")


def of(*, user: User) -> Mapping[str, Any]:
    """Return everything by its name, without secrets: no hash, no stamp, nothing that signs in.

    Raises:
        AccountNotFound: the account was deleted meanwhile.
    """
    account = selectors.account(user_id=user.pk)
    return {
        "account": {
            "id": account.id,
            "username": account.username,
            "email": account.email,
            "date_joined": account.date_joined,
            "last_login": user.last_login,
            "is_staff": account.is_staff,
            "roles": list(account.roles),
        },
        "profile": {name: getattr(account.profile, name) for name in PROFILE},
        "app_sessions": TokenFamily.objects.filter(user=user).values("expires_at"),
        "browser_sessions": PageSession.objects.filter(user=user).values(
            expires_at=F("expire_date")
        ),
    }
