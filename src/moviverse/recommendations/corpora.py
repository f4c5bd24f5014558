"""Training corpora: ratings by people who have no account here, as columns beside a manifest."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from django.conf import settings
from django.db import transaction

from moviverse.library.models import Rating
from moviverse.recommendations.errors import DataRefused, engine_errors_as
from moviverse_engine import EngineError
from moviverse_engine.interactions import Interactions, corpus, merge

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

DEMO = "demo"
BLOCK = 10_000  # members' ratings a round trip


@dataclass(frozen=True)
class Corpus:
    """A corpus as its manifest describes it.

    Attributes:
        name: of its folder.
        fingerprint: of the data in it.
        source: fingerprint of the files that it came from.
        synthetic: nobody ever gave these ratings.
        is_sound: its manifest can be read.
    """

    name: str
    fingerprint: str
    source: str
    synthetic: bool
    is_sound: bool = True


def corpora() -> list[Corpus]:
    """Return the corpora that are stored here, by name, damaged ones too."""
    root = Path(settings.CORPORA_DIR)
    folders = sorted(p for p in root.iterdir() if p.is_dir()) if root.is_dir() else []
    return [_described(each) for each in folders if not each.name.startswith(".")]


def for_training() -> list[Corpus]:
    """Return the corpora to learn from: synthetic ones only where there are no others.

    Raises:
        DataRefused: one is damaged, and leaving it out would not be what was asked for.
    """
    every = corpora()
    damaged = [each.name for each in every if not each.is_sound]
    if damaged:
        message = (
            f"The training data {', '.join(damaged)} in {settings.CORPORA_DIR} is damaged. "
            "Import it again, or remove the folder."
        )
        raise DataRefused(message)
    return [each for each in every if not each.synthetic] or every


def save(name: str, data: Interactions, *, source: str, synthetic: bool, now: datetime) -> None:
    """Store a corpus, whole or not at all, in place of one of the same name."""
    about = {
        "name": name,
        "source": source,
        "synthetic": synthetic,
        "created_at": now.isoformat(),
    }
    with engine_errors_as(DataRefused):
        data.save(Path(settings.CORPORA_DIR) / name, about=about)


def load(chosen: Sequence[Corpus], members: Interactions) -> Interactions:
    """Join corpora and the members' own ratings.

    Raises:
        DataRefused: a corpus is damaged; the message names the file.
    """
    root = Path(settings.CORPORA_DIR)
    with engine_errors_as(DataRefused):
        parts = [Interactions.load(root / each.name) for each in chosen]
        return merge([*parts, members])


@transaction.atomic
def members_ratings() -> Interactions:
    """Read what the members rated, block by block; a member becomes a row that nobody can name.

    The transaction keeps the server's cursor, so that it need not write all rows aside first.
    """
    rows = Rating.objects.order_by("user_id").values_list(
        "user_id", "movie_id", "value", "rated_at"
    )
    columns: list[list[Any]] = [[], [], [], []]
    blocks: list[list[np.ndarray[Any, Any]]] = []
    user, number = None, -1
    for user_id, movie_id, value, rated_at in rows.iterator(chunk_size=BLOCK):
        if user_id != user:
            user, number = user_id, number + 1
        for column, each in zip(
            columns, (number, movie_id, float(value), int(rated_at.timestamp())), strict=True
        ):
            column.append(each)
        if len(columns[0]) == BLOCK:
            blocks.append([np.array(column) for column in columns])
            columns = [[], [], [], []]
    blocks.append([np.array(column) for column in columns])
    ids, items, ratings, times = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    return Interactions.from_columns(
        ids.astype(np.int64), items.astype(np.int64), ratings, times.astype(np.int64)
    )


def fingerprint_of(path: Path) -> str:
    """Return what stands for the files at a path: their names, sizes and times of change.

    It tells within a moment whether an import was done already; reading 25 million ratings to
    find that out would take longer than a start may.
    """
    digest = hashlib.sha256()
    for file in _files(path):
        status = file.stat()
        digest.update(f"{file.name}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _files(path: Path) -> Iterator[Path]:
    """Yield the files that a reader of a folder looks at: those in it and one level below."""
    if path.is_file():
        yield path
        return
    for pattern in ("*", "*/*"):
        yield from sorted(each for each in path.glob(pattern) if each.is_file())


def _described(folder: Path) -> Corpus:
    try:
        content = corpus.manifest(folder)
        about = content["about"]
        return Corpus(
            name=folder.name,
            fingerprint=str(content["fingerprint"]),
            source=str(about["source"]),
            synthetic=bool(about["synthetic"]),
        )
    except (EngineError, KeyError, TypeError):
        return Corpus(folder.name, fingerprint="", source="", synthetic=False, is_sound=False)
