"""Hostile and broken files are refused with a name, before they cost anything."""

from __future__ import annotations

import gzip
import lzma
import os
import stat
import zipfile
from typing import TYPE_CHECKING

import pytest

from moviverse_engine.interactions import movielens
from moviverse_engine.interactions.archives import DataNotFound, DataUnreadable, Limits
from moviverse_engine.interactions.errors import TruncatedFile, UnsafeArchive

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROWS = "".join(f"{n},{n * 7 % 911},{n % 9 / 2 + 0.5},{n * n}\n" for n in range(1, 20_000)).encode()


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    "name", ["../ratings.csv", "/etc/ratings.csv", "a/../../ratings.csv", "C:\\ratings.csv"]
)
def test_a_zip_that_names_a_place_outside_its_folder_is_refused(tmp_path: Path, name: str) -> None:
    path = zipped(tmp_path / "a.zip", {"ratings.csv": ROWS, name: b"1,1,1,1"})
    with pytest.raises(UnsafeArchive, match="outside its folder"):
        movielens.read_ratings(path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.zip"]


def test_a_zip_bomb_is_refused_by_its_ratio_before_reading(tmp_path: Path) -> None:
    path = zipped(tmp_path / "bomb.zip", {"ratings.csv": b"0" * (20 << 20)})
    with pytest.raises(UnsafeArchive, match="expands more than 200:1"):
        movielens.read_ratings(path)


def test_a_bomb_beside_good_ratings_is_refused_too(tmp_path: Path) -> None:
    path = zipped(tmp_path / "bomb.zip", {"ratings.csv": ROWS, "z": b"0" * (20 << 20)})
    with pytest.raises(UnsafeArchive, match="expands more than 200:1"):
        movielens.read_ratings(path)


def test_a_zip_larger_than_the_limit_is_refused_and_the_limit_is_said(tmp_path: Path) -> None:
    path = zipped(tmp_path / "big.zip", {"ratings.csv": ROWS})
    with pytest.raises(UnsafeArchive, match="more than 1,000 bytes"):
        movielens.read_ratings(path, limits=Limits(max_bytes=1000))


def test_a_zip_of_too_many_files_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "many.zip", {f"{n}.csv": b"" for n in range(1001)})
    with pytest.raises(UnsafeArchive, match="more than 1000 files"):
        movielens.read_ratings(path)


def test_a_zip_with_two_files_of_one_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "two.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ratings.csv", ROWS)
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("ratings.csv", b"1,1,1,1")
    with pytest.raises(UnsafeArchive, match="two files of one name"):
        movielens.read_ratings(path)


def test_a_zip_that_holds_a_link_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "link.zip"
    link = zipfile.ZipInfo("ratings.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(UnsafeArchive, match="holds a link"):
        movielens.read_ratings(path)


def test_an_encrypted_zip_is_unreadable(tmp_path: Path) -> None:
    path = zipped(tmp_path / "secret.zip", {"ratings.csv": ROWS})
    content = bytearray(path.read_bytes())
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(DataUnreadable, match="encrypted"):
        movielens.read_ratings(path)


def test_a_zip_packed_in_an_unknown_way_is_unreadable(tmp_path: Path) -> None:
    path = zipped(tmp_path / "odd.zip", {"ratings.csv": ROWS})
    content = bytearray(path.read_bytes())
    content[content.rindex(b"PK\x01\x02") + 10] = 98
    content[8] = 98
    path.write_bytes(content)
    with pytest.raises(DataUnreadable, match="cannot be unpacked"):
        movielens.read_ratings(path)


@pytest.mark.parametrize(("suffix", "pack"), [(".xz", lzma.compress), (".gz", gzip.compress)])
def test_a_bomb_in_one_stream_is_stopped_at_the_limit(
    tmp_path: Path, suffix: str, pack: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / f"ratings.csv{suffix}"
    path.write_bytes(pack(b"1,1,1,1\n" * (4 << 20)))
    with pytest.raises(UnsafeArchive, match="bytes, the limit"):
        movielens.read_ratings(path)


def test_an_xz_that_asks_for_gigabytes_of_memory_is_refused(tmp_path: Path) -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 1 << 30}]
    path = tmp_path / "ratings.csv.xz"
    path.write_bytes(lzma.compress(b"1,1,1,1\n", filters=filters))
    with pytest.raises(TruncatedFile, match=r"ratings\.csv\.xz"):
        movielens.read_ratings(path)


@pytest.mark.parametrize("kept", [0, 3, 100, -5])
@pytest.mark.parametrize("suffix", [".xz", ".gz", ".zip"])
def test_a_file_cut_short_is_named(tmp_path: Path, suffix: str, kept: int) -> None:
    path = tmp_path / f"ratings.csv{suffix}"
    whole = {
        ".xz": lzma.compress(ROWS),
        ".gz": gzip.compress(ROWS),
        ".zip": zipped(tmp_path / "whole.zip", {"ratings.csv": ROWS}).read_bytes(),
    }
    path.write_bytes(whole[suffix][:kept])
    with pytest.raises(TruncatedFile, match=r"ratings\.csv\..* is cut short or damaged"):
        movielens.read_ratings(path)


def test_a_damaged_byte_is_found(tmp_path: Path) -> None:
    path = zipped(tmp_path / "ratings.zip", {"ratings.csv": ROWS})
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(TruncatedFile):
        movielens.read_ratings(path)


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataNotFound, match="nowhere does not exist"):
        movielens.read_ratings(tmp_path / "nowhere")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "ratings.csv")
    with pytest.raises(DataNotFound, match="not a regular file"):
        movielens.read_ratings(tmp_path / "ratings.csv")


def test_a_path_with_a_file_for_a_folder_is_unreadable_or_absent(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(DataNotFound):
        movielens.read_ratings(tmp_path / "file" / "ratings.csv")


def test_several_tables_without_a_known_name_are_not_guessed_between(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_bytes(ROWS)
    zipped(tmp_path / "both.zip", {"a.csv": ROWS, "b.csv": ROWS})
    for path in (tmp_path, tmp_path / "both.zip"):
        with pytest.raises(DataNotFound, match="holds no ratings"):
            movielens.read_ratings(path)
