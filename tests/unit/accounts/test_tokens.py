from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import jwt
import pytest
from django.db import connection

from moviverse.accounts import tokens
from moviverse.accounts.models import TokenFamily, User
from tests.factories import accounts

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries, Settings

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def ann() -> User:
    return accounts.member(username="ann")


def holds(access: str, *, now: datetime = NOW) -> bool:
    try:
        tokens.user_of(access=access, now=now)
    except tokens.TokenRefused:
        return False
    return True


def rotates(refresh: str, *, now: datetime = NOW) -> bool:
    try:
        tokens.rotate(refresh=refresh, now=now)
    except tokens.TokenRefused:
        return False
    return True


def test_an_access_token_names_its_user_with_one_query(
    ann: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    pair = tokens.issue(user=ann, now=NOW)
    with django_assert_num_queries(1):
        assert tokens.user_of(access=pair.access, now=NOW) == ann


def test_an_access_token_says_no_more_than_it_must(ann: User) -> None:
    claims = jwt.decode(tokens.issue(user=ann, now=NOW).access, options={"verify_signature": False})
    assert set(claims) == {"use", "sub", "fam", "jti", "stamp", "iat", "exp"}
    assert claims["exp"] - claims["iat"] == 15 * 60


def test_an_access_token_lives_for_its_minutes_and_no_longer(ann: User) -> None:
    access = tokens.issue(user=ann, now=NOW).access
    assert holds(access, now=NOW + timedelta(minutes=15) - SECOND)
    assert not holds(access, now=NOW + timedelta(minutes=15))


def test_a_refresh_token_lives_for_its_days_and_no_longer(ann: User) -> None:
    assert rotates(tokens.issue(user=ann, now=NOW).refresh, now=NOW + timedelta(days=30) - SECOND)
    assert not rotates(tokens.issue(user=ann, now=NOW).refresh, now=NOW + timedelta(days=30))


def test_a_token_holds_for_a_clock_that_is_a_little_behind(ann: User) -> None:
    access = tokens.issue(user=ann, now=NOW).access
    assert holds(access, now=NOW - timedelta(seconds=30))
    assert not holds(access, now=NOW - timedelta(seconds=31))


def test_a_lifetime_that_is_shortened_holds_for_older_tokens(ann: User, settings: Settings) -> None:
    access = tokens.issue(user=ann, now=NOW).access
    settings.JWT_ACCESS_LIFETIME = timedelta(minutes=5)
    assert holds(access, now=NOW + timedelta(minutes=5) - SECOND)
    assert not holds(access, now=NOW + timedelta(minutes=5))


def test_one_kind_of_token_is_not_taken_for_the_other(ann: User) -> None:
    pair = tokens.issue(user=ann, now=NOW)
    assert not holds(pair.refresh)
    assert not rotates(pair.access)
    with pytest.raises(tokens.TokenRefused):
        tokens.revoke(refresh=pair.access, now=NOW)
    assert holds(pair.access)


def test_a_rotation_gives_a_pair_that_holds_and_keeps_the_access_of_before(ann: User) -> None:
    first = tokens.issue(user=ann, now=NOW)
    second = tokens.rotate(refresh=first.refresh, now=NOW + SECOND)
    third = tokens.rotate(refresh=second.refresh, now=NOW + 2 * SECOND)
    for pair in (first, second, third):
        assert holds(pair.access, now=NOW + 2 * SECOND)
    assert TokenFamily.objects.get().expires_at == NOW + 2 * SECOND + timedelta(days=30)


def test_a_refresh_token_used_twice_kills_the_whole_family(ann: User) -> None:
    elsewhere = tokens.issue(user=ann, now=NOW)
    stolen = tokens.issue(user=ann, now=NOW)
    newest = tokens.rotate(refresh=stolen.refresh, now=NOW)

    assert not rotates(stolen.refresh)

    assert not holds(stolen.access)
    assert not holds(newest.access)
    assert not rotates(newest.refresh)
    assert holds(elsewhere.access)
    assert rotates(elsewhere.refresh)


@pytest.mark.django_db(transaction=True)
def test_of_twenty_rotations_at_once_at_most_one_wins(ann: User) -> None:
    refresh = tokens.issue(user=ann, now=NOW).refresh

    def rotation(_: int) -> bool:
        try:
            return rotates(refresh)
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(rotation, range(20)))

    assert outcomes.count(True) == 1
    assert not TokenFamily.objects.exists()  # the other nineteen were reuse


def test_a_logout_kills_its_family_with_the_access_tokens_and_no_other(ann: User) -> None:
    here, elsewhere = tokens.issue(user=ann, now=NOW), tokens.issue(user=ann, now=NOW)
    tokens.revoke(refresh=here.refresh, now=NOW)
    tokens.revoke(refresh=here.refresh, now=NOW)
    assert not holds(here.access)
    assert not rotates(here.refresh)
    assert holds(elsewhere.access)


def test_a_logout_with_a_rotated_token_kills_its_family_too(ann: User) -> None:
    first = tokens.issue(user=ann, now=NOW)
    second = tokens.rotate(refresh=first.refresh, now=NOW)
    tokens.revoke(refresh=first.refresh, now=NOW)
    assert not holds(second.access)


def test_logging_out_everywhere_kills_every_token_and_session_of_this_person(ann: User) -> None:
    pairs = [tokens.issue(user=ann, now=NOW) for _ in range(3)]
    bob = tokens.issue(user=accounts.member(), now=NOW)
    session = ann.get_session_auth_hash()

    tokens.revoke_all(user=ann)

    assert not any(holds(pair.access) or rotates(pair.refresh) for pair in pairs)
    assert User.objects.get(id=ann.id).get_session_auth_hash() != session
    assert holds(bob.access)


def test_a_deactivated_person_has_no_token_left(ann: User) -> None:
    pair = tokens.issue(user=ann, now=NOW)
    User.objects.filter(id=ann.id).update(is_active=False)
    assert not holds(pair.access)
    assert not rotates(pair.refresh)


def test_a_password_set_by_any_means_ends_sessions_and_tokens(ann: User) -> None:
    pair = tokens.issue(user=ann, now=NOW)
    session = ann.get_session_auth_hash()
    ann.set_password("another good passphrase 7")
    ann.save()
    assert ann.get_session_auth_hash() != session
    assert not holds(pair.access)
    assert not rotates(pair.refresh)


def test_a_family_belongs_to_one_person(ann: User) -> None:
    bob = accounts.member()
    grant = tokens.begin(user=ann, now=NOW)
    forged = tokens.sign(tokens.Grant(**{**asdict(grant), "user": bob.id}))
    assert not holds(forged.access)
    assert not rotates(forged.refresh)
    tokens.revoke(refresh=forged.refresh, now=NOW)
    assert holds(tokens.sign(grant).access)


def test_a_grant_always_makes_the_same_tokens(ann: User) -> None:
    grant = tokens.begin(user=ann, now=NOW)
    assert tokens.sign(grant) == tokens.sign(grant)


def test_families_that_have_run_out_are_forgotten_at_the_next_login(ann: User) -> None:
    bob = accounts.member()
    for user in (ann, bob):
        tokens.issue(user=user, now=NOW)
    tokens.issue(user=ann, now=NOW + timedelta(days=30))
    assert TokenFamily.objects.filter(user=ann).count() == 1
    assert TokenFamily.objects.filter(user=bob).count() == 1


def test_tokens_die_with_the_key(ann: User, settings: Settings) -> None:
    access = tokens.issue(user=ann, now=NOW).access
    settings.SECRET_KEY = "another key that is just as long as the first"
    assert not holds(access)
