"""A session from its first sign-in to its end, and what happens when its tokens expire."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from moviverse.accounts.models import TokenFamily
from moviverse_client import Client, Invalid, NotAuthenticated, Tokens
from tests.factories.accounts import PASSWORD, member

if TYPE_CHECKING:
    from collections.abc import Callable

    from moviverse_client import User

THREADS = 8


def test_who_registers_is_signed_in(client: Client, ann: User) -> None:
    assert client.tokens is not None
    assert client.auth.me() == ann
    assert (ann.username, ann.email, ann.is_staff) == ("ann", "ann@example.org", False)


@pytest.mark.parametrize("identifier", ["ann", "ann@example.org"])
def test_one_signs_in_by_name_or_by_address(
    client: Client, ann: User, connect: Callable[..., Client], identifier: str
) -> None:
    with connect() as other:
        assert other.auth.login(identifier, PASSWORD).id == ann.id
        assert other.tokens != client.tokens


def test_a_wrong_password_says_so(client: Client, ann: User) -> None:
    with pytest.raises(NotAuthenticated) as refused:
        client.auth.login(ann.username, "not the password")
    assert refused.value.code == "AUTHENTICATION_FAILED"
    assert refused.value.request_id


def test_a_field_that_is_refused_is_named(client: Client, ann: User) -> None:
    with pytest.raises(Invalid) as refused:
        client.auth.register(email=ann.email.upper(), username="other", password=PASSWORD)
    assert set(refused.value.details) == {"email"}
    assert "email" in str(refused.value)


def test_a_profile_is_edited_and_cleared(client: Client, ann: User) -> None:
    assert ann.profile.age is None
    assert client.auth.edit_profile(age=31, bio="Likes noir.").profile.age == 31
    cleared = client.auth.edit_profile(age=None).profile
    assert (cleared.age, cleared.bio) == (None, "Likes noir.")


def test_an_expired_access_token_is_renewed_on_the_way(
    connect: Callable[..., Client],
    db: None,  # noqa: ARG001 - the service needs it
) -> None:
    kept: list[Tokens | None] = []
    client = connect(on_tokens=kept.append)
    ann = client.auth.register(email="ann@example.org", username="ann", password=PASSWORD)
    with time_machine.travel(timezone.now() + timedelta(minutes=20), tick=True):
        assert client.auth.me().id == ann.id
        assert kept[-1] == client.tokens
        assert len(kept) == 2


def test_a_session_goes_on_in_another_program(
    client: Client, ann: User, connect: Callable[..., Client]
) -> None:
    tokens = client.tokens
    assert tokens is not None
    with connect(token=tokens.access, refresh=tokens.refresh) as other:
        assert other.auth.me() == ann


def test_a_session_that_was_ended_elsewhere_is_over(
    client: Client, ann: User, connect: Callable[..., Client]
) -> None:
    with connect() as other:
        other.auth.login(ann.username, PASSWORD)
        other.auth.logout_everywhere()
    with pytest.raises(NotAuthenticated):
        client.auth.me()
    assert client.tokens is None


def test_signing_out_ends_the_session_and_may_be_repeated(client: Client, ann: User) -> None:
    client.auth.logout()
    client.auth.logout()
    assert client.tokens is None
    assert not TokenFamily.objects.filter(user_id=ann.id).exists()


def test_a_new_password_ends_the_session(client: Client, ann: User) -> None:
    client.auth.change_password(old_password=PASSWORD, new_password="four other words entirely")
    assert client.tokens is None
    assert client.auth.login(ann.username, "four other words entirely").id == ann.id


def test_a_deleted_account_is_gone(client: Client, ann: User) -> None:
    client.auth.delete_account(password=PASSWORD)
    with pytest.raises(NotAuthenticated):
        client.auth.login(ann.username, PASSWORD)


@pytest.mark.django_db(transaction=True)
def test_threads_that_share_a_session_renew_it_once(connect: Callable[..., Client]) -> None:
    member(username="ann")
    kept: list[Tokens | None] = []
    client = connect(on_tokens=kept.append)
    client.auth.login("ann", PASSWORD)
    together = threading.Barrier(THREADS)

    def ask(_number: int) -> str:
        together.wait()
        try:
            return client.auth.me().username
        finally:
            connection.close()

    with (
        time_machine.travel(timezone.now() + timedelta(minutes=20), tick=True),
        ThreadPoolExecutor(THREADS) as pool,
    ):
        assert list(pool.map(ask, range(THREADS))) == ["ann"] * THREADS
    assert len(kept) == 2
    assert TokenFamily.objects.count() == 1
