from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from django.utils import timezone

from moviverse.cli.commands import cli
from moviverse.recommendations import services as recommendations
from tests.factories import accounts, catalog
from tests.factories.jobs import unheard
from tests.factories.library import rate

if TYPE_CHECKING:
    from click.testing import Result

pytestmark = pytest.mark.django_db


def ask(*words: str) -> Result:
    return CliRunner().invoke(cli, ["trending", *words])


def test_the_trends_of_now_are_a_table_and_it_says_what_they_are_made_of() -> None:
    anna = accounts.member()
    heat = catalog.film(title="Heat", genres=("Crime",))
    catalog.film(title="Jaws", genres=("Thriller",), popularity=1.0)
    rate(anna, {heat: 4})
    said = ask()
    assert said.exit_code == 0, said.output
    lines = [line.split() for line in said.output.splitlines() if line.strip()]
    assert lines[0][-1] == "both."
    assert ["1", str(heat.pk), "1.00", "1", "1", "Heat"] in lines
    assert lines[-1][-1] == "Jaws"
    assert "Jaws" not in ask("--genre", "crime").output
    assert "Jaws" not in ask("--limit", "1").output
    refused = ask("--genre", "Sport")
    assert (refused.exit_code, "Traceback" in refused.output) == (2, False)


def test_the_trends_of_a_day_that_is_over_are_those_that_were_kept() -> None:
    anna, now = accounts.member(), timezone.now()
    heat = catalog.film(title="Heat", genres=("Crime",))
    yesterday = now - timedelta(days=1)
    rate(anna, {heat: 4}, now=yesterday)
    day = f"{yesterday:%Y-%m-%d}"
    refused = ask("--day", day)
    assert refused.exit_code == 2
    assert "No trends were kept of this day." in refused.output
    recommendations.generate_daily_trending(now=now + timedelta(minutes=10), report=unheard)
    assert "Heat" in ask("--day", day, "--range", "day").output
    assert "Heat" in ask("--day", day, "--genre", "crime").output
    assert "Nobody turned to any film." in ask("--day", day, "--genre", "Drama").output
