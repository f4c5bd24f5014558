from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError

from moviverse.core import statements, tallies

pytestmark = pytest.mark.django_db


def test_what_threads_count_together_is_all_there() -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: tallies.add("visits", "GET", "2xx"), range(1_000)))
    tallies.add("visits", "POST", "4xx", amount=2.5)
    assert tallies.totals("visits") == {("GET", "2xx"): 1_000, ("POST", "4xx"): 2.5}
    tallies.add("visits", "GET", "2xx")
    assert tallies.totals("visits")["GET", "2xx"] == 1_001
    assert tallies.totals("nothing") == {}


def test_what_cannot_be_written_is_written_the_next_time(monkeypatch: pytest.MonkeyPatch) -> None:
    tallies.add("visits", "GET")

    def away(*_: object) -> None:
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(statements, "executed", away)
        with pytest.raises(OperationalError):
            tallies.flush()
    assert tallies.totals("visits") == {("GET",): 1}
