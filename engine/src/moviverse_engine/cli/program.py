"""Put the commands together and say errors in one line."""

from __future__ import annotations

from importlib import import_module

import click

from moviverse_engine import EngineError, __version__

# Each is imported when it is asked for: an answer must not wait for what a report needs.
COMMANDS = (
    "card",
    "enlarge",
    "evaluate",
    "export",
    "models",
    "recommend",
    "rollback",
    "train",
    "tune",
)


class Refused(click.ClickException):
    """Something asked for that cannot be done; said in one line, exit code 2."""

    exit_code = 2


class Interrupted(click.ClickException):
    """Somebody pressed Ctrl-C; said in one line, exit code 130 as shells have it."""

    exit_code = 130


class Program(click.Group):
    """Turn the engine's and the system's named errors into one line instead of a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(
            import_module(f"moviverse_engine.cli.{cmd_name}"), cmd_name
        )
        return command

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except EngineError as error:
            raise Refused(" ".join(str(error).split())) from error
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            raise Refused(f"{where}{error.strerror or error}") from error
        except KeyboardInterrupt as error:
            raise Interrupted("Interrupted; nothing was written.") from error


@click.group(cls=Program)
@click.version_option(__version__, prog_name="moviverse-engine")
def main() -> None:
    """Train, measure and ask movie recommenders, on one machine and without a service."""
