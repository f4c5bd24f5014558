from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.contrib.admin.models import LogEntry
from django.contrib.auth import hashers
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from moviverse.accounts import avatars, limiter, names, passwords, selectors, tokens
from moviverse.accounts.models import Profile, User
from moviverse.accounts.roles import Role
from moviverse.core import erasure, errors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from typing import BinaryIO

EDITABLE = frozenset({"name", "surname", "age", "gender", "locale", "bio", "preferred_genres"})
DELETED = "a deleted account"
NO_PASSWORD = ""  # no hash at all; checking against it costs what a real one costs


class WrongCredentials(errors.AuthenticationFailed):
    """No account has this name and this password. Which of the two is wrong is not told."""

    message = "The email, user name or password is wrong."


def register(
    *,
    email: str,
    username: str,
    password: str,
    now: datetime,
    age: int | None = None,
    gender: str = "",
    preferred_genres: Sequence[str] = (),
) -> User:
    """Make an account with its profile.

    Raises:
        Invalid: names every field that breaks a rule or belongs to somebody else.
    """
    user = User(
        email=names.key(email),
        username=names.normal(username),
        username_key=names.key(username),
        date_joined=now,
    )
    profile = Profile(user=user, age=age, gender=gender, preferred_genres=list(preferred_genres))
    faults = {
        "email": names.email_faults(user.email),
        "username": names.username_faults(user.username),
        "password": passwords.faults(password, user),
        **_profile_faults(profile),
    }
    _refuse(faults)
    _refuse(selectors.taken(email=email, username=username))
    user.password = hashers.make_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            profile.save(force_insert=True)
    except IntegrityError as error:  # somebody else was faster by a moment
        raise errors.Invalid(fields=selectors.taken(email=email, username=username)) from error
    return user


def create_administrator(*, email: str, username: str, password: str, now: datetime) -> User:
    """Make an account that may do everything; the roles that staff can have come with the first.

    Raises:
        Invalid: as `register`.
    """
    with transaction.atomic():
        user = create_account(
            email=email, username=username, password=password, role=Role.ADMIN, now=now
        )
        Group.objects.bulk_create([Group(name=role) for role in Role], ignore_conflicts=True)
    return user


@transaction.atomic
def create_account(
    *, email: str, username: str, password: str, role: Role | None, now: datetime
) -> User:
    """Make an account in the operator's name, with a role if it is to have one.

    Raises:
        Invalid: as `register`.
    """
    user = register(email=email, username=username, password=password, now=now)
    if role is not None:
        set_role(user=user, role=role, holds=True)
        user.refresh_from_db()
    return user


def authenticate(*, identifier: str, password: str, address: str, now: datetime) -> User:
    """Return whose e-mail address or user name and password these are.

    A wrong password, an unknown name and a deactivated account cost the same hash and get the same
    answer. Must not be called within a transaction: the limiter commits each attempt.

    Args:
        identifier: An e-mail address or a user name.
        password: As it was typed.
        address: The client's, by the configured proxies.
        now: The time of the attempt.

    Raises:
        TooManyAttempts: wrong or right, nothing is tried before its time has come.
        WrongCredentials: they are nobody's.
    """
    limiter.admit(account=names.key(identifier), address=address, now=now)
    user = selectors.user_named(identifier=identifier)
    if not _is_right(password, user) or user is None or not user.is_active:
        raise WrongCredentials
    limiter.forgive(accounts=[user.email, user.username_key], address=address)
    User.objects.filter(id=user.id).update(last_login=now)
    return user


def change_password(
    *, user: User, old_password: str, new_password: str, address: str, now: datetime
) -> None:
    """Change a password and end every session and token that was begun with the old one.

    Raises:
        TooManyAttempts: the old password was guessed too often.
        Invalid: the old password is wrong or the new one is weak.
    """
    _prove(user, old_password, field="old_password", address=address, now=now)
    with transaction.atomic():
        # The password was checked against a row that somebody may have changed since.
        current = (
            User.objects.select_for_update().filter(id=user.id, password=user.password).first()
        )
        if current is None:
            raise errors.Conflict("The account was changed meanwhile. Sign in again.")
        passwords.replace(user=current, password=new_password, now=now)


@transaction.atomic
def set_password(*, user: User, password: str, now: datetime) -> None:
    """Give an account another password without its old one; its sessions end.

    Raises:
        Invalid: the password is weak (`new_password`).
    """
    current = User.objects.select_for_update().get(id=user.id)
    passwords.replace(user=current, password=password, now=now)


@transaction.atomic
def set_active(*, user: User, is_active: bool) -> None:
    """Take an account out of use, which ends its sessions at once, or into use again."""
    User.objects.filter(id=user.id).update(is_active=is_active)
    if not is_active:
        tokens.revoke_all(user=user)


@transaction.atomic
def set_role(*, user: User, role: Role, holds: bool) -> None:
    """Give somebody a role or take it; administrators may do everything in the admin as well."""
    group, _ = Group.objects.get_or_create(name=role)
    (user.groups.add if holds else user.groups.remove)(group)
    if role is Role.ADMIN:
        User.objects.filter(id=user.id).update(is_staff=holds, is_superuser=holds)


@transaction.atomic
def edit_profile(*, user: User, changes: Mapping[str, object]) -> Profile:
    """Change some of what a person tells about themself.

    Raises:
        Invalid: names every field that is not of the profile or breaks a rule.
        AccountNotFound: the account was deleted meanwhile.
    """
    _refuse({field: ["This cannot be edited."] for field in sorted(set(changes) - EDITABLE)})
    profile = _locked_profile(user)
    for field, value in changes.items():
        setattr(profile, field, value)
    _refuse(_profile_faults(profile))
    profile.save(update_fields=list(changes))
    return profile


def cleared(field: str) -> object:
    """Return what a field of the profile holds of somebody who has told nothing."""
    told: object = getattr(Profile(), field)
    return told


def set_avatar(*, user: User, file: BinaryIO) -> Profile:
    """Draw a person's picture from a file, in place of the one before.

    Raises:
        InvalidPicture: the file is no picture that we can show.
        AccountNotFound: the account was deleted meanwhile.
    """
    picture = avatars.drawn(file)
    with transaction.atomic():
        profile = _locked_profile(user)
        # Nobody else is at this person's pictures now: what is not theirs by the profile was left
        # behind by a process that was killed.
        avatars.remove(owner=user.pk, spare=profile.avatar_url)
        before, profile.avatar_url = profile.avatar_url, avatars.keep(picture, owner=user.pk)
        profile.save(update_fields=["avatar_url"])
        transaction.on_commit(partial(avatars.discard, before))
    return profile


@transaction.atomic
def remove_avatar(*, user: User) -> None:
    """Take a person's picture away, if there is one.

    Raises:
        AccountNotFound: the account was deleted meanwhile.
    """
    profile = _locked_profile(user)
    before, profile.avatar_url = profile.avatar_url, ""
    profile.save(update_fields=["avatar_url"])
    transaction.on_commit(partial(avatars.discard, before))


def delete_account(*, user: User, password: str, address: str, now: datetime) -> None:
    """Delete an account and all that is personal in it, if its owner says so.

    Raises:
        TooManyAttempts: the password was guessed too often.
        Invalid: the password is wrong.
    """
    _prove(user, password, field="password", address=address, now=now)
    erase(user=user)


@transaction.atomic
def erase(*, user: User) -> None:
    """Delete an account with everything that refers to it or names it, and its files.

    What the staff did to the account stays on record; its name goes from there as well.
    """
    owner = user.pk
    erasure.forget(user_id=owner, email=user.email)
    LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(User), object_id=str(owner)
    ).update(object_repr=DELETED)
    user.delete()
    transaction.on_commit(partial(avatars.remove, owner=owner))


def _locked_profile(user: User) -> Profile:
    profile = Profile.objects.select_for_update().filter(user=user).first()
    if profile is None:
        raise selectors.AccountNotFound
    return profile


def _prove(user: User, password: str, *, field: str, address: str, now: datetime) -> None:
    """Ask for the password again before something grave, with the limits of a login."""
    limiter.admit(account=user.email, address=address, now=now)
    if not _is_right(password, user):
        raise errors.Invalid(fields={field: ["The password is wrong."]})
    limiter.forgive(accounts=[user.email], address=address)


def _is_right(password: str, user: User | None) -> bool:
    encoded = user.password if user else NO_PASSWORD
    typed = password.encode(errors="replace").decode()[: passwords.LONGEST_PASSWORD + 1]
    right, outdated = hashers.verify_password(typed, encoded)
    if user and right and outdated:  # the cost of the hash was raised since it was made
        renewed = hashers.make_password(typed)
        User.objects.filter(id=user.id, password=encoded).update(password=renewed)
        user.password = renewed
    return right


def _profile_faults(profile: Profile) -> dict[str, list[str]]:
    try:
        profile.clean_fields(exclude={"user"})
    except ValidationError as error:
        return error.message_dict
    return {}


def _refuse(faults: Mapping[str, Sequence[str]]) -> None:
    found = {field: said for field, said in faults.items() if said}
    if found:
        raise errors.Invalid(fields=found)
