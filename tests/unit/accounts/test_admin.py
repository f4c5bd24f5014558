from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from moviverse.accounts import selectors, tokens
from moviverse.accounts.models import User
from tests.factories import accounts
from tests.factories.jobs import run_pending

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db

USERS = "/admin/accounts/user/"


@pytest.fixture
def ann() -> User:
    return accounts.member(username="ann")


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(accounts.administrator(username="root"))
    return client


def saved(admin: Client, user: User, **fields: Any) -> None:
    given = {"is_active": user.is_active, "is_staff": user.is_staff, **fields}
    told = {name: value for name, value in given.items() if value is not False}
    answer = admin.post(f"{USERS}{user.pk}/change/", told)
    assert answer.status_code == 302


def holds(access: str) -> bool:
    try:
        tokens.user_of(access=access, now=timezone.now())
    except tokens.TokenRefused:
        return False
    return True


def test_a_member_may_not_see_the_accounts(ann: User) -> None:
    client = Client()
    client.force_login(ann)
    assert client.get(USERS).status_code == 302


@pytest.mark.usefixtures("ann")
def test_accounts_are_listed_and_searched_with_few_queries(
    admin: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(20):
        accounts.member()
    with django_assert_max_num_queries(12):
        answer = admin.get(USERS, {"q": "ann"})
    assert "ann@example.com" in answer.content.decode()


def test_a_page_shows_no_hash(admin: Client, ann: User) -> None:
    page = admin.get(f"{USERS}{ann.pk}/change/").content.decode()
    assert "ann@example.com" in page
    assert ann.password not in page


def test_a_deactivation_ends_all_sessions_and_a_reactivation_revives_none(
    admin: Client, ann: User
) -> None:
    access = tokens.issue(user=ann, now=timezone.now()).access
    saved(admin, ann, is_active=False)
    assert not holds(access)
    saved(admin, ann, is_active=True)
    assert User.objects.get(id=ann.id).is_active
    assert not holds(access)


def test_a_role_is_given_and_ends_no_session(admin: Client, ann: User) -> None:
    access = tokens.issue(user=ann, now=timezone.now()).access
    moderators = ann.groups.model.objects.get(name="moderator")
    saved(admin, ann, is_staff=True, groups=[moderators.pk])
    changed = User.objects.get(id=ann.id)
    assert changed.is_staff
    assert selectors.roles(user=changed) == {"moderator"}
    assert holds(access)


def test_names_cannot_be_changed_behind_the_rules(admin: Client, ann: User) -> None:
    saved(admin, ann, username="root", email="root@example.com", session_stamp=99)
    assert User.objects.filter(username="ann", email="ann@example.com", session_stamp=1).exists()


def test_nobody_is_made_behind_the_rules(admin: Client) -> None:
    assert admin.get(f"{USERS}add/").status_code == 403


def test_a_password_that_is_set_ends_all_sessions_and_its_owner_is_told(
    admin: Client, ann: User
) -> None:
    access = tokens.issue(user=ann, now=timezone.now()).access
    new = "another good passphrase 7"
    answer = admin.post(
        f"{USERS}{ann.pk}/password/",
        {"password1": new, "password2": new, "usable_password": "true"},
    )
    assert answer.status_code == 302
    assert User.objects.get(id=ann.id).check_password(new)
    assert not holds(access)
    run_pending()
    assert [(letter.to, letter.subject) for letter in mail.outbox] == [
        (["ann@example.com"], "Your password was changed")
    ]


def test_an_account_is_deleted_from_its_page_and_from_the_list(admin: Client, ann: User) -> None:
    others = [accounts.member() for _ in range(2)]
    admin.post(f"{USERS}{ann.pk}/delete/", {"post": "yes"})
    admin.post(
        USERS,
        {
            "action": "delete_selected",
            "_selected_action": [str(other.pk) for other in others],
            "post": "yes",
        },
    )
    assert [user.username for user in User.objects.all()] == ["root"]
