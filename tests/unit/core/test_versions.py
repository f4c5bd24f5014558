from __future__ import annotations

import pytest
from django.db import transaction

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
