"""What an operator does with people's accounts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from moviverse.accounts import selectors, services, tokens
from moviverse.accounts.models import TokenFamily, User
from moviverse.accounts.roles import Role
from moviverse.core import errors
from tests.factories import accounts

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db

NEW = "four other words entirely"


def found(**asked: object) -> list[str]:
    told = {"limit": 10, **asked}
    return [user.username for user in selectors.people(**told)]  # type: ignore[arg-type]  # as it comes


def opens(access: str) -> bool:
    try:
        tokens.user_of(access=access, now=timezone.now())
    except errors.AuthenticationFailed:
        return False
    return True


def test_another_password_replaces_the_old_one_and_ends_every_session() -> None:
    ann = accounts.member()
    access = tokens.issue(user=ann, now=timezone.now()).access

    services.set_password(user=ann, password=NEW, now=timezone.now())

    assert not opens(access)
    assert User.objects.get().check_password(NEW)
    assert not TokenFamily.objects.exists()


def test_a_weak_password_is_refused_for_operators_too() -> None:
    ann = accounts.member()
    with pytest.raises(errors.Invalid) as refused:
        services.set_password(user=ann, password="1234", now=timezone.now())
    assert set(refused.value.details) == {"new_password"}
    assert User.objects.get().check_password(accounts.PASSWORD)


def test_an_account_out_of_use_opens_nothing_and_comes_back_without_its_sessions() -> None:
    ann = accounts.member()
    access = tokens.issue(user=ann, now=timezone.now()).access

    services.set_active(user=ann, is_active=False)
    assert not opens(access)
    with pytest.raises(services.WrongCredentials):
        services.authenticate(
            identifier=ann.username,
            password=accounts.PASSWORD,
            address="192.0.2.1",
            now=timezone.now(),
        )

    services.set_active(user=ann, is_active=True)
    assert not opens(access)
    assert opens(tokens.issue(user=User.objects.get(), now=timezone.now()).access)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_is_given_and_taken(role: Role) -> None:
    ann = accounts.member()

    services.set_role(user=ann, role=role, holds=True)
    services.set_role(user=ann, role=role, holds=True)
    now = User.objects.get()
    assert selectors.roles(user=now) == {role}
    assert (now.is_staff, now.is_superuser) == (role is Role.ADMIN, role is Role.ADMIN)

    services.set_role(user=ann, role=role, holds=False)
    then = User.objects.get()
    assert not selectors.roles(user=then)
    assert (then.is_staff, then.is_superuser) == (False, False)


def test_an_account_is_made_with_its_role() -> None:
    made = services.create_account(
        email="ann@example.org",
        username="ann",
        password=NEW,
        role=Role.ANALYST,
        now=timezone.now(),
    )
    assert selectors.roles(user=made) == {Role.ANALYST}
    assert not made.is_staff


def test_people_are_found_by_what_is_known_of_them(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    now = timezone.now()
    ann = accounts.member(username="Ann", email="ann@films.org", now=now - timedelta(days=2))
    accounts.member(username="bob", email="bob@example.com", now=now - timedelta(days=1))
    accounts.administrator(username="root")
    services.set_active(user=ann, is_active=False)
    services.set_role(user=ann, role=Role.MODERATOR, holds=True)

    with django_assert_num_queries(1):
        assert found() == ["root", "bob", "Ann"]
    assert found(limit=1) == ["root"]
    assert found(search="ANN") == found(search="films.org") == ["Ann"]
    assert found(role=Role.MODERATOR) == found(is_active=False) == ["Ann"]
    assert found(is_active=True, search="b") == ["bob"]
    assert selectors.people(search="ann", limit=1)[0].role_names == ["moderator"]  # type: ignore[attr-defined]  # annotated


@pytest.mark.parametrize("identifier", ["ANN", "Ann@example.com"])
def test_somebody_is_found_by_name_or_address(identifier: str) -> None:
    ann = accounts.member(username="ann")
    assert selectors.named(identifier=identifier) == ann


def test_nobody_is_named_so() -> None:
    with pytest.raises(selectors.AccountNotFound):
        selectors.named(identifier="nobody")
