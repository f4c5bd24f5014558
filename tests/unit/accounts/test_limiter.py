from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from moviverse.accounts import limiter, services
from moviverse.core.models import Counter
from tests.factories import accounts

if TYPE_CHECKING:
    from moviverse.accounts.models import User

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HERE, THERE = "192.0.2.1", "198.51.100.7"


def login(
    identifier: str = "ann",
    guess: str = "a wrong guess",
    *,
    address: str = HERE,
    later: timedelta = timedelta(),
) -> User:
    return services.authenticate(
        identifier=identifier, password=guess, address=address, now=NOW + later
    )


def outcome(identifier: str = "ann", guess: str = "a wrong guess", *, address: str = HERE) -> str:
    try:
        login(identifier, guess, address=address)
    except limiter.TooManyAttempts:
        return "locked"
    except services.WrongCredentials:
        return "wrong"
    return "right"


@pytest.fixture
def ann() -> User:
    return accounts.member(username="ann")


@pytest.mark.usefixtures("ann")
def test_guessing_is_slowed_after_five_attempts() -> None:
    assert [outcome() for _ in range(7)] == ["wrong"] * 5 + ["locked"] * 2


@pytest.mark.usefixtures("ann")
def test_the_right_password_is_refused_too_until_the_window_has_passed() -> None:
    for _ in range(5):
        outcome()
    with pytest.raises(limiter.TooManyAttempts) as locked:
        login(guess=accounts.PASSWORD, later=timedelta(seconds=20))
    assert locked.value.retry_after_seconds == 40
    assert login(guess=accounts.PASSWORD, later=timedelta(seconds=61)).username == "ann"


@pytest.mark.usefixtures("ann")
def test_patient_guessing_is_locked_for_the_hour() -> None:
    for minute in range(3):
        for _ in range(5):
            with pytest.raises(services.WrongCredentials):
                login(later=timedelta(minutes=2 * minute))
    with pytest.raises(limiter.TooManyAttempts) as locked:
        login(later=timedelta(minutes=10))
    assert locked.value.retry_after_seconds == 50 * 60


@pytest.mark.usefixtures("ann")
def test_a_login_before_the_lock_forgets_the_wrong_attempts_by_either_name() -> None:
    for _ in range(3):
        for _ in range(4):
            assert outcome("ann") == "wrong"
            assert outcome("ann@example.com") == "wrong"
        assert outcome("ann", accounts.PASSWORD) == "right"


@pytest.mark.usefixtures("ann")
def test_other_spellings_of_the_account_do_not_help() -> None:
    spellings = ["ann", "ANN", " ann", "Ann ", "\uff41\uff4e\uff4e", "ann"]
    assert [outcome(spelling) for spelling in spellings] == ["wrong"] * 5 + ["locked"]


def test_unknown_names_are_locked_like_known_ones() -> None:
    assert [outcome("nobody") for _ in range(6)] == ["wrong"] * 5 + ["locked"]


@pytest.mark.usefixtures("ann")
def test_a_lock_on_the_address_does_not_tell_whose_name_it_is() -> None:
    for _ in range(6):
        outcome("ann@example.com")
    assert outcome("ann") == "wrong"


@pytest.mark.usefixtures("ann")
def test_a_guesser_does_not_lock_the_owner_out_elsewhere() -> None:
    for _ in range(30):
        outcome()
    assert outcome("ann", accounts.PASSWORD, address=THERE) == "right"


@pytest.mark.usefixtures("ann")
def test_one_guess_at_many_accounts_is_counted_by_the_address() -> None:
    guesses = [outcome(f"somebody{number}") for number in range(limiter.CROWD.attempts + 1)]
    assert guesses == ["wrong"] * limiter.CROWD.attempts + ["locked"]
    assert outcome("ann", accounts.PASSWORD) == "locked"


@pytest.mark.usefixtures("ann")
def test_logins_that_succeed_cost_the_address_nothing_and_wash_nothing_away() -> None:
    outcome("somebody")
    for _ in range(10):
        outcome("ann", accounts.PASSWORD)
    counted = Counter.objects.filter(key__startswith=limiter.CROWD.name)
    assert counted.get().count == 1


@pytest.mark.usefixtures("ann")
@pytest.mark.parametrize(
    "spellings",
    [
        ["192.0.2.1", " 192.0.2.1", "::ffff:192.0.2.1"],
        ["2001:db8::1", "2001:DB8:0::2", "2001:db8:0:0:ffff::", "2001:db8::/64"],
        ["unknown"],
    ],
)
def test_other_spellings_and_addresses_of_one_subscriber_do_not_help(spellings: list[str]) -> None:
    addresses = itertools.islice(itertools.cycle(spellings), 6)
    outcomes = [outcome(address=address) for address in addresses]
    assert outcomes == ["wrong"] * 5 + ["locked"]


@pytest.mark.usefixtures("ann")
def test_names_and_addresses_are_not_written_down() -> None:
    outcome("ann@example.com")
    keys = " ".join(Counter.objects.values_list("key", flat=True))
    assert "ann" not in keys
    assert HERE not in keys


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("ann")
def test_of_sixty_guesses_at_once_five_are_tried() -> None:
    def guess(_: int) -> str:
        try:
            return outcome()
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(guess, range(60)))

    assert outcomes.count("wrong") == 5
    assert outcomes.count("locked") == 55
