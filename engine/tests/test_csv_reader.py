from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from moviverse_engine.interactions import csv
from moviverse_engine.interactions.errors import MalformedRow, MissingColumn

if TYPE_CHECKING:
    from pathlib import Path


def test_any_table_is_read_by_the_names_of_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "stars.csv"
    path.write_text('who;"what";stars;when;text\n5;7;3.7;60;"very; good"\n5;8;4;61;\n')
    data, report = csv.read_ratings(
        path, user="who", item="what", rating="stars", timestamp="when", separator=";"
    )
    assert data.users.ids.tolist() == [5]
    assert data.items.ids.tolist() == [7, 8]
    assert data.ratings.tolist() == pytest.approx([3.7, 4.0])
    assert data.timestamps.tolist() == [60, 61]
    assert (report.rows, report.malformed) == (2, 0)


def test_pairs_alone_count_as_five_stars(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text("user,item\n1,2\n1,x\n3,4\n")
    data, report = csv.read_ratings(path, user="user", item="item")
    assert data.ratings.tolist() == [5.0, 5.0]
    assert data.timestamps.tolist() == [0, 0]
    assert report.first_malformed == ((3, "the film 'x' is not a whole number"),)
    with pytest.raises(MalformedRow, match="line 3"):
        csv.read_ratings(path, user="user", item="item", strict=True)


def test_a_column_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text("user,item\n1,2\n")
    with pytest.raises(MissingColumn, match="no column 'stars'; it has user, item"):
        csv.read_ratings(path, user="user", item="item", rating="stars")
