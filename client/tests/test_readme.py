"""The example of the README is a program that works."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.factories.accounts import member

if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer

    from tests.factories.recommendations import Site

README = Path(__file__).resolve().parents[1] / "README.md"


@pytest.mark.django_db(transaction=True)
def test_the_example_of_the_readme_works(
    live_server: LiveServer,
    site: Site,  # noqa: ARG001 - films and models
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = re.search(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    assert found is not None
    program = found.group(1)
    assert len(program.splitlines()) <= 10
    member(email="ann@example.org", password="correct horse battery staple")
    exec(program.replace("http://127.0.0.1:8000", live_server.url), {})  # noqa: S102 - our own page
    said = capsys.readouterr().out
    assert re.search(r"^1\. .+ \(\d{4}\)\n +[+-]\d\.\d{3}  \S", said)
    assert len(re.findall(r"^\d\. ", said, re.MULTILINE)) == 5
