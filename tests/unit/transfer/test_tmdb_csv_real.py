"""The exports that people have, where they lie beside the repository."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from moviverse.catalog.rows import UpsertReport
from moviverse.transfer import csv_files, packed_files, tmdb_csv, tmdb_tables

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
DATASETS = Path(
    os.environ.get("MOVIVERSE_DATASETS", Path(__file__).parents[4] / "shared" / "datasets")
)


@pytest.fixture
def export() -> Callable[[str], Path]:
    def export(name: str) -> Path:
        path = DATASETS / "tmdb" / name
        if not path.exists():
            pytest.skip(f"{path.name} is not in {DATASETS}; set MOVIVERSE_DATASETS to try it")
        return path

    return export


@pytest.mark.parametrize(
    ("name", "table_name", "rows"),
    [
        ("tmdb_5000_movies.csv.xz", "films", 4_803),
        ("movies_metadata_union.csv.xz", "films", 6_944),
        ("keywords.csv.xz", "keywords", 46_419),
        ("credits_top3_director_5000.csv.xz", "leading credits", 5_000),
    ],
)
def test_every_row_of_a_real_export_is_understood(
    export: Callable[[str], Path], name: str, table_name: str, rows: int
) -> None:
    file = packed_files.PackedFile(export(name))
    with packed_files.opened(file) as opened:
        header, *found = csv_files.rows(opened.stream, label=name)
    table = tmdb_tables.recognised(header.cells)
    assert table is not None
    assert table.name == table_name
    told = [table.row(dict(zip(header.cells, row.cells, strict=True))) for row in found]
    assert len(told) == rows


@pytest.mark.django_db(
    transaction=True
)  # as in life: one transaction over all of it would check its keys without any statistics
def test_real_films_and_their_credits_are_the_same_after_a_second_import(
    export: Callable[[str], Path],
) -> None:
    paths = [export("credits_top3_director_5000.csv.xz"), export("tmdb_5000_movies.csv.xz")]

    def take_in() -> list[UpsertReport]:
        report = tmdb_csv.import_tmdb_csv(paths=paths, now=NOW, progress=lambda *_, **__: None)
        assert report.malformed == 0
        return [file.films for file in report.files]

    films, credit = take_in()
    assert films == UpsertReport(created=4_803)
    assert credit.updated > 1_000
    assert take_in() == [
        UpsertReport(unchanged=4_803),
        UpsertReport(unchanged=credit.updated + credit.unchanged, unknown=credit.unknown),
    ]
