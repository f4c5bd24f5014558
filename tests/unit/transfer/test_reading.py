"""Files as the services write them, and as programs and people change them on the way."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from moviverse.library.models import LONGEST_REVIEW
from moviverse.transfer.libraries import entries as said
from moviverse.transfer.libraries import movielens_ratings, reading, tables
from moviverse.transfer.libraries.entries import Kind, Source
from moviverse.transfer.packed_files import ArchiveUnsafe, FileDamaged, FileUnreadable
from moviverse.transfer.spreadsheet_cells import quoted, unquoted
from tests.factories.libraries import LETTERBOXD, as_json, imdb, packed, table, trakt_movie

if TYPE_CHECKING:
    from pathlib import Path

    from moviverse.transfer.libraries.entries import Entry

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
HEAT = {"Const": "tt0113277", "Your Rating": 9, "Date Rated": "2024-05-01", "Title": "Heat"}
OLD_IMDB = (
    "position", "const", "created", "modified", "description", "Title", "Title type", "Directors",
    "You rated", "IMDb Rating", "Runtime (mins)", "Year", "Genres", "Num. Votes",
    "Release Date (month/day/year)", "URL",
)  # fmt: skip
FILM = {
    "Date": "2024-05-02",
    "Name": "Heat",
    "Year": 1995,
    "Letterboxd URI": "https://boxd.it/2bg8",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def read(folder: Path, data: bytes, name: str = "x.csv", remarks: Any = None) -> list[Entry]:
    path = folder / name
    path.write_bytes(data)
    lists: list[str] = [] if remarks is None else remarks
    return list(reading.entries(reading.parts(path), now=NOW, remarks=lists))


def test_imdbs_ratings_of_ten_are_halved_and_series_left_out(folder: Path) -> None:
    film, series = read(folder, imdb(HEAT | {"Year": 1995}, HEAT | {"Title Type": "TV Series"}))
    assert (film.kind, film.imdb_id, film.rating) == (Kind.RATING, "tt0113277", Decimal("4.5"))
    assert (film.title, film.year, film.at) == ("Heat", 1995, datetime(2024, 5, 1, tzinfo=UTC))
    assert series.skipped


def test_imdbs_older_columns_and_dates_are_understood(folder: Path) -> None:
    row = {"const": "tt0113277", "Title": "Heat", "You rated": "8", "Year": "1995"}
    dated = row | {"created": "Sat Jul 13 00:00:00 2013", "position": "1"}
    (found,) = read(folder, table(OLD_IMDB, dated))
    assert (found.kind, found.rating) == (Kind.WATCHLIST, Decimal("4.0"))
    assert found.at == datetime(2013, 7, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("ratings.csv", Kind.RATING),
        ("diary.csv", Kind.WATCHED),
        ("reviews.csv", Kind.REVIEW),
        ("watched.csv", Kind.SEEN),
        ("watchlist.csv", Kind.WATCHLIST),
        ("likes/films.csv", Kind.FAVORITE),
    ],
)
def test_letterboxds_tables_are_told_apart_in_a_zip_and_alone(
    folder: Path, name: str, kind: Kind
) -> None:
    row = FILM | {"Rating": "4.5", "Review": "Good.", "Watched Date": "2024-05-01"}
    data = table(LETTERBOXD[name], {key: row[key] for key in LETTERBOXD[name] if key in row})
    assert [each.kind for each in read(folder, packed({name: data}), "all.zip")] == [kind]
    again = packed({f"letterboxd-me/{name}": data, f"letterboxd-me/deleted/{name}": data})
    assert [each.kind for each in read(folder, again, "again.zip")] == [kind]
    assert [each.kind for each in read(folder, data, name.replace("likes/", ""))] == [kind]


def test_what_was_deleted_or_put_on_lists_at_letterboxd_is_not_brought_back(folder: Path) -> None:
    data = table(LETTERBOXD["ratings.csv"], FILM | {"Rating": 4})
    files = {"ratings.csv": data, "deleted/ratings.csv": data, "orphaned/diary.csv": data}
    assert len(read(folder, packed(files), "all.zip")) == 1


@pytest.mark.parametrize(
    ("item", "kind"),
    [
        ({"rated_at": "2024-05-01T20:00:00.000Z", "rating": 8}, Kind.RATING),
        ({"plays": 2, "last_watched_at": "2024-05-01T20:00:00.000Z"}, Kind.SEEN),
        ({"id": 1, "watched_at": "2024-05-01T20:00:00.000Z", "action": "watch"}, Kind.WATCHED),
        ({"rank": 1, "listed_at": "2024-05-01T20:00:00.000Z"}, Kind.WATCHLIST),
    ],
)
def test_trakts_lists_are_told_apart_by_their_dates(
    folder: Path, item: dict[str, Any], kind: Kind
) -> None:
    movie = trakt_movie("Heat", 1995, imdb="tt0113277", tmdb=949)
    show = {**item, "type": "show", "show": {"title": "Dark"}}
    film, other = read(folder, as_json([{**item, "movie": movie}, show]), "x.json")
    assert (film.kind, film.tmdb_id, film.imdb_id) == (kind, 949, "tt0113277")
    assert film.at == datetime(2024, 5, 1, 20, tzinfo=UTC)
    assert other.skipped


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("lists-watchlist.json", [Kind.WATCHLIST]),
        ("lists-favorites.json", [Kind.FAVORITE]),
        ("lists-best-of-the-nineties.json", []),
    ],
)
def test_a_list_of_ones_own_at_trakt_is_not_taken_for_the_watchlist(
    folder: Path, name: str, kinds: list[Kind]
) -> None:
    movie = trakt_movie("Heat", 1995)
    listed = as_json([{"rank": 1, "listed_at": "2024-05-01T20:00:00.000Z", "movie": movie}])
    rated = as_json([{"rated_at": "2024-05-01T20:00:00.000Z", "rating": 8, "movie": movie}])
    found = read(folder, packed({name: listed, "ratings-movies.json": rated}), "trakt.zip")
    assert [each.kind for each in found] == [Kind.RATING, *kinds]


@pytest.mark.parametrize(
    "item",
    [
        7, None, "x", [], {}, {"movie": 3, "rated_at": "2024-05-01", "rating": 7},
        {"movie": {"title": ["x"]}, "rated_at": 3, "rating": {}},
        {"movie": {"title": "A", "year": -3}, "rated_at": "2024-05-01", "rating": 7},
        {"movie": {"title": "A", "ids": 4}, "rated_at": "soon", "rating": 7},
        {"movie": {"title": "A"}, "rated_at": "2024-05-01", "rating": True},
        {"movie": {"title": "A"}, "rated_at": "2024-05-01", "rating": 1e300},
        {"movie": {"title": "A"}, "rated_at": "2024-05-01", "rating": 11},
        {"movie": {"title": "A"}, "rated_at": "9999-12-31", "rating": 7},
        {"movie": {"title": "A", "ids": {"tmdb": 10**30}}, "rated_at": "2024-05-01", "rating": 7},
        {"movie": {"title": "A", "ids": {"imdb": "0"}}, "rated_at": "2024-05-01", "rating": 7},
    ],
)  # fmt: skip
def test_an_item_that_makes_no_sense_is_told_and_the_next_one_counts(
    folder: Path, item: Any
) -> None:
    good = {"rated_at": "2024-05-01T20:00:00Z", "rating": 8, "movie": trakt_movie("Heat", 1995)}
    wrong, right = read(folder, as_json([item, good]), "x.json")
    assert wrong.problem
    assert len(wrong.problem) < 200
    assert (right.problem, right.rating) == ("", Decimal("4.0"))


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("Your Rating", "11"), ("Your Rating", "0"), ("Your Rating", "4.25"), ("Your Rating", "nan"),
        ("Your Rating", ""), ("Your Rating", "=9"), ("Your Rating", "9" * 5_000),
        ("Date Rated", "05/01/2024"), ("Date Rated", "1700-01-01"), ("Date Rated", "3000-01-01"),
        ("Year", "95"), ("Year", "1e3"), ("Const", "949"), ("Const", "ttx"), ("Title", "a\0b"),
    ],
)  # fmt: skip
def test_a_cell_that_cannot_be_is_told_with_its_line(folder: Path, column: str, cell: str) -> None:
    wrong, right = read(folder, imdb(HEAT | {column: cell}, HEAT))
    assert (wrong.line, bool(wrong.problem), right.problem) == (2, True, "")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_in_every_coat_is_read(folder: Path, encoding: str) -> None:
    data = imdb(HEAT | {"Title": "Amélie"}).decode().encode(encoding)
    remarks: list[str] = []
    (found,) = read(folder, data, remarks=remarks)
    assert (found.title, remarks) == ("Amélie", [])


def test_the_old_encoding_of_windows_is_read_and_remarked(folder: Path) -> None:
    remarks: list[str] = []
    data = imdb(HEAT | {"Title": "Amélie"}).decode().encode("latin-1")
    (found,) = read(folder, data, remarks=remarks)
    assert found.title == "Amélie"
    assert len(remarks) == 1


def test_a_day_that_has_only_begun_elsewhere_counts_as_now(folder: Path) -> None:
    (found,) = read(folder, imdb(HEAT | {"Date Rated": "2026-05-02"}))
    assert (found.problem, found.at) == ("", NOW)


def test_a_review_longer_than_one_may_be_is_cut_and_says_so(folder: Path) -> None:
    assert said.LONGEST_TEXT == LONGEST_REVIEW
    row = FILM | {"Review": "x" * (LONGEST_REVIEW + 5)}
    (found,) = read(folder, table(LETTERBOXD["reviews.csv"], row))
    assert (len(found.text), bool(found.remark)) == (LONGEST_REVIEW, True)


def test_lines_beyond_the_limit_are_left_out_and_it_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_ROWS", 3)
    remarks: list[str] = []
    assert len(read(folder, imdb(*[HEAT] * 5), remarks=remarks)) == 3
    assert len(remarks) == 1


def test_movielens_of_several_people_is_refused(folder: Path) -> None:
    header = ("userId", "movieId", "rating", "timestamp")
    with pytest.raises(movielens_ratings.SeveralPeople):
        read(folder, table(header, (1, 1, 4, 0), (2, 1, 4, 0)))
    (found,) = read(folder, table(header, (1, 1, "3.5", 964982703)))
    assert (found.movielens_id, found.rating) == (1, Decimal("3.5"))


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", reading.NotRecognised),
        (b"a,b\n1,2\n", reading.NotRecognised),
        (b"\xff\xfe\xff", tables.NotText),
        (b"a,b\x81\x00\x00c", tables.NotText),
        (b"[" * 100_000, reading.NotRecognised),
        (b'{"format": "another"}', reading.NotRecognised),
        (b"PK\x03\x04broken", FileDamaged),
        (packed({"../x.csv": "a"}), ArchiveUnsafe),
        (packed({"/x.csv": "a"}), ArchiveUnsafe),
        (packed({"x.csv": b"0" * 40_000_000}), ArchiveUnsafe),
        (packed({f"{number}.csv": "" for number in range(1_001)}), ArchiveUnsafe),
        (packed({"x.txt": "a"}), FileUnreadable),
    ],
    ids=range(12),
)
def test_a_hostile_or_unknown_file_is_refused_by_name(
    folder: Path, data: bytes, error: type[Exception]
) -> None:
    with pytest.raises(error):
        read(folder, data, "x.zip" if data[:2] == b"PK" else "x.csv")


def test_files_that_together_unpack_to_too_much_are_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MOST_BYTES", 1_000)
    data = imdb(HEAT, HEAT)
    with pytest.raises(tables.FileTooLarge):
        read(folder, packed({f"{number}.csv": data for number in range(5)}), "x.zip")


def test_only_what_the_named_service_wrote_is_taken(folder: Path) -> None:
    path = folder / "x.csv"
    path.write_bytes(imdb(HEAT))
    assert reading.parts(path, source=Source.IMDB)
    with pytest.raises(reading.NotRecognised, match="letterboxd"):
        reading.parts(path, source=Source.LETTERBOXD)


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-30-",
        "@x",
        "\tx",
        "\rx",
        "\nx",
        "'Round Midnight",
        "'=1",
        "''=1",
        "'",
        "",
        "x",
    ],
)
def test_quoting_a_cell_and_taking_it_off_gives_the_very_text(text: str) -> None:
    assert unquoted(quoted(text)) == text
    assert quoted(text)[:1] not in {"=", "+", "-", "@", "\t", "\r", "\n"}
