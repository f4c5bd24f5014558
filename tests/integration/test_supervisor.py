"""The site as a whole is started, killed in parts and as a whole, and stopped."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from moviverse.cli import embedded_postgres
from tests.integration.supervised import (
    BACK_WITHIN_SECONDS,
    READY_WITHIN_SECONDS,
    Site,
    lives,
    wait_for,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(home=tmp_path_factory.mktemp("site") / "home")
    site.start()
    yield site
    site.stop()
    embedded_postgres.stop(site.home / "postgres")


def test_the_first_start_serves_the_demo_and_says_whom_to_log_in_as(site: Site) -> None:
    assert site.get("/api/movies/").json()["count"] >= 400
    credentials = site.home / "credentials.json"
    assert credentials.stat().st_mode & 0o777 == 0o600
    people = json.loads(credentials.read_text())
    assert set(people) == {"member", "administrator"}
    for person in people.values():
        assert person["password"] in site.said()
    assert site.login()


def test_a_second_site_from_the_same_home_is_refused(site: Site) -> None:
    second = site.command()
    assert second.wait(30) == 1
    assert "already runs" in site.said()


def test_a_taken_port_is_refused_with_its_number(site: Site) -> None:
    other = Site(home=site.home.parent / "other", port=site.port)
    refused = other.command()
    assert refused.wait(60) == 1
    assert str(site.port) in other.said()
    assert "Traceback" not in other.said()


def test_a_rating_that_was_acknowledged_outlives_a_killed_database(site: Site) -> None:
    token = site.login()
    movie = site.get("/api/movies/?page_size=1").json()["results"][0]["tmdb_id"]
    assert site.put(f"/api/user/ratings/{movie}/", token=token, body={"rating": 4.5}).is_success
    os.kill(site.postmaster(), signal.SIGKILL)

    answers: list[httpx.Response] = []

    def is_read() -> bool:
        answers.append(site.get(f"/api/user/ratings/{movie}/", token=token))
        return answers[-1].is_success

    wait_for(is_read, BACK_WITHIN_SECONDS, site.said)  # a worker is 503 until it connects anew
    assert answers[-1].json()["rating"] == 4.5


def test_a_database_that_cannot_start_is_told_of_and_tried_until_it_can(site: Site) -> None:
    with psycopg.connect(embedded_postgres.url(site.home / "postgres")) as connection:
        row = connection.execute("select current_setting('config_file')").fetchone()
    assert row is not None
    configuration = Path(row[0])
    sound = configuration.read_text()
    killed = site.postmaster()
    try:
        configuration.write_text(f"{sound}\nno_such_setting = 1\n")
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda: "no_such_setting" in site.said(), READY_WITHIN_SECONDS, site.said)
        assert site.get("/health/ready/").status_code == 503
    finally:
        configuration.write_text(sound)
    wait_for(site.answers, READY_WITHIN_SECONDS, site.said)
    assert site.postmaster() != killed


def test_a_killed_web_worker_is_replaced(site: Site) -> None:
    assert site.process is not None
    children = {process.pid for process in site.web_processes()}
    workers = [process for process in site.web_processes() if process.ppid() in children]
    assert workers
    workers[0].kill()
    wait_for(lambda: len(site.web_processes()) == len(children), BACK_WITHIN_SECONDS, site.said)
    wait_for(site.answers, BACK_WITHIN_SECONDS, site.said)


def test_a_killed_web_server_is_started_again(site: Site) -> None:
    assert site.process is not None
    for process in site.web_processes():
        if process.ppid() == site.process.pid:
            process.kill()
    wait_for(site.answers, BACK_WITHIN_SECONDS, site.said)


def test_a_killed_worker_is_started_again(site: Site) -> None:
    wait_for(lambda: len(site.workers()) == 1, BACK_WITHIN_SECONDS, site.said)
    (worker,) = site.workers()
    worker.kill()
    wait_for(
        lambda: [each.pid for each in site.workers()] not in ([], [worker.pid]),
        BACK_WITHIN_SECONDS,
        site.said,
    )


def test_after_a_kill_minus_9_of_the_supervisor_nothing_serves_and_a_new_one_starts_fast(
    site: Site,
) -> None:
    versions = sorted(site.home.glob("models/*/*"))
    orphans = [*site.web_processes(), *site.workers()]
    site.stop(signal.SIGKILL)
    wait_for(lambda: not any(lives(each) for each in orphans), 30, site.said)
    assert not site.answers()
    site.log.write_text("")
    began = time.monotonic()
    site.start()
    assert time.monotonic() - began < 30
    assert sorted(site.home.glob("models/*/*")) == versions, "it trains nothing anew"
    assert site.login()


def test_a_polite_stop_leaves_no_process_behind(site: Site) -> None:
    left = [*site.web_processes(), *site.workers()]
    site.stop(signal.SIGINT)
    assert not any(lives(each) for each in left)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(embedded_postgres.url(site.home / "postgres"))
    site.log.write_text("")
    site.start()
