"""How a process holds its models: exchanged without a restart, and never a damaged one."""

from __future__ import annotations

import os
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pytest

from moviverse.recommendations.errors import ModelNotTrained
from moviverse.recommendations.shelf import Shelf
from moviverse_engine import artifact

if TYPE_CHECKING:
    from pathlib import Path

    from tests.factories.recommendations import Site

NAME = "Popularity"


@pytest.fixture
def root(site: Site, tmp_path: Path) -> Path:
    """Return a copy of the models, which a test may spoil."""
    shutil.copytree(site.models / NAME, tmp_path / NAME)
    return tmp_path


def published_again(root: Path, version: str) -> None:
    """Add a version with the content of the active one, and make it the active one."""
    active = artifact.active(root, NAME)
    assert active is not None
    shutil.copytree(root / NAME / active, root / NAME / version)
    # As `artifact.publish` does it: another file takes the name.
    draft = root / NAME / ".draft"
    draft.write_text(version)
    draft.replace(root / NAME / "ACTIVE")


def spoil(root: Path, version: str) -> Path:
    path = root / NAME / version / "model" / "scores.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    return path


def test_a_model_is_loaded_once_and_mapped_from_its_file(root: Path) -> None:
    shelf = Shelf(root)
    served = shelf.get(NAME)
    assert shelf.get(NAME) is served
    assert isinstance(served.facts.years.base, np.memmap)
    assert served.version == artifact.active(root, NAME)


def test_a_new_version_is_served_at_the_next_request(root: Path) -> None:
    shelf = Shelf(root)
    before = shelf.get(NAME)
    published_again(root, "99990101T000000.000000Z-later")
    after = shelf.get(NAME)
    assert after.version == "99990101T000000.000000Z-later"
    assert before.model.items == after.model.items  # the old one still works for who holds it
    artifact.rollback(root, NAME)
    assert shelf.get(NAME).version == before.version


def test_a_tampered_version_is_refused_by_name_and_the_last_good_one_stays(
    root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shelf = Shelf(root)
    good = shelf.get(NAME)
    published_again(root, "99990101T000000.000000Z-later")
    path = spoil(root, "99990101T000000.000000Z-later")
    assert shelf.get(NAME) is good
    assert shelf.get(NAME) is good
    said = caplog.text
    assert said.count("model_refused") == 1  # not at each request
    assert str(path) in said


def test_a_process_that_starts_with_a_tampered_version_serves_the_one_before(root: Path) -> None:
    good = artifact.active(root, NAME)
    published_again(root, "99990101T000000.000000Z-later")
    spoil(root, "99990101T000000.000000Z-later")
    assert Shelf(root).get(NAME).version == good


def test_a_pointer_to_nowhere_leaves_what_is_served(root: Path) -> None:
    shelf = Shelf(root)
    good = shelf.get(NAME)
    (root / NAME / "ACTIVE").write_text("../../elsewhere")
    os.utime(root / NAME / "ACTIVE", (1, 1))
    assert shelf.get(NAME) is good
    shutil.rmtree(root / NAME)
    assert shelf.get(NAME) is good


def test_without_a_sound_version_there_is_no_model_until_one_is_published(root: Path) -> None:
    version = artifact.active(root, NAME)
    assert version is not None
    whole = root / "whole"
    shutil.copytree(root / NAME / version, whole)
    spoil(root, version)
    shelf = Shelf(root)
    for _ in range(2):
        with pytest.raises(ModelNotTrained):
            shelf.get(NAME)
    with pytest.raises(ModelNotTrained):
        shelf.get("EASE")
    shutil.rmtree(root / NAME / version)
    shutil.copytree(whole, root / NAME / version)
    artifact.activate(root, NAME, version)
    assert shelf.get(NAME).version == version


@pytest.mark.parametrize("file", ["facts/years.npy", "facts/genre_names.json", "model/scores.npy"])
def test_a_version_with_a_missing_file_is_refused(root: Path, file: str) -> None:
    version = artifact.active(root, NAME)
    assert version is not None
    (root / NAME / version / file).unlink()
    with pytest.raises(ModelNotTrained):
        Shelf(root).get(NAME)


def test_threads_that_ask_at_once_load_a_model_once(
    root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shelf = Shelf(root)
    together = threading.Barrier(8)

    def ask(_: int) -> int:
        together.wait()
        return id(shelf.get(NAME))

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(8)))) == 1
    assert caplog.text.count("model_loaded") == 1


def test_nobody_is_without_an_answer_while_versions_change(root: Path) -> None:
    shelf = Shelf(root)
    shelf.get(NAME)
    done = threading.Event()

    def ask() -> int:
        asked = 0
        while not done.is_set():
            assert shelf.get(NAME).facts.title(0)
            asked += 1
        return asked

    with ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(ask) for _ in range(4)]
        for number in range(5):
            published_again(root, f"99990101T000000.00000{number}Z-later")
        done.set()
        assert all(each.result() >= 0 for each in asking)
    assert shelf.get(NAME).version.startswith("99990101T000000.000004Z")
