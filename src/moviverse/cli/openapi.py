"""The OpenAPI document as a file, so that a change of the contract is seen in review."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

import click
import orjson
from django.core import management

if TYPE_CHECKING:
    from pathlib import Path


def write(*, path: Path, check: bool) -> None:
    """Write the document to `path`, or only compare.

    Raises:
        click.ClickException: `check` is set and the file is not what would be written.
    """
    said = StringIO()
    management.call_command(
        "spectacular", "--format", "openapi-json", "--validate", "--fail-on-warn", stdout=said
    )
    # Sorted keys: the order of generation says nothing, and would only make noise in a diff.
    document = orjson.dumps(
        orjson.loads(said.getvalue()), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS
    )
    if not check:
        path.write_bytes(document + b"\n")
    elif not path.exists() or path.read_bytes() != document + b"\n":
        message = f"{path} is stale; write it with `moviverse schema`."
        raise click.ClickException(message)
