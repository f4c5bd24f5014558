"""Films and links as MovieLens ships them."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moviverse_engine.interactions import movielens, titles
from moviverse_engine.interactions.archives import DataNotFound
from moviverse_engine.interactions.errors import MalformedRow

if TYPE_CHECKING:
    from pathlib import Path

FILMS = "movieId,title,genres\r\n"


@pytest.mark.parametrize(
    ("written", "title", "year"),
    [
        ("Toy Story (1995)", "Toy Story", 1995),
        ("American President, The (1995)", "The American President", 1995),
        ("Avventura, L' (Adventure, The) (1960)", "L'Avventura (The Adventure)", 1960),
        ("Seven (a.k.a. Se7en) (1995)", "Seven (a.k.a. Se7en)", 1995),
        ("Hidden (a.k.a. Cache, The) (2005)", "Hidden (a.k.a. The Cache)", 2005),
        ("Cry, the Beloved Country (1995)", "Cry, the Beloved Country", 1995),
        ("Superman/Doomsday (2007) ", "Superman/Doomsday", 2007),
        ("Fawlty Towers (1975-1979)", "Fawlty Towers", 1975),
        ("Big Bang Theory, The (2007-)", "The Big Bang Theory", 2007),
        ("Babylon 5", "Babylon 5", None),
        ("2001: A Space Odyssey", "2001: A Space Odyssey", None),
    ],
)
def test_titles_lose_their_year_and_get_their_article_back(
    written: str, title: str, year: int | None
) -> None:
    bare, found = titles.split_year(written)
    assert (titles.natural(bare), found) == (title, year)


def test_films_of_a_csv_with_links(tmp_path: Path) -> None:
    (tmp_path / "movies.csv").write_bytes(
        ("\ufeff" + FILMS + '1,"Misérables, Les (1995)",Drama|War\r\n').encode()
        + b"2,Paterson,(no genres listed)\r\n3,Heat (1995),Crime\r\n"
    )
    (tmp_path / "links.csv").write_text("movieId,imdbId,tmdbId\n1,0113828,4415\n2,,4415\n99,1,2\n")
    films, report = movielens.read_films(tmp_path)
    assert films == [
        movielens.FilmRow(1, "Les Misérables", 1995, ("Drama", "War"), 4415, "tt0113828"),
        movielens.FilmRow(2, "Paterson", None, (), 4415, None),
        movielens.FilmRow(3, "Heat", 1995, ("Crime",)),
    ]
    assert report.duplicate_links == ((4415, (1, 2)),)
    assert report.missing_links == 1
    assert movielens.read_films(tmp_path / "movies.csv")[0] == films


def test_films_and_links_out_of_one_zip(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "ml.zip", "w") as archive:
        archive.writestr("ml/movies.csv", FILMS + "1,Heat (1995),Crime\r\n")
        archive.writestr("ml/links.csv", "movieId,imdbId,tmdbId\n1,113277,949\n")
    films, _ = movielens.read_films(tmp_path / "ml.zip")
    assert films == [movielens.FilmRow(1, "Heat", 1995, ("Crime",), 949, "tt0113277")]


@pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-8"])
def test_dat_files_are_read_in_both_encodings_that_exist(tmp_path: Path, encoding: str) -> None:
    text = "1::Misérables, Les (1995)::Drama|Children's\n"
    (tmp_path / "movies.dat").write_bytes(text.encode(encoding))
    films, report = movielens.read_films(tmp_path)
    assert films == [movielens.FilmRow(1, "Les Misérables", 1995, ("Drama", "Children's"))]
    assert report.missing_links == 1


def test_the_24_columns_of_100k_are_read(tmp_path: Path) -> None:
    flags = ["0"] * 19
    flags[1] = flags[18] = "1"
    known = "|".join(["7", "Postman, The (1994)", "01-Jan-1994", "", "http://x/\xe9", *flags])
    nothing = "|".join(["267", "unknown", "", "", "", "1", *["0"] * 18])
    (tmp_path / "u.item").write_bytes(f"{known}\n{nothing}\n".encode("iso-8859-1"))
    films, _ = movielens.read_films(tmp_path)
    assert films == [
        movielens.FilmRow(7, "The Postman", 1994, ("Action", "Western")),
        movielens.FilmRow(267, "unknown", None, ()),
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"2,Heat (1995)", "2 columns instead of 3"),
        (b"x,Heat (1995),Crime", "the film 'x' is not a whole number"),
        (b"2,(1995),Crime", "an empty title"),
        (b'2,"Heat (1995),Crime', "broken quotes"),
        (b"2,H\xffat (1995),Crime", "bytes that are not UTF-8"),
        (b"2,He\0at (1995),Crime", "a NUL byte"),
    ],
)
def test_a_malformed_film_is_counted_and_the_rest_is_kept(
    tmp_path: Path, row: bytes, reason: str
) -> None:
    (tmp_path / "movies.csv").write_bytes(FILMS.encode() + row + b"\r\n3,Alien (1979),Horror\r\n")
    films, report = movielens.read_films(tmp_path)
    assert [film.title for film in films] == ["Alien"]
    assert report.malformed == 1
    assert report.first_malformed[0][0] == 2
    assert reason in report.first_malformed[0][1]
    with pytest.raises(MalformedRow, match=r"movies\.csv, line 2"):
        movielens.read_films(tmp_path, strict=True)


def test_a_malformed_link_is_reported_with_its_own_file(tmp_path: Path) -> None:
    (tmp_path / "movies.csv").write_text(FILMS + "1,Heat (1995),Crime\n")
    (tmp_path / "links.csv").write_text("movieId,imdbId,tmdbId\n1,abc,949\n")
    films, report = movielens.read_films(tmp_path)
    assert films[0].tmdb_id is None
    line, reason = report.first_malformed[0]
    assert line == 2
    assert "links.csv: the IMDb id 'abc'" in reason
    with pytest.raises(MalformedRow, match=r"links\.csv, line 2"):
        movielens.read_films(tmp_path, strict=True)


def test_of_two_rows_of_a_film_the_later_stays_and_is_counted(tmp_path: Path) -> None:
    (tmp_path / "movies.csv").write_text(FILMS + "1,Old (1990),\n1,New (1991),\n")
    films, report = movielens.read_films(tmp_path)
    assert [film.title for film in films] == ["New"]
    assert (report.rows, report.duplicates) == (2, 1)


def test_a_folder_without_films_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataNotFound, match=r"holds no movies\.csv, movies\.dat, u\.item"):
        movielens.read_films(tmp_path)


NAMES = st.text(st.characters(exclude_characters="\0\r\n", exclude_categories=["Cs"]), max_size=30)


@settings(deadline=None)
@given(st.dictionaries(st.integers(0, 2**63 - 1), NAMES.map(lambda name: f"x{name}x"), max_size=8))
def test_any_title_written_as_csv_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, names: dict[int, str]
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["movieId", "title", "genres"])
    writer.writerows([movie_id, f"{name} (1999)", "Drama"] for movie_id, name in names.items())
    path = tmp_path_factory.mktemp("films") / "movies.csv"
    path.write_bytes(text.getvalue().encode())
    films, report = movielens.read_films(path)
    assert report.malformed == 0
    assert [(film.movie_id, film.year) for film in films] == [(m, 1999) for m in names]
    assert [film.title for film in films] == [titles.natural(name) for name in names.values()]
