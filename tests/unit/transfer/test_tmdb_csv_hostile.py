"""Files that are broken, and files that somebody broke."""

from __future__ import annotations

import gzip
import lzma
import random
import stat
import zipfile
import zlib
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from moviverse.catalog.models import Movie
from moviverse.core import errors
from moviverse.transfer import csv_files, packed_files, tmdb_csv
from moviverse.transfer.csv_files import NotText, TooManyLines
from moviverse.transfer.packed_files import ArchiveUnsafe, FileDamaged, FileUnreadable
from tests.factories import catalog
from tests.factories.tmdb_csv import HEAT, films, table

if TYPE_CHECKING:
    from pathlib import Path

    from moviverse.transfer.tmdb_csv import ImportReport

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
GOOD = {"id": "700", "title": "The Good Row", "overview": ""}
LONG = "x" * (csv_files.LONGEST_CELL + 1)


def take_in(path: Path, data: bytes | str | None = None) -> ImportReport:
    if data is not None:
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    return tmdb_csv.import_tmdb_csv(paths=[path], now=NOW, progress=lambda *_, **__: None)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "films.csv"


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        *(
            ("id", each)
            for each in ["", "0", "-5", "1.5", "1e3", "nan", "1997-08-20", "\uff19", "x"]
        ),
        ("id", "2000000000"),  # the first of those that are given out here
        ("id", "9" * 30),
        ("id", "9" * 5_000),
        *(("title", each) for each in ["", "   ", "\u200b\x01"]),
        *(("runtime", each) for each in ["-1", "170.5", "inf", "9" * 18, "2 hours"]),
        *(("release_date", each) for each in ["soon", "0000-01-01", "9999-12-31", "1000-01-01"]),
        *(("release_date", each) for each in ["12/15/1995", "19951215", "1995-W50-5", "1995"]),
        *(("vote_average", each) for each in ["10.1", "-1", "nan", "1e999", "7,7"]),
        *(("vote_count", each) for each in ["-1", "2147483648", "1.5"]),
        *(("popularity", each) for each in ["nan", "inf", "-1", "1e10", "[]"]),
        *(("budget", each) for each in ["-1", "9" * 18, "/ff9qCepilowshEtG2GYWwzt2bs4.jpg"]),
        *(("genres", each) for each in ["Drama", "[", "{}", "[1]", "['x']", "[{'name': 3}]"]),
        ("genres", "[" * 5_000),
        ("genres", "[" + "1+" * 50_000 + "1]"),
        ("genres", "[" + "9" * 10_000 + "]"),
        ("genres", "__import__('os').getcwd()"),
        ("genres", "[{'name': open('x')}]"),
        ("genres", "[{[]: 1}]"),
        ("production_countries", "[{'iso_3166_1': 'usa'}]"),
        ("production_countries", "[{}]"),
        ("imdb_id", "0"),
        ("original_language", "104.0"),
        ("adult", " - Written by somebody"),
        ("homepage", "javascript:alert(1)"),
        ("poster_path", "//example.org/x.jpg"),
        ("poster_path", "/../x.jpg"),
        ("overview", "a\0b"),
        ("overview", LONG),
        ("overview", "x" * 10_000_000),
    ],
)
def test_a_row_with_a_cell_that_cannot_be_is_left_out_and_told(
    path: Path, column: str, cell: str
) -> None:
    report = take_in(path, films({"overview": "", column: cell}, GOOD))
    assert (report.malformed, report.films.created) == (1, 1)
    assert report.files[0].examples[0].line == 2
    assert len(report.files[0].examples[0].reason) < 200
    assert Movie.objects.get().title == "The Good Row"


@pytest.mark.parametrize(
    ("cast", "crew"),
    [
        ("[{'name': 3}]", "[]"),
        ("[{'name': 'A', 'id': 'x'}]", "[]"),
        ("[{'name': 'A', 'id': True}]", "[]"),
        ("[{'name': 'A', 'id': 0}]", "[]"),
        ("[{'name': 'A', 'id': 99999999999999999999}]", "[]"),
        ("[{'name': 'A', 'character': ['B']}]", "[]"),
        ("[]", "[{'name': 'A', 'job': 'Director', 'profile_path': 'x'}]"),
        ("[]", "no list"),
    ],
)
def test_credits_that_cannot_be_are_left_out_and_told(path: Path, cast: str, crew: str) -> None:
    catalog.film(tmdb_id=1, title="Heat")
    report = take_in(path, table(["cast", "crew", "id"], [cast, crew, "1"], ["[]", "[]", "1"]))
    assert (report.malformed, report.films.unchanged) == (1, 1)


def test_people_without_a_name_that_shows_are_nobody(path: Path) -> None:
    catalog.film(tmdb_id=1, title="Heat")
    cast = r"[{'name': '\x01'}, {'name': '', 'id': 3}, {'name': 'Al Pacino', 'order': 'x'}]"
    take_in(path, table(["cast", "crew", "id"], [cast, "", "1"]))
    assert Movie.objects.get().cast.get().person.name == "Al Pacino"


def test_texts_stay_the_texts_they_are(path: Path) -> None:
    formula = '=HYPERLINK("http://example.org","x")'
    genres = r"[{'name': 'A\dB'}, {'name': '\ud83d'}]"
    report = take_in(path, films({"title": formula, "overview": "+1\n@x", "genres": genres}))
    assert (report.malformed, Movie.objects.get().title) == (0, formula)
    assert Movie.objects.get().overview == "+1\n@x"
    assert Movie.objects.get().genres.get().name == r"A\dB"


def test_a_row_with_more_or_fewer_cells_than_the_header_is_left_out(path: Path) -> None:
    lines = films(GOOD).splitlines()
    shifted = lines[1].replace("700", "701,surplus")
    report = take_in(path, "\n".join([lines[0], shifted, "False,,1", "", lines[1]]))
    assert [each.reason for each in report.files[0].examples] == [
        f"{len(HEAT) + 1} cells where the header has {len(HEAT)}",
        f"3 cells where the header has {len(HEAT)}",
    ]
    assert Movie.objects.get().tmdb_id == 700


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ('1,"[]" x\n', "not CSV"),
        ("1,[]\r2,[]\n", "not CSV"),
        (f'1,"{LONG}\n', "a quote that never closes"),
        ("1," + "," * csv_files.LONGEST_ROW + "\n", "a row of more than"),
        # Cut inside a quote, it takes the next row for the quote's end.
        ("1," + '"\n",' * (csv_files.LONGEST_ROW // 4) + '\n5,"[]"\n', "a row of more than"),
    ],
)
def test_what_is_no_row_does_not_take_the_rows_after_it_along(
    path: Path, row: str, reason: str
) -> None:
    catalog.film(tmdb_id=7, title="Heat")
    report = take_in(path, f"id,keywords\n{row}7,\"[{{'name': 'heist'}}]\"\n")
    assert reason in report.files[0].examples[0].reason
    assert Movie.objects.get().keywords.get().name == "heist"


def test_a_quote_that_is_open_at_the_end_is_told_with_the_line_it_begins_in(path: Path) -> None:
    report = take_in(path, 'id,keywords\n7,[]\n8,"[\n9,[]\n')
    assert report.files[0].examples == (tmdb_csv.Malformed(3, "a quote that never closes"),)


def test_the_limit_of_a_cell_holds_when_somebody_raised_the_readers(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_files, "LONGEST_CELL", 8)
    report = take_in(path, "id,keywords\n7,[       ]\n7,[]\n")
    assert (report.malformed, report.films.unknown) == (1, 1)


def test_another_encoding_is_refused_before_anything_is_written(path: Path) -> None:
    latin = films(GOOD, {"title": "Amélie"}).encode("latin-1")
    with pytest.raises(NotText, match=r"line 4 holds the byte 0xe9\. Save it as UTF-8"):
        take_in(path, latin)
    with pytest.raises(NotText, match="line 1 holds the byte 0xff"):
        take_in(path, films(GOOD).encode("utf-16"))
    assert not Movie.objects.exists()


def test_a_file_without_end_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_files, "MOST_LINES", 5)
    with pytest.raises(TooManyLines):
        take_in(path, "id,keywords\n" + "\n" * 5)


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress], ids=["gz", "xz"])
def test_a_packed_file_that_is_cut_short_is_refused_before_anything_is_written(
    path: Path, pack: Any
) -> None:
    packed = pack(films(GOOD, *({"overview": str(n) * 9} for n in range(600))).encode())
    for length in (len(packed) - 1, len(packed) // 2):
        with pytest.raises(FileDamaged, match=r"films\.csv is cut short or damaged"):
            take_in(path, packed[:length])
    assert not Movie.objects.exists()


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, "zip"], ids=["gz", "xz", "zip"])
def test_a_bomb_is_refused(path: Path, pack: Any) -> None:
    bomb = b"id,keywords\n" + b"\n" * 3_000_000
    if pack == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("keywords.csv", bomb)
    else:
        path.write_bytes(pack(bomb))
    with pytest.raises(ArchiveUnsafe, match="unpacks to more than"):
        take_in(path)


def test_an_xz_that_claims_gigabytes_of_memory_is_refused(path: Path) -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 20}]
    packed = bytearray(lzma.compress(films(GOOD).encode(), filters=filters))
    packed[16] = 40  # the dictionary's size: 4 GiB, in a header with a checksum of its own
    packed[20:24] = zlib.crc32(packed[12:20]).to_bytes(4, "little")
    with pytest.raises(FileDamaged, match=r"(?i)memory"):
        take_in(path, bytes(packed))


def zipped(path: Path, *names: str, mode: int = 0, text: str = "id,keywords\n") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            archive.writestr(info, text)
    return path


@pytest.mark.parametrize(
    "name", ["../a.csv", "/etc/a.csv", "C:\\a.csv", "a\\..\\b.csv", "a\x1b.csv"]
)
def test_a_zip_with_a_name_that_leads_astray_is_refused(path: Path, name: str) -> None:
    with pytest.raises(ArchiveUnsafe):
        take_in(zipped(path, "keywords.csv", name))


def test_a_zip_with_a_link_is_refused(path: Path) -> None:
    with pytest.raises(ArchiveUnsafe, match="holds a link"):
        take_in(zipped(path, "keywords.csv", mode=stat.S_IFLNK | 0o777, text="/etc/passwd"))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_zip_with_two_files_of_one_name_is_refused(path: Path) -> None:
    with pytest.raises(ArchiveUnsafe, match="two files of one name"):
        take_in(zipped(path, "keywords.csv", "keywords.csv"))


def test_a_zip_with_too_much_in_it_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    zipped(path, "a.csv", "b.csv")
    monkeypatch.setattr(packed_files, "MOST_MEMBERS", 1)
    with pytest.raises(ArchiveUnsafe, match="more than 1 files"):
        take_in(path)
    monkeypatch.setattr(packed_files, "MOST_MEMBERS", 2)
    monkeypatch.setattr(packed_files, "MOST_BYTES", 20)
    with pytest.raises(ArchiveUnsafe, match="more than 20 bytes"):
        take_in(path)


def test_a_zip_that_is_encrypted_or_packed_unusually_is_refused(path: Path) -> None:
    zipped(path, "keywords.csv")
    data = bytearray(path.read_bytes())
    directory = data.index(b"PK\x01\x02")
    data[directory + 8] |= 1
    with pytest.raises(FileUnreadable, match="encrypted"):
        take_in(path, bytes(data))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("keywords.csv", "id,keywords\n")
    with pytest.raises(FileUnreadable, match="unusual way"):
        take_in(path)


def test_a_zip_without_a_table_is_refused(path: Path) -> None:
    with pytest.raises(FileUnreadable, match=r"holds no \.csv file"):
        take_in(zipped(path, "README.md"))


def test_a_zip_that_changed_meanwhile_is_refused(path: Path) -> None:
    file = packed_files.PackedFile(zipped(path, "keywords.csv"), "films.csv")
    with pytest.raises(FileUnreadable, match="no longer there"), packed_files.opened(file):
        pass


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.csv"):
        with pytest.raises(FileUnreadable, match="is not a file"):
            take_in(path)


@pytest.mark.parametrize("kind", ["gz", "xz", "zip", "csv"])
def test_any_byte_may_be_another_without_a_traceback(path: Path, kind: str) -> None:
    text = table(["id", "keywords"], *([str(n), "[{'name': 'a'}]"] for n in range(1, 20)))
    if kind == "zip":
        zipped(path, "keywords.csv", "b.csv", text=text)
        whole = path.read_bytes()
    else:
        pack: Any = {"gz": gzip.compress, "xz": lzma.compress, "csv": bytes}[kind]
        whole = pack(text.encode())
    dice = random.Random(7)  # noqa: S311 - a test's
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 3)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        with suppress(errors.Invalid):
            take_in(path, bytes(data))
