from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import psycopg
import pytest

from moviverse.cli import embedded_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    root = tmp_path / "postgres"
    yield root
    embedded_postgres.stop(root)


def answer(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("select 41 + 1").fetchone()
        assert row is not None
        return int(row[0])


def postmaster(root: Path) -> int:
    with psycopg.connect(embedded_postgres.url(root)) as connection:
        row = connection.execute("select current_setting('data_directory')").fetchone()
    assert row is not None
    return int((Path(row[0]) / "postmaster.pid").read_text().splitlines()[0])


def fills_a_cluster(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return "--boot" in process.cmdline()
    return False


def test_it_starts_from_nothing_and_a_second_start_changes_nothing(root: Path) -> None:
    url = embedded_postgres.ensure(root)
    first = postmaster(root)
    assert answer(url) == 42
    assert embedded_postgres.ensure(root) == url
    assert postmaster(root) == first


def test_it_keeps_what_was_committed_through_a_kill_minus_9(root: Path) -> None:
    url = embedded_postgres.ensure(root)
    with psycopg.connect(url) as connection:
        connection.execute("create table kept (n int)")
        connection.execute("insert into kept values (7)")
    os.kill(postmaster(root), signal.SIGKILL)
    embedded_postgres.ensure(root)
    with psycopg.connect(url) as connection:
        assert connection.execute("select n from kept").fetchone() == (7,)


def test_a_start_that_was_killed_while_it_made_the_cluster_is_simply_repeated(root: Path) -> None:
    starter = multiprocessing.get_context("spawn").Process(
        target=embedded_postgres.ensure, args=[root]
    )
    starter.start()
    family: list[psutil.Process] = []
    while starter.is_alive() and not any(map(fills_a_cluster, family)):
        family = psutil.Process(starter.pid).children(recursive=True)
    starter.kill()
    for each in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            each.kill()
    starter.join()
    assert answer(embedded_postgres.ensure(root)) == 42


def test_a_server_that_is_frozen_for_a_while_is_left_alone(root: Path) -> None:
    url = embedded_postgres.ensure(root)
    first = postmaster(root)
    os.kill(first, signal.SIGSTOP)
    try:
        assert embedded_postgres.ensure(root) == url
    finally:
        os.kill(first, signal.SIGCONT)
    assert answer(url) == 42
    assert postmaster(root) == first


def test_four_starters_at_once_get_one_server(root: Path) -> None:
    context = multiprocessing.get_context("spawn")
    with context.Pool(4) as pool:
        urls = pool.map(embedded_postgres.ensure, [root] * 4)
    assert len(set(urls)) == 1
    assert answer(urls[0]) == 42


def test_the_last_user_stops_it_and_not_an_earlier_one(root: Path) -> None:
    with embedded_postgres.running(root) as url:
        with embedded_postgres.running(root):
            assert answer(url) == 42
        assert answer(url) == 42
    with pytest.raises(psycopg.OperationalError):
        answer(url)


@pytest.mark.parametrize("name", ["long" * 20, "é" * 42, "o'brien, his films"])
def test_any_path_gets_a_socket(tmp_path: Path, name: str) -> None:
    root = tmp_path / name / "postgres"
    with embedded_postgres.running(root) as url:
        assert answer(url) == 42


def test_a_home_that_only_its_owner_may_enter_works_for_root_too(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with embedded_postgres.running(closed / "postgres") as url:
        assert answer(url) == 42


def test_a_server_that_cannot_start_says_why(root: Path) -> None:
    embedded_postgres.ensure(root)
    with psycopg.connect(embedded_postgres.url(root)) as connection:
        row = connection.execute("select current_setting('config_file')").fetchone()
    embedded_postgres.stop(root)
    assert row is not None
    with Path(row[0]).open("a") as configuration:
        configuration.write("\nno_such_setting = 1\n")
    with pytest.raises(embedded_postgres.DatabaseDidNotStart, match="no_such_setting"):
        embedded_postgres.ensure(root)
