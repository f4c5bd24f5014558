"""Child processes that never outlive their parent."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PR_SET_PDEATHSIG = 1


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


def stop(process: subprocess.Popen[bytes], *, grace_seconds: float) -> None:
    """Ask the process to end, wait, then kill whatever is left of its group."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(grace_seconds)
    kill_group(process.pid)
    process.wait()


def kill_group(group: int) -> None:
    """Kill every process of a group; nothing is left of it is fine too."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
