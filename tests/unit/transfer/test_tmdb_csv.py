from __future__ import annotations

import gzip
import lzma
import zipfile
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from moviverse.catalog.models import Movie
from moviverse.transfer import tmdb_csv
from moviverse.transfer.tmdb_csv import HeaderUnknown
from tests.factories import catalog
from tests.factories.tmdb_csv import HEAT, films, table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from moviverse.transfer.tmdb_csv import ImportReport

    Write = Callable[..., Path]

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
CAST = (
    "[{'cast_id': 2, 'character': 'Neil', 'id': 380, 'name': 'Robert De Niro', 'order': 1},"
    " {'cast_id': 1, 'character': 'Hanna', 'id': 1158, 'name': 'Al Pacino', 'order': 0,"
    " 'profile_path': '/a.jpg'}]"
)
CREW = (
    "[{'department': 'Directing', 'id': 638, 'job': 'Director', 'name': 'Michael Mann',"
    " 'profile_path': None}]"
)


def nothing(fraction: float, message: str) -> None:
    """Stand in for a bar that nobody looks at."""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str, name: str = "films.csv") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8", newline="")
        return path

    return write


def take_in(*paths: Path, now: datetime = NOW) -> ImportReport:
    return tmdb_csv.import_tmdb_csv(paths=paths, now=now, progress=nothing)


def held() -> list[Any]:
    """Return everything that the catalogue holds."""
    return [
        *Movie.objects.order_by("tmdb_id").values_list(),
        *Movie.objects.order_by("tmdb_id", "genres__name").values_list("genres__name"),
        *Movie.objects.order_by("tmdb_id", "keywords__name").values_list("keywords__name"),
        *Movie.objects.order_by("tmdb_id", "cast__position").values_list("cast__person__name"),
    ]


def keywords_of(tmdb_id: int) -> set[str]:
    return set(Movie.objects.get(tmdb_id=tmdb_id).keywords.values_list("name", flat=True))


def people_of(tmdb_id: int) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    movie = Movie.objects.get(tmdb_id=tmdb_id)
    return (
        list(movie.cast.values_list("person__name", "character")),
        list(movie.crew.order_by("person__name").values_list("person__name", "job")),
    )


def test_a_film_arrives_with_everything_that_the_file_tells(write: Write) -> None:
    report = take_in(write(films({"id": "949"})))
    assert (report.films.created, report.malformed) == (1, 0)
    heat = Movie.objects.get(tmdb_id=949)
    assert (heat.title, heat.released_on, heat.release_year) == ("Heat", date(1995, 12, 15), 1995)
    assert (heat.runtime_minutes, heat.language, heat.countries) == (170, "en", ["US"])
    assert (heat.vote_average, heat.vote_count, heat.popularity) == (7.7, 1886, 17.924927)
    assert (heat.budget, heat.revenue, heat.is_adult) == (60_000_000, 187_436_818, False)
    assert (heat.imdb_id, heat.poster_path) == ("tt0113277", "/zMyfPUelumio3tiDKPffaUpsQTD.jpg")
    assert heat.overview == "A thief, and\na detective."
    assert {genre.name for genre in heat.genres.all()} == {"Crime", "Drama"}


def test_lists_in_json_are_as_good_as_pythons(write: Write) -> None:
    take_in(write(films({"genres": '[{"id": 18, "name": "Drama"}]'})))
    assert Movie.objects.get().genres.get().name == "Drama"


def test_zeros_and_empty_cells_say_nothing(write: Write) -> None:
    zeros = dict.fromkeys(["budget", "revenue", "runtime", "vote_average", "vote_count"], "0")
    empty = dict.fromkeys(HEAT, "") | {"id": "2", "title": "Nothing Known"}
    report = take_in(write(films(zeros, empty)))
    assert report.films.created == 2
    for movie in Movie.objects.all():
        assert (movie.budget, movie.revenue, movie.runtime_minutes) == (None, None, None)
        assert (movie.vote_average, movie.vote_count) == (None, 0)


def test_an_id_that_pandas_made_a_float_of_is_that_id(write: Write) -> None:
    take_in(write(films({"id": "862.0"})))
    assert Movie.objects.get().tmdb_id == 862


def test_windows_line_ends_a_byte_order_mark_and_blank_lines_do_not_matter(write: Write) -> None:
    text = films({"overview": ""}, {"overview": ""}).replace("\n", "\r\n")
    report = take_in(write("\ufeff" + text + "\r\n\r\n"))
    assert (report.files[0].rows, report.films.created, report.malformed) == (2, 2, 0)


def test_keywords_complete_films_that_are_here_and_count_those_that_are_not(write: Write) -> None:
    catalog.film(tmdb_id=862, title="Toy Story")
    text = table(["id", "keywords"], ["862", "[{'id': 931, 'name': 'Jealousy'}]"], ["7", "[]"])
    report = take_in(write(text))
    assert keywords_of(862) == {"jealousy"}
    assert (report.films.updated, report.films.unknown) == (1, 1)


@pytest.mark.parametrize("id_name", ["id", "movie_id"])
def test_credits_bring_cast_in_its_order_and_crew(write: Write, id_name: str) -> None:
    catalog.film(tmdb_id=949, title="Heat")
    take_in(write(table(["title", "cast", "crew", id_name], ["Heat", CAST, CREW, "949"])))
    assert people_of(949) == (
        [("Al Pacino", "Hanna"), ("Robert De Niro", "Neil")],
        [("Michael Mann", "Director")],
    )


def test_leading_credits_name_people_with_commas_in_their_names(write: Write) -> None:
    catalog.film(tmdb_id=1, title="Malcolm X")
    row = ["1", "Denzel Washington, Al Freeman, Jr., Angela Bassett", "Spike Lee, Sam Pollard"]
    take_in(write(table(["id", "top_cast", "director"], row)))
    cast, crew = people_of(1)
    assert [name for name, _ in cast] == ["Denzel Washington", "Al Freeman, Jr.", "Angela Bassett"]
    assert crew == [("Sam Pollard", "Director"), ("Spike Lee", "Director")]


def test_leading_credits_take_nothing_from_full_ones(write: Write) -> None:
    catalog.film(tmdb_id=949, title="Heat")
    full = write(table(["cast", "crew", "id"], [CAST, CREW, "949"]), "credits.csv")
    leading = table(["id", "top_cast", "director"], ["949", "Val Kilmer", "M. Mann"])
    take_in(full)
    report = take_in(write(leading))
    assert report.films.unchanged == 1
    assert people_of(949)[1] == [("Michael Mann", "Director")]


def test_films_come_first_whatever_the_order_of_the_files(write: Write) -> None:
    keywords = write(table(["id", "keywords"], ["1", "[{'id': 1, 'name': 'heist'}]"]), "a.csv")
    report = take_in(keywords, write(films({})))
    assert [file.table for file in report.files] == ["films", "keywords"]
    assert keywords_of(1) == {"heist"}


def test_a_second_import_changes_nothing_even_where_files_disagree(write: Write) -> None:
    first = write(films({"title": "Heat", "tagline": ""}, {"title": "Only Here"}), "a.csv")
    second = write(films({"title": "HEAT", "tagline": "In the second file"}), "b.csv")
    take_in(first, second)
    before = held()
    again = take_in(first, second, now=NOW + timedelta(days=1))
    assert (again.films.created, again.films.updated, again.films.unchanged) == (0, 0, 3)
    assert held() == before
    heat = Movie.objects.get(tmdb_id=1)
    assert (heat.title, heat.tagline) == ("Heat", "In the second file")


def test_newer_keywords_beside_old_films_replace_the_older_ones(write: Write) -> None:
    catalog.film(tmdb_id=1, title="Heat", keywords=("old",))
    keywords = write(table(["id", "keywords"], ["1", "[{'id': 1, 'name': 'new'}]"]), "k.csv")
    take_in(write(films({})), keywords)
    assert keywords_of(1) == {"new"}


def test_a_second_row_of_a_film_is_left_out_and_counted(write: Write) -> None:
    report = take_in(write(films({"id": "1", "title": "First"}, {"id": "1", "title": "Second"})))
    assert (report.films.created, report.files[0].duplicates) == (1, 1)
    assert Movie.objects.get().title == "First"


def test_an_import_that_was_cut_off_is_finished_by_the_next(write: Write) -> None:
    path = write(films(*({"title": f"Film {number}"} for number in range(1_200))))

    def cut_off(fraction: float, message: str) -> None:
        if message.startswith("Importing") and fraction == 1.0 and Movie.objects.exists():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tmdb_csv.import_tmdb_csv(paths=[path], now=NOW, progress=cut_off)
    assert Movie.objects.count() in {500, 1_000}  # whole batches
    kept = Movie.objects.count()
    report = take_in(path)
    assert (report.films.created, report.films.unchanged) == (1_200 - kept, kept)


def test_progress_goes_from_nothing_to_all_for_each_file(write: Write) -> None:
    told: dict[str, list[float]] = {}

    def tell(fraction: float, message: str) -> None:
        told.setdefault(message, []).append(fraction)

    path = write(films(*({} for _ in range(450))))
    tmdb_csv.import_tmdb_csv(paths=[path], now=NOW, progress=tell)
    assert list(told) == ["Checking films.csv", "Importing films.csv"]
    for fractions in told.values():
        assert fractions == sorted(fractions)
        assert len(fractions) > 2
        assert fractions[-1] == 1.0


def test_packed_files_are_told_by_what_they_are_and_not_by_their_names(tmp_path: Path) -> None:
    for id_, packed in (
        ("1", gzip.compress(films({"id": "1"}).encode())),
        ("2", lzma.compress(films({"id": "2"}).encode())),
    ):
        path = tmp_path / f"packed {id_}"
        path.write_bytes(packed)
        assert take_in(path).films.created == 1
    two_parts = tmp_path / "two.xz"
    header, _, row = films({"id": "9", "overview": ""}).partition("\n")
    two_parts.write_bytes(lzma.compress(f"{header}\n".encode()) + lzma.compress(row.encode()))
    assert take_in(two_parts).films.created == 1


def test_a_zip_gives_every_table_that_we_know_and_names_the_others(tmp_path: Path) -> None:
    path = tmp_path / "archive.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.mkdir("data")
        archive.writestr("data/keywords.csv", "id,keywords\n1,\"[{'id': 1, 'name': 'heist'}]\"\n")
        archive.writestr("data/movies.csv", films({}))
        archive.writestr("data/ratings.csv", "userId,movieId,rating,timestamp\n1,1,4.0,1\n")
        archive.writestr("__MACOSX/data/movies.csv", "rubbish")
        archive.writestr("README.md", "Hello")
    report = take_in(path)
    assert report.left_out == ("archive.zip:data/ratings.csv",)
    assert keywords_of(1) == {"heist"}
    assert str(report) == (
        "archive.zip:data/movies.csv: 1 rows of films: 1 new, 0 completed, 0 as before.\n"
        "archive.zip:data/keywords.csv: 1 rows of keywords: 1 completed, 0 as before.\n"
        "Left out, for their headers are of other tables: archive.zip:data/ratings.csv."
    )


def test_the_report_adds_up_and_shows_the_first_malformed_rows(write: Write) -> None:
    catalog.film(tmdb_id=1, title="Toy Story")
    bad = [["x", "[]"] for _ in range(12)]
    report = take_in(write(table(["id", "keywords"], ["1", "[]"], ["2", "[]"], ["1", "[]"], *bad)))
    file = report.files[0]
    counts = file.films
    known = counts.created + counts.updated + counts.unchanged + counts.unknown
    assert file.rows == known + file.duplicates + file.malformed == 15
    assert [each.line for each in file.examples] == list(range(5, 15))
    lines = str(report).splitlines()
    assert lines[0] == (
        "films.csv: 15 rows of keywords: 0 completed, 1 as before, 1 about films that are not"
        " here, 1 about a film a second time (left out)."
    )
    assert lines[1:3] == [
        "  12 malformed rows were left out:",
        "  line 5: id is 'x', not the id of a film",
    ]
    assert lines[-1] == "  and 2 more"


def test_many_tables_of_others_are_not_all_listed(tmp_path: Path) -> None:
    path = tmp_path / "archive.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("movies.csv", films({}))
        for number in range(12):
            archive.writestr(f"other{number}.csv", "a,b\n")
    assert str(take_in(path)).endswith("and 2 more.")


def test_an_unknown_header_is_refused_with_what_was_expected_and_nothing_is_written(
    write: Write,
) -> None:
    good = write(films({}), "good.csv")
    with pytest.raises(HeaderUnknown) as refused:
        take_in(good, write("movieId,title\n1,Heat\n", "movies.csv"))
    assert "movies.csv is no table that we know" in refused.value.message
    assert "films (genres, id, release_date, title)" in refused.value.message
    assert not Movie.objects.exists()


@pytest.mark.parametrize("text", ["", "\n\n", "id\0,keywords\n", '"never closed\n'])
def test_a_file_without_a_header_is_refused(write: Write, text: str) -> None:
    with pytest.raises(HeaderUnknown):
        take_in(write(text))


def test_a_header_that_names_a_column_twice_is_refused(write: Write) -> None:
    with pytest.raises(HeaderUnknown, match="names a column twice: id"):
        take_in(write("id,keywords,id\n1,[],2\n"))


def test_a_header_alone_is_an_empty_table(write: Write) -> None:
    assert take_in(write("id,keywords\n")).files[0].rows == 0
