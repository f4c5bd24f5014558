"""Put the commands together and say errors in one line."""

from __future__ import annotations

import click

from moviverse_engine import EngineError, __version__
from moviverse_engine.cli.evaluate import evaluate
from moviverse_engine.cli.recommend import recommend
from moviverse_engine.cli.train import train


class Refused(click.ClickException):
    """Something asked for that cannot be done; said in one line, exit code 2."""

    exit_code = 2


class Program(click.Group):
    """Turn the engine's and the system's named errors into one line instead of a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except EngineError as error:
            raise Refused(" ".join(str(error).split())) from error
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            raise Refused(f"{where}{error.strerror or error}") from error


@click.group(cls=Program)
@click.version_option(__version__, prog_name="moviverse-engine")
def main() -> None:
    """Train, measure and ask movie recommenders, on one machine and without a service."""


main.add_command(train)
main.add_command(evaluate)
main.add_command(recommend)
