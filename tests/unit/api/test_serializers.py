from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st
from rest_framework import serializers

from moviverse.api.serializers import (
    BigIdField,
    QuerySerializer,
    RatingField,
    StrictSerializer,
    TextField,
)


class Film(StrictSerializer):
    tmdb_id = BigIdField()
    rating = RatingField(required=False)
    title = TextField(required=False)
    added = serializers.CharField(read_only=True)


class Filter(QuerySerializer):
    year = serializers.IntegerField(required=False)
    genre = serializers.ListField(child=serializers.CharField(), required=False)


def errors_of(serializer: serializers.Serializer[Any]) -> set[str]:
    assert not serializer.is_valid()
    return set(serializer.errors)


def test_every_unknown_and_every_wrong_field_is_named_at_once() -> None:
    sent = {"tmdb_id": 0, "titel": "Heat", "added": "now", "rating": 9}
    assert errors_of(Film(data=sent)) == {"tmdb_id", "titel", "added", "rating"}


def test_an_unknown_field_alone_is_an_error() -> None:
    assert errors_of(Film(data={"tmdb_id": 1, "is_staff": True})) == {"is_staff"}


@pytest.mark.parametrize("data", [[], "text", 1, None])
def test_what_is_no_object_is_refused(data: object) -> None:
    assert not Film(data=data).is_valid()


@pytest.mark.parametrize("value", [1, 2**63 - 1, "603", "9223372036854775806"])
def test_an_id_is_a_whole_number_of_63_bits(value: int | str) -> None:
    assert BigIdField().run_validation(value) == int(value)


@pytest.mark.parametrize(
    "value",
    [0, -2, 2**63, 2**70, True, 1.0, 1.5, None, "", " 1", "1.50", "1_000", "+1", "-1", "\u0661"],
)
def test_anything_else_is_no_id(value: object) -> None:
    with pytest.raises(serializers.ValidationError):
        BigIdField().run_validation(value)


@pytest.mark.parametrize("value", [[], {}, "9" * 19, "9" * 20, float("nan"), float("inf")])
def test_nor_is_what_lies_beyond_every_number(value: object) -> None:
    with pytest.raises(serializers.ValidationError):
        BigIdField().run_validation(value)


@pytest.mark.parametrize("half", range(1, 11))
def test_every_half_step_is_a_rating_however_it_is_written(half: int) -> None:
    rating = Decimal(half) / 2
    for written in (float(rating), str(rating), f"{float(rating)}0"):
        assert RatingField().run_validation(written) == rating
    assert RatingField().to_representation(rating) == half / 2


@given(value=st.floats() | st.integers() | st.text(max_size=10) | st.booleans() | st.none())
def test_nothing_else_is_a_rating(value: object) -> None:
    try:
        rating = RatingField().run_validation(value)
    except serializers.ValidationError:
        return
    assert rating in {Decimal(half) / 2 for half in range(1, 11)}
    assert not isinstance(value, bool)
    assert float(str(value)) == float(rating)


@pytest.mark.parametrize("value", [1, 1.5, True, [], {}, "a\0b", "\ud800"])
def test_text_is_what_was_sent_as_text(value: object) -> None:
    assert errors_of(Film(data={"tmdb_id": 1, "title": value})) == {"title"}


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("years=1", {"years"}),
        ("year=1&year=2", {"year"}),
        ("year=", {"year"}),
        ("year=soon", {"year"}),
        ("page=1", {"page"}),
    ],
)
def test_a_query_that_cannot_be_meant_is_refused(query: str, wrong: set[str]) -> None:
    assert errors_of(Filter(data=QueryDict(query))) == wrong


def test_a_list_in_a_query_may_repeat_its_parameter() -> None:
    serializer = Filter(data=QueryDict("genre=Drama&genre=Crime&year=1995"))
    assert serializer.is_valid()
    assert serializer.validated_data == {"genre": ["Drama", "Crime"], "year": 1995}


def test_reading_a_query_remembers_nothing_of_the_one_before() -> None:
    assert Filter.read(QueryDict("genre=Drama&year=1995")) == {"genre": ["Drama"], "year": 1995}
    with pytest.raises(serializers.ValidationError) as refused:
        Filter.read(QueryDict("year=soon&years=1"))
    assert refused.value.get_codes() == {"years": ["invalid"], "year": ["invalid"]}
    assert Filter.read(QueryDict("")) == {}
    assert Filter.read({"year": "1996"}) == {"year": 1996}
