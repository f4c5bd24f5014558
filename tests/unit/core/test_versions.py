from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from threading import Thread
from types import SimpleNamespace

import pytest
from django.db import connection, transaction

from moviverse.core import versions
from moviverse.core.models import Version

pytestmark = pytest.mark.django_db


def test_a_version_differs_after_every_change_of_its_scopes_and_of_everything() -> None:
    seen = {versions.of("lists", versions.CATALOGUE)}
    for scope in ("lists", versions.CATALOGUE, versions.EVERYTHING, "lists"):
        versions.raise_(scope)
        seen.add(versions.of("lists", versions.CATALOGUE))
    assert len(seen) == 5
    assert max(seen) == versions.of("lists", versions.CATALOGUE), "it grows"


def test_a_version_is_nobody_elses_business() -> None:
    before = versions.of("lists")
    versions.raise_("detail")
    assert versions.of("lists") == before


def test_a_version_grows_even_when_the_clock_does_not() -> None:
    versions.raise_("lists")
    Version.objects.update(number=2**62)
    versions.raise_("lists")
    assert versions.of("lists") == 2**62 + 1


def test_a_change_that_is_taken_back_leaves_the_version_alone() -> None:
    before = versions.of("lists")
    with transaction.atomic():
        versions.raise_("lists")
        transaction.set_rollback(True)
    assert versions.of("lists") == before


@dataclass
class Clock:
    """Stands still unless a test says how late it is."""

    seconds: float = 1_000.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(
        "moviverse.core.versions.time", SimpleNamespace(monotonic=lambda: made.seconds)
    )
    return made


def test_work_that_changes_much_raises_at_its_beginning_each_while_and_at_its_end(
    clock: Clock,
) -> None:
    before = versions.of("lists")
    with versions.raised_seldom("lists"):
        seen = [versions.of("lists")]
        for _ in range(9):
            clock.seconds += versions.SELDOM_SECONDS / 3
            versions.raise_("lists")
            seen.append(versions.of("lists"))
    assert seen[0] > before
    rises = [later > earlier for earlier, later in pairwise(seen)]
    assert rises == [False, False, True] * 3
    assert versions.of("lists") > seen[-1]


@pytest.mark.usefixtures("clock")
def test_work_that_changes_much_raises_at_its_end_however_that_comes() -> None:
    seen = []

    def work() -> None:
        with versions.raised_seldom("lists"):
            versions.raise_("lists")
            seen.append(versions.of("lists"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work()
    assert versions.of("lists") > seen[0]


@pytest.mark.usefixtures("clock")
def test_work_that_changes_much_raises_at_its_end_what_a_transaction_took_back() -> None:
    with versions.raised_seldom():
        before = versions.of("lists")
        with transaction.atomic():
            versions.raise_("lists")
            transaction.set_rollback(True)
        versions.raise_("lists")
        assert versions.of("lists") == before
    assert versions.of("lists") > before


@pytest.mark.usefixtures("clock")
def test_work_that_changes_nothing_raises_at_its_beginning_alone() -> None:
    with versions.raised_seldom("lists"):
        before = versions.of("lists", "detail")
    assert versions.of("lists", "detail") == before


@pytest.mark.usefixtures("clock")
@pytest.mark.django_db(transaction=True)
def test_work_that_changes_much_does_not_keep_the_changes_of_others_waiting() -> None:
    def change() -> None:
        versions.raise_("lists")
        connection.close()

    with versions.raised_seldom("lists"):
        before = versions.of("lists")
        other = Thread(target=change)
        other.start()
        other.join()
        assert versions.of("lists") > before
