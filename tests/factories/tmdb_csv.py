"""TMDb's CSV exports in small."""

from __future__ import annotations

import csv
import io
from typing import Any

HEAT = {
    "adult": "False",
    "budget": "60000000",
    "genres": "[{'id': 80, 'name': 'Crime'}, {'id': 18, 'name': 'Drama'}]",
    "homepage": "",
    "id": "949",
    "imdb_id": "tt0113277",
    "original_language": "en",
    "original_title": "Heat",
    "overview": "A thief, and\na detective.",
    "popularity": "17.924927",
    "poster_path": "/zMyfPUelumio3tiDKPffaUpsQTD.jpg",
    "production_countries": "[{'iso_3166_1': 'US', 'name': 'United States of America'}]",
    "release_date": "1995-12-15",
    "revenue": "187436818",
    "runtime": "170.0",
    "status": "Released",
    "tagline": "A Los Angeles Crime Saga",
    "title": "Heat",
    "vote_average": "7.7",
    "vote_count": "1886",
}


def films(*told: dict[str, Any]) -> str:
    """Return a file like movies_metadata; each row is "Heat" with another id but for `told`."""
    rows = [HEAT | {"id": str(number)} | each for number, each in enumerate(told, start=1)]
    return table(list(HEAT), *(list(row.values()) for row in rows))


def table(header: list[str], *rows: list[Any]) -> str:
    """Return a CSV file."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows([header, *rows])
    return file.getvalue()
