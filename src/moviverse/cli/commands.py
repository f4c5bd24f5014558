"""The commands, each of which translates its words into one call."""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np
from django.conf import settings
from django.core import management
from django.utils import timezone

from moviverse.cli import console, first_start, openapi, supervisor
from moviverse.cli.cache import cache
from moviverse.cli.database import database
from moviverse.cli.health import health
from moviverse.cli.jobs import jobs
from moviverse.cli.tmdb import tmdb
from moviverse.cli.trends import trends
from moviverse.cli.users import users
from moviverse.recommendations import selectors
from moviverse.recommendations import services as recommendations
from moviverse.transfer import tmdb_csv

MODEL_COLUMNS = ("model", "status", "version", "trained (UTC)", "how good")
SECTIONS = {
    "The site": ("serve", "worker", "prepare", "health", "cache", "where"),
    "Films and models": (
        "import",
        "tmdb",
        "train",
        "models",
        "activate",
        "rollback",
        "prune",
        "trending",
    ),
    "People and work": ("users", "jobs"),
    "Development": ("schema", "manage"),
}
SEED = 0  # the same data gives the same viewers of the demo and the same models


@click.group(cls=console.Group, epilog="moviverse COMMAND --help shows an example of each.")
@click.version_option(package_name="moviverse")
def cli() -> None:
    """MoviVerse: movie discovery with instant, explained, private recommendations."""


cli.sections = SECTIONS
cli.add_command(cache)
cli.add_command(users)
cli.add_command(health)
cli.add_command(trends)
cli.add_command(tmdb)
cli.add_command(jobs)


@cli.command(epilog="Example: moviverse serve --data ml-latest-small.zip")
@click.option(
    "--data",
    type=click.Path(exists=True, path_type=Path),
    help="A MovieLens folder or archive to start from, instead of the demo.",
)
def serve(data: Path | None) -> None:
    """Start the database, the web server and a worker, and stop all of them together.

    The first start migrates, loads films and viewers, trains, and makes two accounts.
    """
    supervisor.serve(data=data)


@cli.command(epilog="Example: moviverse prepare")
@click.option("--data", type=click.Path(exists=True, path_type=Path))
def prepare(data: Path | None) -> None:
    """Do what a first start does, without serving; a second time it is done at once."""
    with database(), console.progress() as progress:
        reports = first_start.prepare(
            data=data, now=timezone.now(), rng=np.random.default_rng(SEED), progress=progress
        )
    for report in reports:
        console.say(report)


@cli.command(epilog="Example: moviverse worker")
def worker() -> None:
    """Run jobs (mails, imports) from the database, beside web servers started elsewhere.

    `serve` starts one already; any number of them may run.
    """
    supervisor.work()


@cli.group(name="import")
def import_() -> None:
    """Bring films and ratings in from files."""


@import_.command(epilog="Example: moviverse import movielens ml-32m.zip")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--strict", is_flag=True, help="Refuse the file at its first malformed row.")
def movielens(path: Path, *, strict: bool) -> None:
    """Import a MovieLens folder or archive (any release): films and a training corpus."""
    with database(), console.progress() as progress:
        report = recommendations.import_movielens(
            path=path, strict=strict, now=timezone.now(), progress=progress
        )
    console.say(report)


@import_.command(
    name="tmdb-csv", epilog="Example: moviverse import tmdb-csv movies.csv.xz credits.csv.xz"
)
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
def tmdb_csv_(paths: tuple[Path, ...]) -> None:
    """Import CSV exports of TMDb (films, keywords, credits); .xz, .gz and .zip too."""
    with database(), console.progress() as progress:
        report = tmdb_csv.import_tmdb_csv(paths=paths, now=timezone.now(), progress=progress)
    console.say(report)


@cli.command(epilog="Example: moviverse train EASE Hybrid")
@click.argument("names", nargs=-1)
def train(names: tuple[str, ...]) -> None:
    """Train models (all of them when none is named) and publish them to running servers."""
    with database(), console.progress() as progress:
        trained = recommendations.train(
            names=names or None,
            now=timezone.now(),
            rng=np.random.default_rng(SEED),
            progress=progress,
        )
    for each in trained:
        console.say(each)


@cli.command(epilog="Example: moviverse models")
def models() -> None:
    """Show which version of each model is served, and what was trained and not found good enough."""
    rows = [_model_cells(each) for each in selectors.models()]
    console.table(MODEL_COLUMNS, rows, empty="There are no models.")
    for name, kept in selectors.rejected().items():
        console.say(f"Kept aside: {name} of {kept.trained_at:%Y-%m-%d %H:%M}. {kept.why}")
        console.say(f"  To serve it all the same: moviverse activate {name}")


def _model_cells(state: selectors.ModelState) -> list[str]:
    figures = [
        f"{name} {value:.3f}" if isinstance(value, float) else f"{name} {value}"
        for name, value in (state.metrics or {}).items()
        if name not in {"people", "synthetic"}
    ]
    when = f"{state.trained_at:%Y-%m-%d %H:%M}" if state.trained_at else ""
    return [state.name, state.status, state.version or "", when, ", ".join(figures)]


@cli.command(epilog="Example: moviverse rollback Hybrid")
@click.argument("name")
def rollback(name: str) -> None:
    """Serve the version of a model that was active before."""
    console.say(recommendations.rollback(name=name))


@cli.command(epilog="Example: moviverse activate Hybrid")
@click.argument("name")
def activate(name: str) -> None:
    """Serve the version of a model that the nightly training found worse and kept aside."""
    console.say(recommendations.activate(name=name))


@cli.command(epilog="Example: moviverse prune")
def prune() -> None:
    """Remove the records of what was recommended that are older than RECEIPTS_KEPT_DAYS."""
    with database():
        removed = recommendations.prune_receipts(now=timezone.now())
    console.say(f"Removed {removed:,} receipts.")


@cli.command(name="schema", epilog="Example: moviverse schema --check")
@click.option("--check", is_flag=True, help="Fail when the file differs, and write nothing.")
@click.argument("path", type=click.Path(path_type=Path), default=Path("openapi.json"))
def schema(path: Path, *, check: bool) -> None:
    """Write the OpenAPI document."""
    openapi.write(path=path, check=check)


@cli.command(
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
    epilog="Example: moviverse manage migrate",
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Run a command of Django's, such as `migrate`, `createsuperuser` or `shell`."""
    with database():
        management.execute_from_command_line(["moviverse manage", *arguments])


@cli.command(epilog="Example: moviverse where")
def where() -> None:
    """Print where the database, the models and the uploads live."""
    click.echo(settings.HOME)
