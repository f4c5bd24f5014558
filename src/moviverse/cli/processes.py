"""Child processes that never outlive their parent."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PR_SET_PDEATHSIG = 1
REST_SECONDS = 2.0  # between two starts of a child that cannot stay up


def die_with_parent(number: signal.Signals = signal.SIGTERM) -> None:
    """Ask the kernel for a signal when the parent dies, also by kill -9 (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)


def start(command: Sequence[str], *, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a command as the leader of a process group of its own that dies with us.

    Ctrl-C in the terminal then reaches the supervisor alone, which stops its children in order.
    """
    return subprocess.Popen(
        command,
        env=dict(environment),
        start_new_session=True,
        preexec_fn=die_with_parent,  # noqa: PLW1509 - the supervisor starts children from its only thread
    )


@dataclass
class Kept:
    """A child that is started again when it ends by itself, though not again and again at once."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] = field(init=False)
    _started: float = field(init=False)

    def __post_init__(self) -> None:
        self._start()

    def has_been_restarted(self) -> bool:
        """Start the child again if it has died, but not at once after a start; say whether."""
        if self.process.poll() is None or time.monotonic() - self._started < REST_SECONDS:
            return False
        kill_group(self.process.pid)
        self._start()
        return True

    def _start(self) -> None:
        self._started = time.monotonic()
        self.process = start(self.command, environment=os.environ)


def stop_all(children: Sequence[Kept], *, grace_seconds: float) -> None:
    """Ask all of them to end, wait, then kill whatever is left of their groups."""
    for child in children:
        child.process.terminate()
    deadline = time.monotonic() + grace_seconds
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.process.wait(max(0.0, deadline - time.monotonic()))
        kill_group(child.process.pid)
        child.process.wait()


def kill_group(group: int) -> None:
    """Kill every process of a group; nothing is left of it is fine too."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
