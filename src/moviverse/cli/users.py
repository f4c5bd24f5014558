"""People's accounts, for the operator: whoever may run this may do everything already."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import click
from django.utils import timezone

from moviverse.accounts import selectors, services
from moviverse.accounts.roles import Role
from moviverse.cli import console
from moviverse.cli.database import database

if TYPE_CHECKING:
    from datetime import datetime

PASSWORD_BYTES = 12
COLUMNS = ("user name", "email", "roles", "in use", "joined", "last signed in")
ROLES = click.Choice([role.value for role in Role])
ASK = click.option("--ask", is_flag=True, help="Type the password, instead of having one made.")


@click.group()
def users() -> None:
    """Look at people's accounts and change them. NAME is a user name or an e-mail address."""


@users.command(name="list", epilog="Example: moviverse users list --role moderator")
@click.option("--search", default="", help="A part of the user name or the e-mail address.")
@click.option("--role", type=ROLES, help="Only who has this role.")
@click.option("--active/--inactive", default=None, help="Only accounts in use, or out of use.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
def list_(search: str, role: str | None, *, active: bool | None, limit: int) -> None:
    """List accounts, the newest first."""
    with database():
        found = selectors.people(
            search=search, role=Role(role) if role else None, is_active=active, limit=limit
        )
    console.table(COLUMNS, [_cells(user) for user in found], empty="There are no such accounts.")


@users.command(epilog="Example: moviverse users create ann@example.org ann --role moderator")
@click.argument("email")
@click.argument("username")
@click.option("--role", type=ROLES, help="What the person is on the staff.")
@ASK
def create(email: str, username: str, role: str | None, *, ask: bool) -> None:
    """Make an account; its password is shown once."""
    password = _password(ask=ask)
    with database():
        services.create_account(
            email=email,
            username=username,
            password=password,
            role=Role(role) if role else None,
            now=timezone.now(),
        )
    console.say(f"Made the account of {username}.")
    _show(password, ask=ask)


@users.command(epilog="Example: moviverse users deactivate ann@example.org")
@click.argument("name")
def deactivate(name: str) -> None:
    """Take an account out of use: its sessions end at once, and nobody can sign in with it."""
    with database():
        user = selectors.named(identifier=name)
        services.set_active(user=user, is_active=False)
    console.say(f"{user} can no longer sign in.")


@users.command(epilog="Example: moviverse users activate ann")
@click.argument("name")
def activate(name: str) -> None:
    """Take an account into use again."""
    with database():
        user = selectors.named(identifier=name)
        services.set_active(user=user, is_active=True)
    console.say(f"{user} can sign in.")


@users.command(name="role", epilog="Example: moviverse users role ann moderator --take")
@click.argument("name")
@click.argument("role", type=ROLES)
@click.option("--take", is_flag=True, help="Take the role from the person.")
def role_(name: str, role: str, *, take: bool) -> None:
    """Give somebody a role: admin, moderator or analyst."""
    with database():
        user = selectors.named(identifier=name)
        services.set_role(user=user, role=Role(role), holds=not take)
    console.say(f"{user} is {'no longer' if take else 'now'} {role}.")


@users.command(name="reset-password", epilog="Example: moviverse users reset-password ann")
@click.argument("name")
@ASK
def reset_password(name: str, *, ask: bool) -> None:
    """Give an account another password, which is shown once, and end all its sessions."""
    with database():
        user = selectors.named(identifier=name)
        password = _password(ask=ask)
        services.set_password(user=user, password=password, now=timezone.now())
    console.say(f"{user} has another password and is signed out everywhere.")
    _show(password, ask=ask)


def _password(*, ask: bool) -> str:
    if not ask:
        return secrets.token_urlsafe(PASSWORD_BYTES)
    typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return typed


def _show(password: str, *, ask: bool) -> None:
    if not ask:
        click.echo(f"Password: {password}")


def _cells(user: Any) -> list[str]:
    return [
        user.username,
        user.email,
        ", ".join(user.role_names),
        "yes" if user.is_active else "no",
        _day(user.date_joined),
        _day(user.last_login),
    ]


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""
