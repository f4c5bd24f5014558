from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from moviverse.tmdb import bodies, errors, fields, films, lists

WRONG = [None, True, [], {}, [1], {"a": 1}, float("nan"), float("inf"), -1, -0.5, "", "x", 10**40]


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("Heat", "Heat"),
        ("  Heat\t of\nnight ", "Heat of night"),
        ("a\0b\x1bc\x7fd\x85e", "a b c d e"),
        ("right\u202eleft\u2066", "rightleft"),
        ("\ufeffHe\u00adat\u200b", "Heat"),
        ("नमस्\u200dते", "नमस्\u200dते"),
        ("\ud800lonely", "lonely"),
        ("映画ドラえもん", "映画ドラえもん"),
        ("<b>bold</b>", "<b>bold</b>"),  # text is escaped where it is shown
        ("x" * 1_000_000, "x" * 20),
        (7, ""),
        (None, ""),
        (["Heat"], ""),
    ],
)
def test_a_text_is_one_clean_line(said: Any, read: str) -> None:
    assert fields.text({"title": said}, "title", longest=20) == read


def test_a_longer_text_keeps_its_lines() -> None:
    said = {"overview": "One.\r\nTwo.\u2028Three.\0"}
    assert fields.text(said, "overview", longest=100, lines=True) == "One. \nTwo.\nThree."


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_value_is_no_value(wrong: Any) -> None:
    row = {"it": wrong}
    assert fields.whole(row, "it", most=100) is None
    assert fields.number(row, "it", most=10) is None
    assert fields.public_id(row, "it") is None
    assert fields.day(row, "it") is None
    assert fields.moment(row, "it") is None
    assert fields.address(row, "it") == ""
    assert fields.matching(row, "it", fields.PATH) == ""
    assert fields.words(row, "it", fields.COUNTRY, most=3) == []
    assert list(fields.rows(row, "it", most=3)) == []
    assert fields.known(row, "it") is (True if wrong is True else None)


def test_a_right_value_is_read() -> None:
    assert fields.whole({"it": 7.0}, "it") == 7
    assert fields.number({"it": 7}, "it", most=10) == 7.0
    assert fields.public_id({"it": 1_999_999_999}, "it") == 1_999_999_999
    assert fields.public_id({"it": 2_000_000_000}, "it") is None  # ours, from there upward
    assert fields.day({"it": "1995-12-15"}, "it") == date(1995, 12, 15)
    at = datetime(2016, 3, 5, 2, 3, 14, tzinfo=UTC)
    assert fields.moment({"it": "2016-03-05T02:03:14.000Z"}, "it") == at
    assert fields.moment({"it": "2016-03-05T02:03:14"}, "it") == at
    assert fields.ids({"it": [1, "2", 1, 3, None]}, "it", most=9) == (1, 3)


@pytest.mark.parametrize(
    "path",
    ["//evil.example/x.jpg", "/../x.jpg", "x.jpg", "/x.exe", "/x.jpg?a=b", "/a b.jpg", "/x.jpg\n"],
)
def test_a_path_to_anything_but_an_image_of_tmdbs_is_none(path: str) -> None:
    assert fields.matching({"it": path}, "it", fields.PATH) == ""


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)", "//evil.example", "ftp://a.example", "https://", "http://[::1",
        "https://user:pass@a.example", "https://a.example/\n", 'https://a.example/"x',
        "https://a.example/" + "x" * 500,
    ],
)  # fmt: skip
def test_an_address_that_a_browser_should_not_be_sent_to_is_none(address: str) -> None:
    assert fields.address({"it": address}, "it") == ""


def test_what_is_named_twice_is_kept_once() -> None:
    person = {"id": 5, "name": "Ann"}
    film = films.film(
        {
            "id": 9,
            "title": "Nine",
            "genres": [{"id": 18, "name": "Drama"}] * 2,
            "keywords": {"keywords": [{"id": 1, "name": "nine"}] * 3},
            "credits": {
                "cast": [{**person, "order": 4}, {**person, "order": 4, "character": "Other"}],
                "crew": [
                    {**person, "job": "Director"},
                    {**person, "job": "Director"},
                    {**person, "job": "Writer"},
                ],
            },
            "videos": {"results": [{"key": "k", "site": "YouTube"}] * 2},
            "images": {"posters": [{"file_path": "/a.jpg"}], "logos": [{"file_path": "/a.jpg"}]},
        },
        tmdb_id=9,
    )
    assert (len(film.genres), len(film.keywords), len(film.videos), len(film.images)) == (1,) * 4
    assert [credit.position for credit in film.cast] == [0, 1]
    assert [credit.job for credit in film.crew] == ["Director", "Writer"]
    assert (film.original_title, film.imdb_id, film.budget, film.collection) == ("", "", None, None)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"id": 8, "title": "Eight"},
        {"id": 9},
        {"id": "9", "title": "x"},
        {"id": 9, "title": " "},
    ],
)
def test_another_film_or_one_without_a_title_is_a_bad_answer(body: dict[str, Any]) -> None:
    with pytest.raises(errors.BadAnswer):
        films.film(body, tmdb_id=9)


def test_an_empty_list_is_an_answer_and_a_list_of_nothing_usable_is_none() -> None:
    assert lists.cards({"results": []}, page=1).results == ()
    assert lists.changes({"results": []}, page=1).tmdb_ids == ()
    assert lists.search_results({"results": [{"media_type": "tv"}]}, page=1).films == ()
    assert lists.found_film({"movie_results": []}) is None
    for read in (lists.cards, lists.changes, lists.search_results):
        unusable: list[Any] = [[None], [{}], [7], "x", None, {}]
        for results in unusable:
            with pytest.raises(errors.BadAnswer):
                read({"results": results}, page=1)


def test_an_entry_that_cannot_be_used_does_not_spoil_its_list() -> None:
    rows = [{"id": 1, "title": "One"}, {"id": 2}, None, {"id": 1, "title": "Again"}]
    page = lists.cards({"results": rows, "total_pages": 90_000, "total_results": -1}, page=1)
    assert [card.title for card in page.results] == ["One"]
    assert (page.total_pages, page.total_results) == (500, 1)


def test_a_list_is_read_up_to_its_limit() -> None:
    rows = [{"id": number, "title": "x"} for number in range(1, 5_000)]
    assert len(lists.cards({"results": rows}, page=1).results) == lists.MOST_RESULTS


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"7", b'{"a": NaN}', b'{"a":', b"\xff", b"<html>", b"[" * 100_000,
     b'{"a":' * 2_000 + b"1" + b"}" * 2_000, b'{"a": "\\ud800"}'],
)  # fmt: skip
def test_a_body_that_is_no_json_object_of_some_depth_is_a_bad_answer(body: bytes) -> None:
    with pytest.raises(errors.BadAnswer):
        bodies.parsed(body)
