"""Who may do what to whose things: every operation, every kind of caller, judged by the effect.

A person with something in every table is the owner. Everybody else calls every operation with the
owner's ids, and afterwards each row of the owner's is what it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone
from rest_framework.test import APIClient

from moviverse.accounts import tokens
from moviverse.accounts.models import User
from moviverse.accounts.roles import Role
from moviverse.library.models import Favorite, Rating, Review, Viewing, WatchlistItem
from moviverse.recommendations.models import Receipt
from moviverse.transfer.models import ImportRow, LibraryImport
from tests.contracts import operations
from tests.factories import accounts
from tests.factories.whole_people import tables_of_people, whole_person

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import Settings

    from tests.contracts.operations import Operation

pytestmark = pytest.mark.django_db

EVERY = operations.every()
STRANGERS = ("anonymous", "broken", "expired", "deactivated")
OTHERS = ("another member", "moderator", "analyst", "admin")
# Everybody's: their ids name no person.
SHARED = {"tmdb_id", "person_id", "name"}
# What the contract lets the staff do to what others made.
MODERATORS_MAY = {("DELETE", "/api/reviews/{review_id}/")}
MODERATORS = {"moderator", "admin"}


@dataclass(frozen=True)
class Scene:
    """The owner, and the ids of what is theirs."""

    owner: User
    owned: dict[str, Any]
    film: int

    def ids(self, operation: Operation) -> dict[str, object]:
        """Return the owner's ids for an operation."""
        saved = "favorite" if "favorites" in operation.path else "watchlist"
        return {"tmdb_id": self.film, "saved_id": self.owned[saved], **self.owned}

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every row of the owner's, in every table."""
        tables: dict[Any, str] = {**tables_of_people(), User: "id"}
        return {
            model.__name__: sorted(
                model._default_manager.filter(**{column: self.owner.pk}).values_list(),  # noqa: SLF001 - Django's documented door
                key=str,
            )
            for model, column in tables.items()
        }


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, settings: Settings) -> None:
    settings.AVATARS_DIR = tmp_path / "avatars"
    settings.THROTTLE_RATES = dict.fromkeys(settings.THROTTLE_RATES, 100_000)


@pytest.fixture
def scene() -> Scene:
    owner = whole_person(username="annabelle", make=accounts.member)
    mine = {"user": owner}
    return Scene(
        owner=owner,
        owned={
            "favorite": Favorite.objects.get(**mine).pk,
            "watchlist": WatchlistItem.objects.get(**mine).pk,
            "viewing_id": Viewing.objects.get(**mine).pk,
            "review_id": Review.objects.get(**mine).pk,
            "import_id": LibraryImport.objects.get(**mine).pk,
            "row_id": ImportRow.objects.get(library_import__user=owner).pk,
            "request_id": Receipt.objects.get(**mine).pk,
        },
        film=Rating.objects.get(**mine).movie_id,
    )


def with_header(value: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=value)
    return client


def expired(user: User) -> str:
    return tokens.issue(user=user, now=timezone.now() - timedelta(days=1)).access


def caller(kind: str, owner: User) -> APIClient:
    """Return a client of somebody who is not the owner."""
    if kind == "anonymous":
        return APIClient()
    if kind in {"broken", "expired"}:
        access = expired(owner)
        return with_header(f"Bearer {access if kind == 'expired' else access[:-3] + 'AAA'}")
    if kind == "admin":
        return accounts.client_of(accounts.administrator())
    user = accounts.member()
    client = accounts.client_of(user)
    if kind == "deactivated":
        user.is_active = False
        user.save(update_fields=["is_active"])
    if kind in set(Role):
        user.is_staff = True
        user.save(update_fields=["is_staff"])
        user.groups.add(Group.objects.get_or_create(name=kind)[0])
    return client


def called(operation: Operation, client: APIClient, scene: Scene) -> Any:
    """Call an operation with the owner's ids, and take all that it did back."""
    before = transaction.savepoint()  # no block: a limiter's count refuses to be in one
    answer = operation.call(client, scene.ids(operation))
    answer.rows_after = scene.rows()
    transaction.savepoint_rollback(before)
    return answer


def test_every_id_in_a_path_is_known_to_be_somebodys_or_everybodys(scene: Scene) -> None:
    known = SHARED | {"saved_id"} | set(scene.owned)
    unknown = {name for each in EVERY for name in each.parameters} - known
    assert unknown == set(), "say in this module whose they are"


@pytest.mark.parametrize("kind", STRANGERS)
def test_who_is_not_signed_in_reads_and_changes_nothing(kind: str, scene: Scene) -> None:
    client, before = caller(kind, scene.owner), scene.rows()
    found = {}
    for operation in EVERY:
        answer = called(operation, client, scene)
        may = operation.is_public and (kind == "anonymous" or not operation.looks_at_tokens)
        if (not may and answer.status_code != 401) or answer.rows_after != before:
            found[str(operation)] = answer.status_code
        if "annabelle@" in text_of(answer):
            found[str(operation)] = "tells the address"
    assert not found


@pytest.mark.parametrize("kind", OTHERS)
def test_what_is_anothers_is_not_there_and_stays_as_it_is(kind: str, scene: Scene) -> None:
    client, before = caller(kind, scene.owner), scene.rows()
    found: dict[str, object] = {}
    for operation in EVERY:
        answer = called(operation, client, scene)
        if (operation.method, operation.path) in MODERATORS_MAY and kind in MODERATORS:
            if answer.status_code != 204:
                found[str(operation)] = answer.status_code
            continue
        is_owned = bool(set(operation.parameters) - SHARED)
        if is_owned and answer.status_code not in {404, 405}:
            found[str(operation)] = answer.status_code, text_of(answer)[:200]
        if answer.rows_after != before:
            found[str(operation)] = "changed what is another's"
        if "annabelle@" in text_of(answer):
            found[str(operation)] = "tells the address"
        if answer.status_code == 500:
            found[str(operation)] = text_of(answer)[:200]
    assert not found


def test_the_owner_finds_everything_of_theirs(scene: Scene) -> None:
    client = accounts.client_of(scene.owner)
    found = {}
    for operation in EVERY:
        if set(operation.parameters) - SHARED:
            answer = called(operation, client, scene)
            if answer.status_code in {401, 403, 404, 500}:
                found[str(operation)] = answer.status_code, text_of(answer)[:200]
    assert not found


@pytest.mark.parametrize("header", ["X-User-ID", "X-Forwarded-User", "Remote-User", "X-Role"])
def test_no_header_makes_somebody_else_of_a_caller(header: str, scene: Scene) -> None:
    client = caller("another member", scene.owner)
    answer = client.get("/api/auth/me/", headers={header: str(scene.owner.pk)})
    assert answer.json()["user"]["id"] != str(scene.owner.pk)
    assert APIClient().get("/api/auth/me/", headers={header: "admin"}).status_code == 401


def text_of(answer: Any) -> str:
    if answer.streaming:
        return b"".join(answer.streaming_content).decode(errors="replace")
    text: str = answer.content.decode(errors="replace")
    return text
