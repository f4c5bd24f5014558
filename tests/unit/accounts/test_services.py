from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth import hashers
from django.db import connection

from moviverse.accounts import selectors, services, tokens
from moviverse.accounts.models import Profile, TokenFamily, User
from moviverse.core import errors
from moviverse.core.models import IdempotencyKey
from tests.factories import accounts

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_django import DjangoAssertNumQueries, Settings

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HERE = "192.0.2.1"


def registered(**given: Any) -> User:
    return services.register(
        **{
            "email": "ann@example.com",
            "username": "ann",
            "password": accounts.PASSWORD,
            "now": NOW,
            **given,
        }
    )


def faults_of(call: Callable[[], object]) -> dict[str, list[str]]:
    with pytest.raises(errors.Invalid) as refused:
        call()
    details: dict[str, list[str]] = refused.value.details
    return details


def test_a_registered_person_has_a_profile_and_no_rights() -> None:
    user = registered(age=31, gender="f", preferred_genres=["Drama", "War"])

    account = selectors.account(user_id=user.id)

    assert (account.email, account.username, account.date_joined) == ("ann@example.com", "ann", NOW)
    assert (account.is_staff, account.roles) == (False, [])
    assert (account.profile.age, account.profile.gender) == (31, "f")
    assert account.profile.preferred_genres == ["Drama", "War"]
    assert not User.objects.get().is_superuser


def test_a_name_is_shown_as_it_was_typed_and_an_address_is_kept_folded() -> None:
    user = registered(username="CineFan", email="Ann@Example.COM")
    assert (user.username, user.email) == ("CineFan", "ann@example.com")


def test_every_spelling_of_a_taken_name_and_address_is_taken() -> None:
    registered(username="Straße", email="ann@example.com")
    faults = faults_of(lambda: registered(username="STRASSE", email="ANN@example.com"))
    assert set(faults) == {"email", "username"}


def test_a_taken_address_leaves_the_free_name_unblamed() -> None:
    registered(username="ann")
    assert set(faults_of(lambda: registered(username="bob"))) == {"email"}
    assert set(faults_of(lambda: registered(email="bob@example.com"))) == {"username"}


def test_all_faults_are_told_at_once() -> None:
    faults = faults_of(
        lambda: registered(
            email="nobody", username="a b", password="short", age=151, gender="x" * 31
        )
    )
    assert set(faults) == {"email", "username", "password", "age", "gender"}
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "password123",
        "85276935410",
        "ann@example.com",
        "x" * 129,
        "with a \0",
        "half \ud800",
    ],
)
def test_a_weak_password_is_refused(password: str) -> None:
    assert set(faults_of(lambda: registered(password=password))) == {"password"}


def test_a_password_of_128_characters_is_taken() -> None:
    password = "ab3-" * 32
    user = registered(password=password)
    assert authenticated("ann", password=password) == user


@pytest.mark.parametrize("age", [0, -1, 151, 40_000])
def test_nobody_is_younger_than_1_or_older_than_150(age: int) -> None:
    assert set(faults_of(lambda: registered(age=age))) == {"age"}


@pytest.mark.django_db(transaction=True)
def test_of_twenty_who_register_one_name_at_once_one_gets_it() -> None:
    def attempt(number: int) -> str:
        try:
            registered(username="Ann" if number % 2 else "ann", email=f"ann{number}@example.com")
        except errors.Invalid as refused:
            return ",".join(refused.details)
        finally:
            connection.close()
        return "made"

    with ThreadPoolExecutor(20) as pool:
        outcomes = sorted(pool.map(attempt, range(20)))

    assert outcomes == ["made"] + ["username"] * 19
    assert User.objects.count() == Profile.objects.count() == 1


def test_an_administrator_may_do_everything_and_has_the_role() -> None:
    user = accounts.administrator()
    assert user.is_staff
    assert user.is_superuser
    assert selectors.roles(user=user) == {"admin"}
    assert selectors.account(user_id=user.id).roles == ["admin"]


def test_a_second_administrator_can_be_made() -> None:
    accounts.administrator()
    assert selectors.roles(user=accounts.administrator()) == {"admin"}


def test_a_site_knows_whether_anybody_has_an_account() -> None:
    assert not selectors.anybody()
    registered()
    assert selectors.anybody()


def test_a_member_has_no_role() -> None:
    assert selectors.roles(user=accounts.member()) == frozenset()


def authenticated(identifier: str, *, password: str = accounts.PASSWORD) -> User:
    return services.authenticate(identifier=identifier, password=password, address=HERE, now=NOW)


@pytest.mark.parametrize(
    "identifier", ["ann@example.com", "ANN@example.com", "Ann", " ann ", "\uff41\uff4e\uff4e"]
)
def test_a_person_is_known_by_address_and_by_name_in_any_spelling(identifier: str) -> None:
    user = registered()
    assert authenticated(identifier) == user
    assert User.objects.get().last_login == NOW


@pytest.mark.parametrize(
    ("identifier", "password"),
    [
        ("ann", "wrong"),
        ("ann", ""),
        ("ann", accounts.PASSWORD + " "),
        ("ann", "half \ud800"),
        ("nobody", accounts.PASSWORD),
        ("nobody@example.com", accounts.PASSWORD),
        ("", accounts.PASSWORD),
        ("an\0n", accounts.PASSWORD),
        ("ann\ud800", accounts.PASSWORD),
        ("x" * 100_000, accounts.PASSWORD),
    ],
)
def test_wrong_credentials_are_refused_in_one_way(identifier: str, password: str) -> None:
    registered()
    with pytest.raises(services.WrongCredentials) as refused:
        authenticated(identifier, password=password)
    assert str(refused.value) == services.WrongCredentials.message


def test_a_deactivated_account_is_refused_like_an_unknown_one() -> None:
    User.objects.filter(id=registered().id).update(is_active=False)
    with pytest.raises(services.WrongCredentials):
        authenticated("ann")


def test_a_password_is_hashed_once_whether_the_account_exists_or_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    registered()
    hasher = type(hashers.get_hasher())
    hash_once = hasher.encode
    hashed: list[str] = []

    def counted(self: Any, password: str, salt: str, **more: Any) -> str:
        hashed.append(salt)
        return hash_once(self, password, salt, **more)

    monkeypatch.setattr(hasher, "encode", counted)
    for identifier in ("ann", "ann@example.com", "nobody", "nobody@example.com"):
        hashed.clear()
        with pytest.raises(services.WrongCredentials):
            authenticated(identifier, password="wrong")
        assert len(hashed) == 1


def test_the_database_is_asked_as_often_for_an_unknown_name(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    registered()
    for identifier in ("ann", "nobody"):  # opens the address's window, and sweeps
        with pytest.raises(services.WrongCredentials):
            authenticated(identifier, password="wrong")
    for identifier in ("ann", "nobody"):
        # three counts, each in a savepoint of this test, and the user
        with (
            django_assert_num_queries(10),
            pytest.raises(services.WrongCredentials),
        ):
            authenticated(identifier, password="wrong")


def test_an_outdated_hash_is_renewed_at_a_login(settings: Settings) -> None:
    user = registered()
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    pair = tokens.issue(user=user, now=NOW)

    assert authenticated("ann").password == User.objects.get().password
    assert User.objects.get().password.startswith("pbkdf2_sha256$")
    assert tokens.user_of(access=pair.access, now=NOW) == user
    assert authenticated("ann") == user


def test_a_changed_password_ends_every_token() -> None:
    user = registered()
    pair = tokens.issue(user=user, now=NOW)

    changed(user, new="another good passphrase 7")

    with pytest.raises(tokens.TokenRefused):
        tokens.user_of(access=pair.access, now=NOW)
    with pytest.raises(tokens.TokenRefused):
        tokens.rotate(refresh=pair.refresh, now=NOW)
    assert authenticated("ann", password="another good passphrase 7") == user
    with pytest.raises(services.WrongCredentials):
        authenticated("ann")


def changed(user: User, *, old: str = accounts.PASSWORD, new: str) -> None:
    services.change_password(user=user, old_password=old, new_password=new, address=HERE, now=NOW)


def test_a_password_is_changed_by_who_knows_it_to_a_good_one() -> None:
    user = registered()
    assert set(faults_of(lambda: changed(user, old="wrong", new="another good one 7"))) == {
        "old_password"
    }
    assert set(faults_of(lambda: changed(user, new="short"))) == {"new_password"}
    assert authenticated("ann") == user


def test_a_password_that_was_changed_meanwhile_is_not_changed_again() -> None:
    stale = registered()
    changed(User.objects.get(), new="another good passphrase 7")
    with pytest.raises(errors.Conflict):
        changed(stale, new="a third good passphrase 8")
    assert authenticated("ann", password="another good passphrase 7") == stale


def test_the_old_password_cannot_be_guessed_through_the_change() -> None:
    user = registered()
    for number in range(5):
        faults_of(lambda number=number: changed(user, old=f"guess {number}", new="whatever 123"))  # type: ignore[misc]  # a loop's default
    with pytest.raises(errors.RateLimited):
        changed(user, new="another good passphrase 7")


def test_a_profile_is_edited_in_part() -> None:
    user = registered(age=31)
    services.edit_profile(user=user, changes={"name": "Ann", "locale": "pt-BR"})
    services.edit_profile(user=user, changes={"bio": "Likes noir.", "age": None})
    profile = Profile.objects.get()
    assert (profile.name, profile.locale, profile.bio) == ("Ann", "pt-BR", "Likes noir.")
    assert profile.age is None


@pytest.mark.parametrize(
    "changes",
    [
        {"is_staff": True},
        {"roles": ["admin"]},
        {"email": "bob@example.com"},
        {"user_id": "x"},
        {"avatar_url": "https://example.com/pixel.gif"},
        {"age": 0},
        {"age": 151},
        {"locale": "not a locale"},
        {"name": "x" * 101},
        {"bio": "x" * 2001},
        {"gender": "x" * 31},
        {"preferred_genres": ["x"] * 51},
        {"preferred_genres": ["x" * 51]},
    ],
)
def test_what_a_profile_cannot_hold_is_refused(changes: dict[str, object]) -> None:
    user = registered()
    before = Profile.objects.values().get()
    faults = faults_of(lambda: services.edit_profile(user=user, changes=changes))
    assert set(faults) == set(changes)
    assert Profile.objects.values().get() == before


def test_the_profile_of_a_deleted_account_cannot_be_edited() -> None:
    user = registered()
    services.erase(user=User.objects.get())
    with pytest.raises(selectors.AccountNotFound):
        services.edit_profile(user=user, changes={"name": "Ann"})
    with pytest.raises(selectors.AccountNotFound):
        selectors.account(user_id=user.id)


def test_a_deleted_account_leaves_nothing_behind() -> None:
    user, other = registered(), accounts.member()
    tokens.issue(user=user, now=NOW)
    for owner in (user, other):
        IdempotencyKey.objects.create(
            owner=f"user:{owner.pk}", key="k", path="/", body_sha256="", status=201, created_at=NOW
        )

    services.delete_account(user=user, password=accounts.PASSWORD, address=HERE, now=NOW)

    assert User.objects.get() == Profile.objects.get().user == other
    assert IdempotencyKey.objects.get().owner == f"user:{other.pk}"
    assert not TokenFamily.objects.exists()


def test_an_account_is_not_deleted_with_a_wrong_password() -> None:
    user = registered()
    faults = faults_of(
        lambda: services.delete_account(user=user, password="wrong", address=HERE, now=NOW)
    )
    assert set(faults) == {"password"}
    assert User.objects.get() == user


def test_an_account_is_asked_for_with_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    user = accounts.administrator()
    with django_assert_num_queries(1):
        account = selectors.account(user_id=user.id)
        assert (account.roles, account.profile.locale) == (["admin"], "en")


def test_djangos_own_forms_find_a_person_by_any_spelling_of_the_address() -> None:
    user = registered()
    assert User.objects.get_by_natural_key("ANN@example.com") == user
    with pytest.raises(User.DoesNotExist):
        User.objects.get_by_natural_key(None)


def test_people_and_their_things_say_who_they_are() -> None:
    user = registered()
    tokens.issue(user=user, now=NOW)
    assert str(user) == "ann"
    assert str(user.profile) == f"profile of {user.id}"
    assert str(TokenFamily.objects.get()).startswith(f"tokens of {user.id} until 2026-03-31")
