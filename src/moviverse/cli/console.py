"""What the terminal shows: progress bars, reports, and one sentence for an error."""

from __future__ import annotations

import errno
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

import click
import django.db
import psycopg
import rich.box
import rich.progress
import rich.table
import rich.text
from rich.console import Console

from moviverse.cli.embedded_postgres import DatabaseDidNotStart
from moviverse.core import errors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

NARROWEST_TABLE = 160  # characters; a smaller terminal breaks the lines itself
terminal = Console(highlight=False)
REFUSED = 2  # the exit code of a command that could not do what it was asked, as click's own
CLOSED_OR_FULL = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT}
HELP_CHARACTERS = 120  # of a command, in the list of all; longer ones are folded


class Progress(Protocol):
    """Called by long work with the part that is done (0 to 1) and what it is doing."""

    def __call__(self, fraction: float, message: str) -> None: ...


class Group(click.Group):
    """A group whose commands end with one sentence instead of a traceback on a named error.

    Its help shows the commands by what they are for, in the order of `sections`.
    """

    sections: Mapping[str, Sequence[str]] = {}

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands under the headings of their sections."""
        placed = {name for names in self.sections.values() for name in names}
        rest = [name for name in self.list_commands(ctx) if name not in placed]
        for heading, names in {**self.sections, "More": rest}.items():
            rows = [
                (name, command.get_short_help_str(HELP_CHARACTERS))
                for name in names
                if (command := self.get_command(ctx, name)) is not None
            ]
            if rows:
                with formatter.section(heading):
                    formatter.write_dl(rows)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; exit with 2 on an error that we have a sentence for."""
        try:
            return super().invoke(ctx)
        except errors.MoviverseError as error:
            for name, said in (error.details or {}).items():
                click.echo(f"  {name}: {'; '.join(map(str, said))}", err=True)
            message = error.message
        except DatabaseDidNotStart as error:
            message = str(error)
        except django.db.OperationalError as error:
            message = f"The database does not answer: {str(error).strip()}"
        except django.db.ProgrammingError as error:
            if not isinstance(error.__cause__, psycopg.errors.UndefinedTable):
                raise
            message = "The database has no tables yet; make them with `moviverse prepare`."
        except OSError as error:
            if error.errno not in CLOSED_OR_FULL:
                raise
            message = f"Cannot write to {error.filename or 'a file'}: {error.strerror}."
        click.echo(f"moviverse: {message}", err=True)
        sys.exit(REFUSED)


@contextmanager
def progress() -> Iterator[Progress]:
    """Show one bar a message; on anything but a terminal, one line when a message begins."""
    if not terminal.is_terminal:
        begun: set[str] = set()

        def line(fraction: float, message: str) -> None:  # noqa: ARG001 - a bar's signature
            if message not in begun:
                begun.add(message)
                terminal.print(f"  {message}")

        yield line
        return
    with rich.progress.Progress(
        rich.progress.TextColumn("  {task.description}"),
        rich.progress.BarColumn(),
        rich.progress.TaskProgressColumn(),
        rich.progress.TimeElapsedColumn(),
        console=terminal,
    ) as bars:
        tasks: dict[str, rich.progress.TaskID] = {}

        def advance(fraction: float, message: str) -> None:
            if message not in tasks:
                for earlier in tasks.values():
                    bars.update(earlier, completed=1.0)
                tasks[message] = bars.add_task(message, total=1.0)
            bars.update(tasks[message], completed=fraction)

        yield advance


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, empty: str) -> None:
    """Print rows under their columns; only the last one is folded, so that the rest can be copied."""
    if not rows:
        say(empty)
        return
    drawn = rich.table.Table(box=rich.box.SIMPLE_HEAD, pad_edge=False)
    for number, column in enumerate(columns):
        drawn.add_column(column, overflow="fold", no_wrap=number < len(columns) - 1)
    for row in rows:
        drawn.add_row(*(rich.text.Text(cell) for cell in row))
    Console(highlight=False, width=max(terminal.width, NARROWEST_TABLE)).print(drawn)


def say(report: object) -> None:
    """Print a report in its own words."""
    terminal.print(str(report), markup=False, soft_wrap=True)
