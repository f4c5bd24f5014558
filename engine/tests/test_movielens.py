"""Readers of MovieLens: every shape it is shipped in, and every way a row can be broken."""

from __future__ import annotations

import gzip
import lzma
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moviverse_engine.interactions import delimited, movielens
from moviverse_engine.interactions.archives import DataNotFound
from moviverse_engine.interactions.errors import MalformedRow, MissingColumn
from moviverse_engine.interactions.reports import Refusals

REPOSITORY = Path(__file__).resolve().parents[2]
DATASETS = Path(os.environ.get("MOVIVERSE_DATASETS", REPOSITORY.parent / "shared" / "datasets"))

ROWS = [(1, 10, 4.0, 100), (1, 20, 3.5, 200), (2, 10, 0.5, 300)]
HEADER = "userId,movieId,rating,timestamp"


def dataset(name: str) -> Path:
    if not (DATASETS / name).is_dir():
        pytest.skip(f"{name} is not in {DATASETS}; set MOVIVERSE_DATASETS to measure on it")
    return DATASETS / name


def table(rows: list[tuple[int, int, float, int]], separator: str, end: str) -> str:
    return "".join(separator.join(f"{value:g}" for value in row) + end for row in rows)


def as_rows(path: Path) -> list[tuple[int, int, float, int]]:
    data, report = movielens.read_ratings(path)
    assert report.malformed == 0
    return sorted(
        zip(
            data.users.ids[data.user_index].tolist(),
            data.items.ids[data.item_index].tolist(),
            data.ratings.tolist(),
            data.timestamps.tolist(),
            strict=True,
        )
    )


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("name", "separator", "head"),
    [
        ("ratings.csv", ",", HEADER),
        ("ratings.csv", ",", "\ufeff" + HEADER),
        ("ratings.csv", ",", ""),
        ("ratings.dat", "::", ""),
        ("u.data", "\t", ""),
        ("pipes.csv", "|", ""),
    ],
)
def test_every_shape_of_ratings_is_read(
    tmp_path: Path, name: str, separator: str, head: str, end: str
) -> None:
    text = (head + end if head else "") + table(ROWS, separator, end)
    (tmp_path / name).write_bytes(text.encode())
    assert as_rows(tmp_path) == ROWS
    assert as_rows(tmp_path / name) == ROWS


def test_ratings_are_read_out_of_zip_xz_and_gz_and_from_a_folder_within(tmp_path: Path) -> None:
    plain = table(ROWS, "::", "\n").encode()
    inner = tmp_path / "folder" / "ml-10M100K"
    inner.mkdir(parents=True)
    (inner / "ratings.dat").write_bytes(plain)
    (tmp_path / "ratings.dat.xz").write_bytes(lzma.compress(plain[:12]) + lzma.compress(plain[12:]))
    (tmp_path / "ratings.gz").write_bytes(gzip.compress(plain))
    with zipfile.ZipFile(tmp_path / "ml.zip", "w") as archive:
        archive.writestr("ml-1m/", "")
        archive.writestr("__MACOSX/ml-1m/ratings.dat", "rubbish")
        archive.writestr("ml-1m/ratings.dat", plain)
    for name in ("folder", "ratings.dat.xz", "ratings.gz", "ml.zip"):
        assert as_rows(tmp_path / name) == ROWS


def test_columns_are_found_by_their_names(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("movie_id,note,USERID,timestamp,rating\n10,né,1,100,4.5\n11,x,1,101,5\n")
    assert as_rows(path) == [(1, 10, 4.5, 100), (1, 11, 5.0, 101)]


def test_a_file_of_something_else_is_named_as_such(tmp_path: Path) -> None:
    path = tmp_path / "movies.csv"
    path.write_text("movieId,title,genres\n1,Toy Story (1995),Comedy\n")
    with pytest.raises(MissingColumn, match="no column userid; it has movieId, title, genres"):
        movielens.read_ratings(path)


def test_quoted_numbers_spaces_and_blank_lines_are_read_like_any_other(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_text('\n\n"userId","movieId","rating","timestamp"\n"1", 10 ,4.00,"100"\n\n2,3,4,5')
    assert as_rows(path) == [(1, 10, 4.0, 100), (2, 3, 4.0, 5)]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1,2,3.0", "3 columns instead of 4"),
        ("1,2,3.0,4,5", "5 columns instead of 4"),
        ("x,2,3.0,4", "the user 'x' is not a whole number"),
        ("1,2.5,3.0,4", "the film '2.5' is not a whole number"),
        ("1,1_000,3.0,4", "the film '1_000' is not a whole number"),
        ("1,\u0663,3.0,4", "the film '\u0663' is not a whole number"),
        ("1,,3.0,4", "the film '' is not a whole number"),
        ("1,2,nan,4", "the rating 'nan' is not a number"),
        ("1,2,inf,4", "the rating 'inf' is not a number"),
        ("1,2,,4", "the rating '' is not a number"),
        ("1,2,0,4", "the rating 0 is outside 0.5-5"),
        ("1,2,5.5,4", "the rating 5.5 is outside 0.5-5"),
        ("1,2,-3,4", "the rating -3 is outside 0.5-5"),
        ("1,2,3.7,4", "the rating 3.7 is not a half step"),
        ("1,9223372036854775808,3.0,4", "is outside 64 bits"),
        ("1,2,3.0,-4", "the time -4 is negative"),
        ('1,2,"3.0,4', "broken quotes"),
        (b"1,2,3.0,\xff", "bytes that are not UTF-8"),
        ("1,2,3.0,4\0", "is not a whole number"),
    ],
)
def test_a_malformed_row_is_counted_with_its_line_and_reason_and_the_rest_is_kept(
    tmp_path: Path, row: str | bytes, reason: str
) -> None:
    path = tmp_path / "ratings.csv"
    line = row if isinstance(row, bytes) else row.encode()
    path.write_bytes(HEADER.encode() + b"\n7,8,4.0,9\n" + line + b"\n7,9,4.0,9\n")
    data, report = movielens.read_ratings(path)
    assert (len(data), report.rows, report.malformed) == (2, 2, 1)
    assert report.first_malformed[0][0] == 3
    assert reason in report.first_malformed[0][1]
    with pytest.raises(MalformedRow, match=r"ratings\.csv, line 3: "):
        movielens.read_ratings(path, strict=True)


def test_the_largest_ids_are_read_exactly(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    edge = 2**63 - 1
    path.write_text(f"{edge},{edge - 1},5,0\n{-edge},2000000001,0.5,{edge}\n")
    assert as_rows(path) == [(-edge, 2000000001, 0.5, edge), (edge, edge - 1, 5.0, 0)]


def test_only_the_first_ten_malformed_rows_are_shown_but_all_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_text(HEADER + "\n" + "bad\n" * 25)
    _, report = movielens.read_ratings(path)
    assert report.malformed == 25
    assert [line for line, _ in report.first_malformed] == list(range(2, 12))


def test_line_numbers_stay_true_across_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delimited, "BLOCK", 64)
    path = tmp_path / "ratings.dat"
    lines = [f"{n}::{n}::4::{n}" for n in range(1, 101)]
    lines[41] = "broken"
    path.write_text("\n".join(lines))
    data, report = movielens.read_ratings(path)
    assert len(data) == 99
    assert report.first_malformed == ((42, "1 columns instead of 4"),)


def test_a_file_without_line_ends_is_refused_within_a_bound_on_memory(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_bytes(b"1" * (3 << 20))
    with pytest.raises(MalformedRow, match="line 1: longer than 1 MiB"):
        movielens.read_ratings(path)


@pytest.mark.parametrize("content", [b"", b"\n\n", HEADER.encode()])
def test_an_empty_file_has_no_ratings(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ratings.csv").write_bytes(content)
    data, report = movielens.read_ratings(tmp_path)
    assert (len(data), report.rows, report.malformed) == (0, 0, 0)


def test_of_two_ratings_of_a_film_the_last_by_time_stays(tmp_path: Path) -> None:
    (tmp_path / "ratings.csv").write_text("1,2,5.0,200\n1,2,1.0,100\n")
    data, report = movielens.read_ratings(tmp_path)
    assert data.ratings.tolist() == [5.0]
    assert (report.rows, report.duplicates) == (2, 1)


def test_progress_is_told_and_ends_at_one(tmp_path: Path) -> None:
    (tmp_path / "ratings.csv").write_text("1,2,5.0,200\n")
    told: list[float] = []
    movielens.read_ratings(tmp_path, progress=lambda fraction, _: told.append(fraction))
    assert told[-1] == 1.0


IDS = st.integers(-(2**63), 2**63 - 1)
RATINGS = st.integers(1, 10).map(lambda halves: halves / 2)
RECORDS = st.dictionaries(
    st.tuples(IDS, IDS), st.tuples(RATINGS, st.integers(0, 2**63 - 1)), max_size=30
)


@settings(deadline=None)
@given(
    records=RECORDS,
    separator=st.sampled_from(["::", "\t", ","]),
    end=st.sampled_from(["\n", "\r\n"]),
    digits=st.sampled_from([None, 1, 2]),
)
def test_any_row_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory,
    records: dict[tuple[int, int], tuple[float, int]],
    separator: str,
    end: str,
    digits: int | None,
) -> None:
    path = tmp_path_factory.mktemp("rows") / "ratings.dat"
    lines = [
        separator.join((str(u), str(i), f"{r:g}" if digits is None else f"{r:.{digits}f}", str(t)))
        for (u, i), (r, t) in records.items()
    ]
    path.write_bytes("".join(line + end for line in lines).encode())
    assert as_rows(path) == sorted((u, i, r, t) for (u, i), (r, t) in records.items())


@settings(deadline=None)
@given(st.lists(st.text('0123456789.,:-\t\r\n" xé\0', max_size=40), max_size=8), st.booleans())
def test_the_fast_parser_reads_a_block_as_the_per_line_reader_does(
    lines: list[str],
    half_steps: bool,  # noqa: FBT001  drawn by hypothesis
) -> None:
    block = ("\n".join([*lines, "1,2,4.5,7", "12,3,5,8"]) + "\n").encode()
    layout = delimited.Layout(",", 4, 0, 1, 2, 3, header=False, half_steps=half_steps)
    fast = delimited._fast(block, layout)  # noqa: SLF001  the twin under test
    if fast is None:
        return
    refusals = Refusals("twin", strict=True)
    slow = delimited._slow(block, 1, layout, refusals)  # noqa: SLF001  the twin under test
    for one, other in zip(fast, slow, strict=True):
        np.testing.assert_array_equal(one, other)


@given(st.lists(st.tuples(st.integers(0, 10**18 - 1), IDS.map(abs)), min_size=1, max_size=5))
def test_plain_rows_never_need_the_per_line_reader(rows: list[tuple[int, int]]) -> None:
    block = "".join(f"{u},{i % 10**18},3.5,0\n" for u, i in rows).encode()
    layout = delimited.Layout(",", 4, 0, 1, 2, 3, header=False, half_steps=True)
    fast = delimited._fast(block, layout)  # noqa: SLF001  the twin under test
    assert fast is not None
    assert fast[0].tolist() == [u for u, _ in rows]


def test_movielens_1m_is_read_whole() -> None:
    data, report = movielens.read_ratings(dataset("ml-1m"))
    assert (len(data), len(data.users), len(data.items)) == (1_000_209, 6040, 3706)
    assert (report.malformed, report.duplicates) == (0, 0)


def test_latest_small_is_read_whole_with_its_missing_and_doubled_links_reported() -> None:
    folder = dataset("ml-latest-small")
    data, ratings_report = movielens.read_ratings(folder)
    films, report = movielens.read_films(folder)
    assert (len(films), len(data), len(data.users)) == (9742, 100_836, 610)
    assert (ratings_report.malformed, report.malformed) == (0, 0)
    assert report.missing_links == 8
    assert report.duplicate_links == ((4912, (6003, 144606)),)


def test_a_folder_without_ratings_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataNotFound, match=r"holds no ratings\.csv"):
        movielens.read_ratings(tmp_path)
