"""Two web workers serve one site: they agree, and follow a new model without a restart."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from moviverse.cli import embedded_postgres
from tests.integration.supervised import Site

if TYPE_CHECKING:
    from collections.abc import Iterator

PATH = "/api/movies/recommendations/?limit=50"
PAUSE_SECONDS = 0.05  # of a visitor, who leaves something of the processors to the training
TIMES = 12  # requests, each on a connection of its own, so that both workers get some


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(home=tmp_path_factory.mktemp("site") / "home")
    site.start()
    yield site
    site.stop()
    embedded_postgres.stop(site.home / "postgres")


def answers(site: Site, token: str) -> list[dict[str, Any]]:
    found = [site.get(PATH, token=token) for _ in range(TIMES)]
    assert {each.status_code for each in found} == {httpx.codes.OK}
    return [each.json() for each in found]


def films(answer: dict[str, Any]) -> list[tuple[int, float]]:
    return [(each["movie"]["tmdb_id"], each["score"]) for each in answer["results"]]


def command(site: Site, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "moviverse.cli", *words],
        env=site.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_both_workers_know_of_an_action_at_once(site: Site) -> None:
    token = site.login()
    for _ in range(3):
        before = answers(site, token)
        assert len({str(films(each)) for each in before}) == 1
        best = before[0]["results"][0]["movie"]["tmdb_id"]
        assert site.put(f"/api/user/ratings/{best}/", token=token, body={"rating": 5}).is_success
        after = answers(site, token)
        assert len({str(films(each)) for each in after}) == 1
        assert films(after[0]) != films(before[0])
        assert best not in dict(films(after[0]))


def test_a_receipt_of_one_worker_is_shown_by_the_other(site: Site) -> None:
    token = site.login()
    shown = site.get(PATH, token=token).json()
    kept = [
        site.get(f"/api/recommendations/{shown['request_id']}/", token=token).json()["results"]
        for _ in range(TIMES)
    ]
    assert all([each["tmdb_id"] for each in one] == list(dict(films(shown))) for one in kept)


def test_a_new_model_is_served_without_a_restart_and_without_a_lost_request(site: Site) -> None:
    token = site.login()
    first = answers(site, token)[0]["model_version"]
    done, statuses = threading.Event(), list[int]()

    def ask() -> None:
        while not done.wait(PAUSE_SECONDS):
            statuses.append(site.get(PATH, token=token).status_code)

    asking = [threading.Thread(target=ask) for _ in range(3)]
    for each in asking:
        each.start()
    command(site, "train", "Hybrid")
    done.set()
    for each in asking:
        each.join()
    assert set(statuses) == {httpx.codes.OK}
    (second,) = {each["model_version"] for each in answers(site, token)}
    assert second > first
    command(site, "rollback", "hybrid")
    assert {each["model_version"] for each in answers(site, token)} == {first}


def test_a_tampered_model_is_refused_by_name_while_the_last_good_one_serves(site: Site) -> None:
    token = site.login()
    good = answers(site, token)[0]["model_version"]
    command(site, "train", "Hybrid")
    models = site.home / "models" / "Hybrid"
    bad = (models / "ACTIVE").read_text().strip()
    file = models / bad / "model" / "ease" / "B.npy"
    (models / "ACTIVE").write_text(good)
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    draft = models / ".draft"
    draft.write_text(bad)
    draft.replace(models / "ACTIVE")
    assert {each["model_version"] for each in answers(site, token)} == {good}
    assert str(file) in site.said()
    assert "model_refused" in site.said()
