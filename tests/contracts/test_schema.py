"""The OpenAPI document says everything of every operation, and nothing else is open to anybody."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from moviverse.api.docs.views import document
from moviverse.api.permissions import PUBLIC_OPERATIONS
from moviverse.api.schema import ERRORS

if TYPE_CHECKING:
    from collections.abc import Iterator

METHODS = {"get", "put", "post", "patch", "delete"}


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield method, path and description of every operation."""
    for path, described in json.loads(document())["paths"].items():
        for method in METHODS & described.keys():
            yield method.upper(), path, described[method]


EVERY = pytest.mark.parametrize(
    ("method", "path", "operation"),
    [pytest.param(*each, id=f"{each[0]} {each[1]}") for each in sorted(operations(), key=str)],
)


def test_what_anybody_may_call_is_exactly_the_one_list() -> None:
    unsecured = {
        (method, path)
        for method, path, operation in operations()
        if {} in operation.get("security", [{}])
    }
    assert unsecured == PUBLIC_OPERATIONS


def test_no_two_operations_share_a_name() -> None:
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(set(names)) == len(names)


@EVERY
def test_an_operation_has_a_summary_and_its_security(
    method: str, path: str, operation: dict[str, Any]
) -> None:
    assert 5 <= len(operation.get("summary", "")) <= 100, (method, path)
    assert operation["security"]
    for scheme in operation["security"]:
        assert set(scheme) <= {"accessToken", "pageSession"}


@EVERY
def test_a_body_and_every_answer_have_an_example(
    method: str, path: str, operation: dict[str, Any]
) -> None:
    contents = {"request": operation.get("requestBody", {})} | operation["responses"]
    for place, described in contents.items():
        for media in described.get("content", {}).values():
            assert media.get("examples"), f"{method} {path}: no example of {place}"
        assert place == "request" or described["description"]
    assert any(status.startswith("2") for status in operation["responses"])


@EVERY
def test_an_operation_names_the_errors_that_it_may_answer(
    method: str, path: str, operation: dict[str, Any]
) -> None:
    answers = operation["responses"]
    expected = {"429", "500"}
    if {} not in operation["security"]:
        expected.add("401")
    if "requestBody" in operation:
        expected |= {"400", "413", "415"}
    if "{" in path:
        expected.add("404")
    assert expected <= set(answers), f"{method} {path}"
    for status in set(answers) & {"400", "401", "403", "404", "409", "415", "429", "500"}:
        for example in answers[status]["content"]["application/json"]["examples"].values():
            assert ERRORS[example["value"]["error"]][0] == int(status)


def test_both_schemes_are_defined() -> None:
    schemes = json.loads(document())["components"]["securitySchemes"]
    assert schemes["accessToken"]["scheme"] == "bearer"
    assert schemes["pageSession"]["in"] == "cookie"
