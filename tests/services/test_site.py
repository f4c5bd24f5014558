"""What the site promises, on the services that it runs on: two web servers, two Celery workers.

Some of it takes half a minute by design (a worker is given up after that long), so it is begun
first and looked at last; the tests of this file run in their order.
"""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from moviverse.core import jobs
from tests.factories.libraries import letterboxd
from tests.factories.recommendations import chosen_films
from tests.integration.supervised import wait_for
from tests.services.site import WORKERS, Site

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from tests.services.site import Member

pytestmark = pytest.mark.skipif(
    not (os.environ.get("REDIS_URL") and os.environ.get("DATABASE_URL"))
    or shutil.which("redis-server") is None,
    reason="needs PostgreSQL and Redis: make services",
)

RECOMMENDATIONS = "/api/movies/recommendations/?limit=20"
TIMES = 6  # requests, each on a connection of its own, so that both web workers get some
FILMS = 30  # in the library that is imported
REDIS_AWAY_SECONDS = 3
SOON_SECONDS = 20
LATER_SECONDS = 60  # a lease, a beat, and a busy machine


@dataclass(frozen=True)
class KilledImport:
    """An import whose worker was killed in the middle of it."""

    member: Member
    import_id: str
    job_id: str


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(home=tmp_path_factory.mktemp("site"), postgres=os.environ["DATABASE_URL"])
    try:
        site.start()
        yield site
    finally:
        site.stop()


@pytest.fixture(scope="module", autouse=True)
def killed_import(site: Site) -> KilledImport:
    """Begin an import, hold it in the middle by a lock, and kill whoever runs it with kill -9."""
    member = site.member("ann")
    films = chosen_films()[:FILMS]
    seen = [
        {
            "Name": film.title,
            "Year": film.release_year,
            "Rating": 4,
            "Date": "2024-05-01",
            "Watched Date": "2024-05-01",
        }
        for film in films
    ]
    archive = letterboxd({"ratings.csv": seen, "diary.csv": seen})
    with psycopg.connect(site.database_url) as line:
        line.execute("lock table library_rating in share row exclusive mode")
        begun = member.ask("POST", "/api/user/import/", files={"file": ("library.zip", archive)})
        assert begun.status_code == 202, begun.text
        ((job_id,),) = site.sql(
            "select job_id::text from transfer_libraryimport where id = %s", begun.json()["id"]
        )
        wait_for(lambda: site.job(job_id)["state"] == "running", SOON_SECONDS, str)
        child = int(site.job(job_id)["worker"].split(":")[1])
        (name,) = (each for each in WORKERS if os.getpgid(child) == site.running[each].pid)
        site.kill(name)
        line.rollback()
    return KilledImport(member, str(begun.json()["id"]), job_id)


def films_of(answer: httpx.Response) -> list[int]:
    assert answer.status_code == 200, answer.text
    return [each["movie"]["tmdb_id"] for each in answer.json()["results"]]


def test_a_view_moves_the_trends(site: Site) -> None:
    film = chosen_films()[-1].tmdb_id
    assert film is not None
    for number in range(20):
        viewed = site.ask(
            "POST",
            f"/api/movies/{film}/track-view/",
            address=f"198.51.100.{number}",
            json={"progress_seconds": 6_000},
        )
        assert viewed.is_success, viewed.text
    # The minute is over at once: the beat finds the job due that counts views, and the job the day.
    site.sql("update recommendations_countedday set counted_at = null")
    site.sql("update core_period set enqueued_at = 'epoch' where key = %s", jobs.FLUSH_VIEWS)

    def trends() -> Any:
        return site.ask("GET", "/api/movies/trending/?time_range=day").json()

    def leads() -> bool:
        shown = trends()["results"]
        return bool(shown and shown[0]["tmdb_id"] == film and shown[0]["viewers"] == 20)

    wait_for(leads, SOON_SECONDS, lambda: str(trends())[:500])


def test_a_rating_moves_the_very_next_recommendations_of_both_web_workers(site: Site) -> None:
    bob = site.member("bob")
    for _ in range(2):
        before = [films_of(bob.ask("GET", RECOMMENDATIONS)) for _ in range(TIMES)]
        assert len(set(map(str, before))) == 1
        best = before[0][0]
        rated = bob.ask("PUT", f"/api/user/ratings/{best}/", json={"rating": 5})
        assert rated.is_success, rated.text
        after = [films_of(bob.ask("GET", RECOMMENDATIONS)) for _ in range(TIMES)]
        assert len(set(map(str, after))) == 1
        assert after[0] != before[0]
        assert best not in after[0]


def test_a_mail_is_sent_once_by_a_celery_worker(site: Site) -> None:
    eve = site.member("eve")
    asked = site.ask("POST", "/api/auth/password-reset/", json={"email": eve.email})
    assert asked.status_code == 200
    wait_for(lambda: site.mails_to(eve.email) > 0, SOON_SECONDS, site.work)
    ((state, attempts),) = site.sql(
        "select state, attempts from core_job where name = %s order by created_at desc limit 1",
        jobs.SEND_EMAIL,
    )
    wait_for(lambda: "running" not in states(site, jobs.SEND_EMAIL), SOON_SECONDS, str)
    assert (state in {"running", "done"}, attempts) == (True, 1)
    assert site.mails_to(eve.email) == 1


def states(site: Site, name: str) -> list[str]:
    return [state for (state,) in site.sql("select state from core_job where name = %s", name)]


def test_a_killed_redis_fails_no_request_and_all_goes_on_when_it_is_back(site: Site) -> None:
    members = [site.member(f"load{number}") for number in range(3)]
    done, statuses = threading.Event(), list[int]()
    ids = [film.tmdb_id for film in chosen_films()]

    def act(member: Member, start: int) -> None:
        number = start
        while not done.is_set():
            number += 1
            film = ids[number % len(ids)]
            for method, path, body in (
                ("PUT", f"/api/user/ratings/{film}/", {"rating": 3}),
                ("GET", RECOMMENDATIONS, None),
                ("GET", f"/api/movies/{film}/", None),
                ("GET", "/api/movies/trending/", None),
                ("POST", f"/api/movies/{film}/track-view/", {}),
            ):
                told: dict[str, Any] = {} if body is None else {"json": body}
                statuses.append(member.ask(method, path, **told).status_code)

    acting = [
        threading.Thread(target=act, args=(member, 20 * number))
        for number, member in enumerate(members)
    ]
    for each in acting:
        each.start()
    time.sleep(1)
    site.kill("redis")
    # Accepted while there is nobody to carry it: the row waits.
    email = members[0].email
    asked = site.ask("POST", "/api/auth/password-reset/", json={"email": email})
    assert asked.status_code == 200
    told = site.ask("GET", "/health/").json()
    assert (told["status"], told["checks"]["broker"]) == ("ok", "away")
    time.sleep(REDIS_AWAY_SECONDS)
    assert site.mails_to(email) == 0
    site.start_redis()
    wait_for(lambda: site.mails_to(email) == 1, LATER_SECONDS, site.work)
    done.set()
    for each in acting:
        each.join()
    assert len(statuses) > 20
    assert [status for status in statuses if status >= 500] == []

    def broker_is_back() -> bool:
        return bool(site.ask("GET", "/health/").json()["checks"]["broker"] == "ok")

    wait_for(broker_is_back, SOON_SECONDS, partial(site.said, "web"))
    assert site.mails_to(email) == 1


def test_the_job_of_a_killed_celery_worker_is_finished_by_the_other_with_one_effect(
    site: Site, killed_import: KilledImport
) -> None:
    wait_for(
        lambda: site.job(killed_import.job_id)["state"] == "done",
        LATER_SECONDS,
        site.work,
    )
    assert site.job(killed_import.job_id)["attempts"] == 2
    member = killed_import.member
    report = member.ask("GET", f"/api/user/import/{killed_import.import_id}/").json()
    assert report["status"] == "done"
    for path in ("/api/user/ratings/", "/api/user/history/"):
        assert member.ask("GET", path).json()["count"] == FILMS


def test_no_program_of_the_site_has_printed_a_traceback_or_a_secret(site: Site) -> None:
    for name in ("web", "beat", *WORKERS):
        assert "Traceback" not in site.said(name), name
        assert site.environment["SECRET_KEY"] not in site.said(name)


def test_a_worker_that_is_stopped_ends_by_itself(site: Site) -> None:
    (name,) = (each for each in WORKERS if each in site.running)
    site.running[name].send_signal(signal.SIGTERM)
    assert site.running[name].wait(SOON_SECONDS) == 0
