from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import Group
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q

from moviverse.accounts import names
from moviverse.accounts.models import User
from moviverse.accounts.roles import Role
from moviverse.core import errors

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from moviverse.accounts.models import Profile

TAKEN_EMAIL = "An account with this email address exists already."
TAKEN_USERNAME = "This user name is taken."


class AccountNotFound(errors.NotFound):
    """There is no such account, or no longer."""

    message = "There is no such account."


@dataclass(frozen=True)
class Account:
    """A person's account as they see it themself."""

    id: UUID
    username: str
    email: str
    date_joined: datetime
    is_staff: bool
    roles: Sequence[str]
    profile: Profile


def account(*, user_id: UUID) -> Account:
    """Return somebody's account with one query.

    Raises:
        AccountNotFound: there is none.
    """
    found: Any = (
        User.objects.filter(id=user_id)
        .select_related("profile")
        .annotate(role_names=ArraySubquery(_role_names()))
        .first()
    )
    if found is None:
        raise AccountNotFound
    return Account(
        id=found.id,
        username=found.username,
        email=found.email,
        date_joined=found.date_joined,
        is_staff=found.is_staff,
        roles=found.role_names,
        profile=found.profile,
    )


def roles(*, user: User) -> frozenset[str]:
    """Return the roles that `user` has now."""
    return frozenset(user.groups.filter(name__in=list(Role)).values_list("name", flat=True))


def named(*, identifier: str) -> User:
    """Return who has this e-mail address or user name.

    Raises:
        AccountNotFound: nobody has.
    """
    user = user_named(identifier=identifier)
    if user is None:
        raise AccountNotFound
    return user


def people(
    *, search: str = "", role: Role | None = None, is_active: bool | None = None, limit: int
) -> Sequence[User]:
    """Return accounts with their roles in `role_names`, the newest first.

    Args:
        search: A part of the user name or the e-mail address.
        role: Only who has it.
        is_active: Only accounts in use, or only those out of use.
        limit: How many at most.
    """
    wanted = (
        Q(email__contains=key) | Q(username_key__contains=key)
        if (key := names.key(search))
        else Q()
    )
    if role is not None:
        wanted &= Q(groups__name=role)
    if is_active is not None:
        wanted &= Q(is_active=is_active)
    found = User.objects.filter(wanted).annotate(role_names=ArraySubquery(_role_names()))
    return list(found.order_by("-date_joined", "id")[:limit])


def anybody() -> bool:
    """Say whether there is any account at all."""
    return User.objects.exists()


def user_named(*, identifier: str) -> User | None:
    """Return who has this e-mail address or user name; a user name has no `@`."""
    key = names.key(identifier)
    return User.objects.filter(Q(email=key) if "@" in key else Q(username_key=key)).first()


def taken(*, email: str, username: str) -> dict[str, list[str]]:
    """Return, by field, what another account has already."""
    keys = {"email": names.key(email), "username": names.key(username)}
    found = User.objects.filter(Q(email=keys["email"]) | Q(username_key=keys["username"]))
    faults = {}
    for known_email, known_username in found.values_list("email", "username_key"):
        if known_email == keys["email"]:
            faults["email"] = [TAKEN_EMAIL]
        if known_username == keys["username"]:
            faults["username"] = [TAKEN_USERNAME]
    return faults


def _role_names() -> Any:
    roles = Group.objects.filter(user=OuterRef("pk"), name__in=list(Role))
    return roles.order_by("name").values("name")
