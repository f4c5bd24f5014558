"""What people see: progress in a terminal, notices beside the answer, tables."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from moviverse_engine.interactions import silent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moviverse_engine.interactions import Progress

_PIPE_COLUMNS = 200  # a table in a file is not folded to a terminal that is not there


def answers() -> Console:
    """Give the console for what was asked for: standard output."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=_PIPE_COLUMNS)


def notices() -> Console:
    """Give the console for everything else: standard error."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


@contextmanager
def progress(title: str) -> Iterator[Progress]:
    """Show a bar on standard error while something goes on, in a terminal only."""
    console = notices()
    if not console.is_terminal:
        yield silent
        return
    columns = (TextColumn("{task.fields[title]}"), BarColumn(), TimeElapsedColumn())
    message = TextColumn("{task.description}")
    with Bars(*columns, message, console=console, transient=True) as bars:
        task = bars.add_task("", title=title, total=1.0)

        def tell(fraction: float, message: str, /) -> None:
            bars.update(task, completed=fraction, description=message)

        yield tell
