"""Interactions as one Parquet file, for Spark and everything else that reads columns."""

from __future__ import annotations

import os
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from moviverse_engine.interactions.errors import EngineError
from moviverse_engine.interactions.progress import silent

if TYPE_CHECKING:
    from moviverse_engine.interactions.progress import Progress
    from moviverse_engine.interactions.table import Interactions

_FINGERPRINT = b"moviverse_engine.fingerprint"


class MissingParquetLibrary(EngineError):
    """Parquet is written by a library that is not installed."""


class ParquetDamaged(EngineError):
    """A file is no Parquet file that `write` made."""


def write(
    interactions: Interactions,
    path: Path,
    *,
    rows: int = 1_000_000,
    progress: Progress = silent,
) -> None:
    """Write a Parquet file, a row group at a time, and rename it into place.

    It has the columns `user_id`, `item_id` int64, `user_row`, `item_row` int32, `rating` float and
    `timestamp` int64, seconds since 1970, UTC; its footer holds the fingerprint of the data.

    Args:
        interactions: what to write.
        path: the file; one that is there is replaced when the new one is complete.
        rows: how many ratings a row group has; no more than these are in memory twice.
        progress: hears of the progress; may raise to stop, which leaves what was there before.

    Raises:
        MissingParquetLibrary: the message says what to install.
    """
    if not find_spec("pyarrow"):
        raise MissingParquetLibrary(
            'Parquet is written by PyArrow: pip install "moviverse-engine[spark]"'
        )
    import pyarrow as pa  # noqa: PLC0415 - an extra
    from pyarrow import parquet  # noqa: PLC0415 - an extra

    schema = pa.schema(
        {
            "user_id": pa.int64(),
            "item_id": pa.int64(),
            "user_row": pa.int32(),
            "item_row": pa.int32(),
            "rating": pa.float32(),
            "timestamp": pa.int64(),
        },
        metadata={_FINGERPRINT: interactions.fingerprint.encode()},
    )
    path = Path(path)
    handle, working = tempfile.mkstemp(prefix=f".{path.name}.writing-", dir=path.parent)
    os.close(handle)
    try:
        with parquet.ParquetWriter(working, schema) as writer:
            for start in range(0, len(interactions), rows):
                part = slice(start, start + rows)
                users = interactions.user_index[part]
                items = interactions.item_index[part]
                columns = (
                    interactions.users.ids[users],
                    interactions.items.ids[items],
                    users,
                    items,
                    interactions.ratings[part],
                    interactions.timestamps[part],
                )
                writer.write_table(pa.table(dict(zip(schema.names, columns, strict=True)), schema))
                progress(min(1.0, (start + rows) / len(interactions)), "writing Parquet")
        Path(working).chmod(0o644)  # mkstemp makes it private; Spark may be another user
        Path(working).rename(path)
    except BaseException:
        Path(working).unlink(missing_ok=True)
        raise


def fingerprint(path: Path) -> str:
    """Return the fingerprint of the data that a file was written from.

    Raises:
        ParquetDamaged: it is no such file.
    """
    import pyarrow as pa  # noqa: PLC0415 - an extra
    from pyarrow import parquet  # noqa: PLC0415 - an extra

    try:
        metadata = parquet.read_schema(path).metadata or {}
        return str(metadata[_FINGERPRINT].decode())
    except (pa.ArrowException, KeyError) as error:
        raise ParquetDamaged(f"{path} is no Parquet file of `moviverse-engine export`.") from error
