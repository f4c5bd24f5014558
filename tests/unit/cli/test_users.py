"""People's accounts from the command line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from moviverse.accounts import selectors
from moviverse.accounts.models import User
from moviverse.cli.commands import cli
from tests.factories import accounts

if TYPE_CHECKING:
    from click.testing import Result
    from pytest_django import Settings

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def database_of_the_tests(settings: Settings) -> None:
    """The tests have the database up already."""
    settings.DATABASE_IS_EMBEDDED = False


def run(*words: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["users", *words], input=typed, env={"COLUMNS": "200"})


def done(*words: str, typed: str | None = None) -> str:
    ended = run(*words, typed=typed)
    assert ended.exit_code == 0, ended.output
    return ended.output


def shown_password(said: str) -> str:
    found = re.search(r"^Password: (\S{16})$", said, re.MULTILINE)
    assert found is not None
    return found.group(1)


def test_an_account_is_made_and_its_password_shown_once() -> None:
    said = done("create", "ann@example.org", "ann", "--role", "moderator")
    ann = User.objects.get()
    assert ann.check_password(shown_password(said))
    assert selectors.roles(user=ann) == {"moderator"}


def test_a_password_can_be_typed_and_is_not_shown() -> None:
    password = "four other words entirely"
    said = done("create", "ann@example.org", "ann", "--ask", typed=f"{password}\n{password}\n")
    assert User.objects.get().check_password(password)
    assert password not in said


def test_a_name_that_is_taken_is_refused_in_a_sentence() -> None:
    accounts.member(username="ann", email="ann@example.org")
    refused = run("create", "ANN@example.org", "Ann")
    assert refused.exit_code == 2
    assert "email: An account with this email address exists already." in refused.output
    assert "username: This user name is taken." in refused.output


def test_accounts_are_listed_and_filtered() -> None:
    accounts.member(username="ann", email="ann@example.org")
    accounts.administrator(username="root")
    said = done("list")
    assert "ann@example.org" in said
    assert "admin" in said
    assert "ann" not in done("list", "--role", "admin")
    assert "There are no such accounts." in done("list", "--inactive")
    assert "root" not in done("list", "--search", "ANN")


def test_an_account_is_taken_out_of_use_and_back() -> None:
    ann = accounts.member(username="ann")
    assert done("deactivate", "ANN") == "ann can no longer sign in.\n"
    ann.refresh_from_db()
    assert not ann.is_active
    assert done("activate", ann.email) == "ann can sign in.\n"
    ann.refresh_from_db()
    assert ann.is_active


def test_a_role_is_given_and_taken() -> None:
    ann = accounts.member(username="ann")
    assert done("role", "ann", "admin") == "ann is now admin.\n"
    assert selectors.roles(user=ann) == {"admin"}
    assert done("role", "ann", "admin", "--take") == "ann is no longer admin.\n"
    assert not selectors.roles(user=ann)
    assert run("role", "ann", "king").exit_code == 2


def test_a_password_is_replaced() -> None:
    accounts.member(username="ann")
    password = shown_password(done("reset-password", "ann"))
    assert User.objects.get().check_password(password)


@pytest.mark.parametrize("words", [("deactivate",), ("activate",), ("reset-password",)])
def test_nobody_has_this_name(words: tuple[str, ...]) -> None:
    refused = run(*words, "nobody")
    assert refused.exit_code == 2
    assert "There is no such account." in refused.output
