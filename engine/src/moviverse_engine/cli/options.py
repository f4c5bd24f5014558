"""Options that several commands share, and their translation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Command = TypeVar("Command", bound="Callable[..., Any]")

PATH = click.Path(path_type=Path)
LARGEST_SEED = 2**32 - 1
MODELS_DIR = Path("var/models")  # where the service that is started in this folder keeps its own

data = click.option(
    "--data",
    "data_path",
    type=PATH,
    required=True,
    help="MovieLens folder, file or archive, or a stored corpus.",
)
strict = click.option("--strict", is_flag=True, help="Refuse the first malformed row.")
models_dir = click.option(
    "--models-dir",
    type=PATH,
    default=MODELS_DIR,
    show_default=True,
    envvar="MOVIVERSE_MODELS",
    help="Folder of all models.",
)
settings = click.option(
    "--set", "assignments", multiple=True, metavar="KEY=VALUE", help="A setting of the model."
)
config_files = click.option(
    "--config",
    "config_paths",
    type=PATH,
    multiple=True,
    metavar="FILE",
    help="Settings of a model, as tune writes them; --set changes some of them.",
)


def seed(default: int) -> Callable[[Command], Command]:
    """Make the option `--seed`."""
    return click.option(
        "--seed",
        type=click.IntRange(0, LARGEST_SEED),
        default=default,
        show_default=True,
        help="Where all random draws start.",
    )


def nested(assignments: Sequence[str]) -> dict[str, Any]:
    """Turn `a.b=1` and `C=2` into `{"a": {"b": "1"}, "c": "2"}`.

    Raises:
        click.BadParameter: no equals sign, an empty name, or a name that is a group and a value.
    """
    tree: dict[str, Any] = {}
    for assignment in assignments:
        path, equals, value = assignment.partition("=")
        names = path.strip().lower().split(".")
        if not equals or not all(names):
            raise click.BadParameter(f"{assignment!r} is not KEY=VALUE.", param_hint="--set")
        branch = tree
        for name in names[:-1]:
            branch = branch.setdefault(name, {})
            if not isinstance(branch, dict):
                raise click.BadParameter(f"{name!r} has a value already.", param_hint="--set")
        if isinstance(branch.get(names[-1]), dict):
            raise click.BadParameter(f"{path!r} names a group of settings.", param_hint="--set")
        branch[names[-1]] = value.strip()
    return tree
