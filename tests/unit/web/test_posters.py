from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from itertools import product

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from moviverse.catalog.vocabulary import GENRES
from moviverse.web.posters import lettering, motifs, palettes
from moviverse.web.posters.chance import Chance
from moviverse.web.posters.drawing import HEIGHT, MARGIN, TITLE_HEIGHT, WIDTH, poster
from tests.factories import catalog

SVG = "{http://www.w3.org/2000/svg}"
LEGIBLE = 4.5  # contrast that WCAG asks of text
TITLES = [
    "Heat",
    "Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "千と千尋の神隠し",
    "प्यासा",
    "Андрей Рублёв",
    "دنيا",
    "M",
    "W" * 300,
    "word " * 200,
    '<script>alert("&")</script>',
]


def drawn(title: str = "Heat", *, tmdb_id: int = 949, genres: tuple[str, ...] = ("Crime",)) -> str:
    return poster(tmdb_id=tmdb_id, title=title, year=1995, genres=genres)


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own drawing


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [
        channel / 12.92 if channel <= 0.03928 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in channels
    ]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_every_genre_of_the_catalogue_has_its_motifs_and_colours() -> None:
    assert set(GENRES) == motifs.MOTIFS.keys() == palettes.PALETTES.keys()


@pytest.mark.parametrize("genre", [*palettes.PALETTES, "plain"])
def test_what_is_written_on_a_poster_can_be_read(genre: str) -> None:
    for palette in palettes.PALETTES.get(genre, palettes.PLAIN):
        assert contrast(palette.ink, palette.ground) >= LEGIBLE, palette


@pytest.mark.parametrize("genre", [*motifs.MOTIFS, "unheard of"])
def test_a_poster_of_any_genre_is_well_formed_and_two_by_three(genre: str) -> None:
    for tmdb_id in range(1, 12):
        root = parsed(drawn(tmdb_id=tmdb_id, genres=(genre,)))
        assert root.tag == f"{SVG}svg"
        assert root.get("viewBox") == "0 0 400 600"
        assert WIDTH * 3 == HEIGHT * 2


def test_the_same_film_has_the_same_poster_and_another_film_another() -> None:
    assert drawn(tmdb_id=949) == drawn(tmdb_id=949)
    assert len({drawn(tmdb_id=tmdb_id) for tmdb_id in range(1, 21)}) == 20


@pytest.mark.parametrize("title", TITLES)
def test_a_title_of_any_length_and_script_stays_within_the_poster(title: str) -> None:
    root = parsed(drawn(title))
    lines = root.findall(f"{SVG}g/{SVG}text")
    assert len(lines) >= 2
    for line in lines:
        size = float(line.get("font-size", "0"))
        assert lettering.measured(line.text or "") * size <= WIDTH - 2 * MARGIN + 0.001
        assert 0 < float(line.get("y", "0")) <= HEIGHT


def test_a_title_that_fits_is_written_whole() -> None:
    root = parsed(drawn(TITLES[1]))
    written = [line.text for line in root.findall(f"{SVG}g/{SVG}text")][:-1]
    assert " ".join(str(line) for line in written) == TITLES[1]


def test_a_title_that_does_not_fit_ends_in_an_ellipsis() -> None:
    assert "…</text>" in drawn("word " * 200)


def test_markup_in_a_title_is_text() -> None:
    text = drawn('<script>alert("&")</script>')
    assert "<script" not in text
    assert parsed(text).findtext(f"{SVG}title") == '<script>alert("&")</script>'


@given(title=st.text(max_size=400), tmdb_id=st.integers(1, 2**63 - 1))
def test_no_text_at_all_breaks_a_poster(title: str, tmdb_id: int) -> None:
    parsed(drawn(title, tmdb_id=tmdb_id))


def test_a_film_without_title_year_and_genre_has_a_poster() -> None:
    text = poster(tmdb_id=1, title=" ", year=None, genres=())
    assert "Untitled" in text


def test_a_poster_loads_nothing_and_runs_nothing() -> None:
    for genre, tmdb_id in product(motifs.MOTIFS, range(1, 6)):
        text = drawn(tmdb_id=tmdb_id, genres=(genre,))
        assert re.findall(r"\bstyle=|<style|<script|href|\bon\w+=|<image", text) == []
        assert re.findall(r"https?://[^\"]+", text) == ["http://www.w3.org/2000/svg"]


@given(text=st.text(max_size=200), width=st.integers(200, 400))
def test_lines_are_never_wider_or_more_than_the_box_holds(text: str, width: int) -> None:
    setting = lettering.fitted(text or "?", width=width, height=TITLE_HEIGHT)
    assert setting.height <= TITLE_HEIGHT
    for line in setting.lines:
        assert lettering.measured(line) * setting.size <= width + 0.001


def test_choices_of_chance_stay_in_their_bounds_and_reach_all_of_them() -> None:
    chance = Chance(7)
    assert {chance.between(-1, 1) for _ in range(60)} == {-1, 0, 1}
    assert {chance.pick("ab") for _ in range(40)} == {"a", "b"}


@pytest.mark.django_db
def test_a_poster_is_served_for_good_and_known_by_its_etag() -> None:
    film = catalog.film(title="Heat", genres=("Crime",))
    first = Client().get(f"/posters/{film.pk}.svg")
    assert first.status_code == 200
    assert first["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert "immutable" in first["Cache-Control"]
    assert "public" in first["Cache-Control"]
    again = Client().get(f"/posters/{film.pk}.svg", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304


@pytest.mark.django_db
def test_a_film_that_is_not_held_has_no_poster() -> None:
    assert Client().get("/posters/123.svg").status_code == 404
