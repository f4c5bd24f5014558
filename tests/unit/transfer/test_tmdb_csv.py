from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from moviverse.catalog.models import Movie
from moviverse.transfer import tmdb_csv

if TYPE_CHECKING:
    from pathlib import Path

    from moviverse.transfer.tmdb_csv import ImportReport

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
FILMS = """\
adult,budget,genres,homepage,id,imdb_id,original_language,original_title,overview,popularity,\
poster_path,production_countries,release_date,revenue,runtime,status,tagline,title,video,\
vote_average,vote_count
False,60000000,"[{'id': 80, 'name': 'Crime'}, {'id': 18, 'name': 'Drama'}]",,949,tt0113277,en,Heat,\
"A master thief, and
a detective.",17.924927,/zMyfPUelumio3tiDKPffaUpsQTD.jpg,\
"[{'iso_3166_1': 'US', 'name': 'United States of America'}]",1995-12-15,187436818,170.0,Released,\
A Los Angeles Crime Saga,Heat,False,7.7,1886
False,0,[],,31,,fr,,,8.8e-05,,[],,0,0.0,Rumored,,=HYPERLINK("x"),False,0.0,0
"""


def nothing(fraction: float, message: str) -> None:
    """Stand in for a bar that nobody looks at."""


def take_in(*paths: Path) -> ImportReport:
    return tmdb_csv.import_tmdb_csv(paths=paths, now=NOW, progress=nothing)


def test_films_arrive_with_everything_that_the_file_tells(tmp_path: Path) -> None:
    path = tmp_path / "movies_metadata.csv"
    path.write_text(FILMS)
    report = take_in(path)
    assert (report.films.created, report.malformed) == (2, 0)
    heat = Movie.objects.get(tmdb_id=949)
    assert (heat.title, heat.released_on, heat.runtime_minutes) == ("Heat", date(1995, 12, 15), 170)
    assert (heat.budget, heat.vote_average, heat.vote_count) == (60_000_000, 7.7, 1886)
    assert heat.overview == "A master thief, and\na detective."
