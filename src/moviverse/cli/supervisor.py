"""One process that starts the database, the web server and a worker, and stops them together.

With a broker configured it starts no worker: Celery's programs run the jobs then.
"""

from __future__ import annotations

import fcntl
import json
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click
from django.conf import settings

from moviverse.cli import embedded_postgres, first_start, processes
from moviverse.cli.console import terminal
from moviverse.cli.database import database

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LOOK_EVERY_SECONDS = 0.5
GRACE_SECONDS = 15
READY_WITHIN_SECONDS = 60
THREADS_PER_WORKER = 4
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
WORKER = (sys.executable, "-m", "moviverse.worker")


class Stopped(SystemExit):
    """Somebody asked us to stop; everything unwinds in order."""


def serve(*, data: Path | None) -> None:
    """Run the site until a signal comes.

    Raises:
        click.ClickException: another one runs from the same home, the port is taken, or the
            preparation failed.
    """
    for number in SIGNALS:
        signal.signal(number, _stop)
    settings.HOME.mkdir(parents=True, exist_ok=True)
    with _only_one(settings.HOME / "supervisor.lock"), database():
        _refuse_a_taken_port()
        _prepare(data)
        with _children() as children:
            children.append(processes.Kept("The web server", _web_server()))
            _wait_until_ready(children[0].process)
            if not settings.CELERY_BROKER_URL:  # else Celery's workers run the jobs
                children.append(processes.Kept("The worker", WORKER))
            _greet()
            _look_after(children)


def work() -> None:
    """Run a worker alone until a signal comes, beside web servers that are started elsewhere."""
    for number in SIGNALS:
        signal.signal(number, _stop)
    settings.HOME.mkdir(parents=True, exist_ok=True)
    with database(), _children() as children:
        children.append(processes.Kept("The worker", WORKER))
        _look_after(children)


def _stop(number: int, frame: object) -> NoReturn:  # noqa: ARG001 - a signal handler's signature
    raise Stopped(0)


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            message = f"MoviVerse already runs from {settings.HOME}; stop it first."
            raise click.ClickException(message) from None
        yield


def _refuse_a_taken_port() -> None:
    family = socket.AF_INET6 if ":" in settings.HOST else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((settings.HOST, settings.PORT))
        except OSError as error:
            message = (
                f"Cannot listen on {settings.HOST}:{settings.PORT}: {error.strerror}. "
                "Set HOST or PORT to another one."
            )
            raise click.ClickException(message) from None


def _prepare(data: Path | None) -> None:
    """Prepare in a process of its own: what training needs in memory is given back with it."""
    command = [sys.executable, "-m", "moviverse.cli", "prepare"]
    if data:
        command += ["--data", str(data)]
    child = subprocess.Popen(command, preexec_fn=processes.die_with_parent)  # noqa: PLW1509 - one thread
    try:
        code = child.wait()
    finally:
        if child.poll() is None:
            child.terminate()
            child.wait()
    if code:
        message = "The site could not be prepared; see above."
        raise click.ClickException(message)


def _web_server() -> list[str]:
    return [
        str(Path(sys.executable).with_name("granian")),
        "--interface", "wsgi",
        "--host", settings.HOST,
        "--port", str(settings.PORT),
        "--workers", str(settings.WEB_WORKERS),
        "--blocking-threads", str(THREADS_PER_WORKER),
        "--respawn-failed-workers",
        "--workers-kill-timeout", "10",
        "--log-level", "warning",
        "moviverse.config.web_worker:application",
    ]  # fmt: skip


@contextmanager
def _children() -> Iterator[list[processes.Kept]]:
    """Stop what was started within the block, at its end."""
    children: list[processes.Kept] = []
    try:
        yield children
    finally:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave orphans
        processes.stop_all(children, grace_seconds=GRACE_SECONDS)


def _look_after(children: Sequence[processes.Kept]) -> NoReturn:
    """Start again what dies, until a signal comes."""
    has_database = True
    while True:
        time.sleep(LOOK_EVERY_SECONDS)
        if settings.DATABASE_IS_EMBEDDED:
            has_database = _has_database(is_news=has_database)
        for child in children:
            if child.has_been_restarted():
                terminal.print(f"{child.name} ended by itself; it was started again.")


def _has_database(*, is_news: bool) -> bool:
    """Start the embedded database unless it runs; say whether it does, and why not when that is news.

    What keeps it down, such as a full disk, may pass: until then the site answers 503.
    """
    try:
        embedded_postgres.ensure(settings.HOME / "postgres")
    except (embedded_postgres.DatabaseDidNotStart, OSError) as error:
        if is_news:
            said = f"The database does not start, and is tried again. {error}"
            terminal.print(said, markup=False, soft_wrap=True)
        return False
    return True


def _wait_until_ready(web: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < deadline and web.poll() is None:
        try:
            with socket.create_connection((_reachable_host(), settings.PORT), timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    message = "The web server did not start; see above."
    raise click.ClickException(message)


def _reachable_host() -> str:
    """Return where to reach a server that listens on `HOST`, which may stand for any address."""
    host: str = settings.HOST
    try:
        address = ip_address(host)
    except ValueError:  # a name
        return host
    if address.is_unspecified:
        return "127.0.0.1" if address.version == 4 else "::1"  # noqa: PLR2004 - IP's own number
    return host


def _greet() -> None:
    host = _reachable_host()
    address = f"http://{f'[{host}]' if ':' in host else host}:{settings.PORT}"
    terminal.print(f"\n[bold]MoviVerse[/bold] is on {address}/", soft_wrap=True)
    terminal.print(f"  API      {address}/api/docs/", soft_wrap=True)
    terminal.print(f"  Admin    {address}/admin/", soft_wrap=True)
    if settings.CELERY_BROKER_URL:
        said = "run by Celery workers: celery -A moviverse.config.celery worker, and ... beat"
        terminal.print(f"  Jobs     {said}", soft_wrap=True)
    if settings.EMAIL_FILE_PATH:
        said = f"files in {settings.EMAIL_FILE_PATH}; set EMAIL_URL to send it"
        terminal.print(f"  Mail     {said}", soft_wrap=True)
    path = first_start.credentials_file()
    if settings.STARTS_WITH_DEMO and path.exists():
        for role, person in json.loads(path.read_text()).items():
            terminal.print(
                f"  {role.capitalize():14} {person['email']}  password {person['password']}",
                markup=False,
                soft_wrap=True,
            )
        terminal.print(
            f"  (kept in {path}; change them before others can reach this site)", soft_wrap=True
        )
    terminal.print("Stop with Ctrl-C.\n")
