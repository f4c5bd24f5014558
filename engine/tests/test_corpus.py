from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from moviverse_engine.interactions import Interactions, corpus
from moviverse_engine.interactions.errors import CorpusDamaged, CorpusNotFound

if TYPE_CHECKING:
    from pathlib import Path

ABOUT = {"source": "hand", "synthetic": True, "created_at": "2030-01-01T00:00:00Z"}


def data(rating: float = 4.0) -> Interactions:
    return Interactions.from_columns(
        [1, 1, 2], [7, 2_000_000_001, 7], [rating, 1.0, 5.0], [3, 2, 1]
    )


def test_a_corpus_comes_back_as_it_was_from_read_only_maps(tmp_path: Path) -> None:
    data().save(tmp_path / "deep" / "corpus", about=ABOUT)
    again = Interactions.load(tmp_path / "deep" / "corpus")
    assert again.fingerprint == data().fingerprint
    assert isinstance(again.ratings, np.memmap)
    assert not again.ratings.flags.writeable
    np.testing.assert_array_equal(again.matrix().toarray(), data().matrix().toarray())


def test_the_manifest_says_what_is_inside(tmp_path: Path) -> None:
    data().save(tmp_path / "corpus", about=ABOUT)
    manifest = corpus.manifest(tmp_path / "corpus")
    assert manifest["about"] == ABOUT
    assert manifest["counts"] == {"users": 2, "items": 2, "interactions": 3}
    assert manifest["fingerprint"] == data().fingerprint


def test_saving_again_replaces_the_corpus_whole(tmp_path: Path) -> None:
    for rating in (4.0, 3.0):
        data(rating).save(tmp_path / "corpus", about=ABOUT)
    assert Interactions.load(tmp_path / "corpus").fingerprint == data(3.0).fingerprint
    assert [path.name for path in tmp_path.iterdir()] == ["corpus"]


def test_a_failed_save_leaves_the_old_corpus_and_no_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data().save(tmp_path / "corpus", about=ABOUT)

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("json.dumps", interrupted)
    with pytest.raises(KeyboardInterrupt):
        data(3.0).save(tmp_path / "corpus", about=ABOUT)
    assert Interactions.load(tmp_path / "corpus").fingerprint == data().fingerprint
    assert [path.name for path in tmp_path.iterdir()] == ["corpus"]


def test_a_kill_between_the_two_renames_loses_nothing(tmp_path: Path) -> None:
    data().save(tmp_path / "corpus", about=ABOUT)
    (tmp_path / "corpus").rename(tmp_path / ".corpus.previous")
    assert Interactions.load(tmp_path / "corpus").fingerprint == data().fingerprint


def test_a_kill_after_the_renames_leaves_the_new_corpus(tmp_path: Path) -> None:
    data().save(tmp_path / ".corpus.previous", about=ABOUT)
    data(3.0).save(tmp_path / "corpus", about=ABOUT)
    assert Interactions.load(tmp_path / "corpus").fingerprint == data(3.0).fingerprint
    assert not (tmp_path / ".corpus.previous").exists()


def test_a_missing_corpus_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(CorpusNotFound, match="nowhere"):
        Interactions.load(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["ratings.npy", "user_ids.npy", "manifest.json"])
@pytest.mark.parametrize("damage", ["gone", "cut", "changed"])
def test_a_damaged_corpus_is_refused_with_the_name_of_the_file(
    tmp_path: Path, name: str, damage: str
) -> None:
    data().save(tmp_path / "corpus", about=ABOUT)
    path = tmp_path / "corpus" / name
    content = path.read_bytes()
    path.unlink()
    if damage != "gone":
        path.write_bytes(content[:9] if damage == "cut" else b"\x00" + content[1:])
    with pytest.raises(CorpusDamaged, match=name):
        Interactions.load(tmp_path / "corpus")


def test_columns_that_do_not_fit_together_are_refused(tmp_path: Path) -> None:
    data().save(tmp_path / "corpus", about=ABOUT)
    folder = tmp_path / "corpus"
    np.save(folder / "ratings.npy", np.ones(1, np.float32))
    manifest = json.loads((folder / "manifest.json").read_text())
    other = tmp_path / "other"
    corpus.write(other, {"ratings": np.ones(1, np.float32)}, {})
    manifest["files"]["ratings.npy"] = corpus.manifest(other)["files"]["ratings.npy"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(CorpusDamaged, match="fit together"):
        Interactions.load(folder)


def test_a_manifest_of_another_format_is_refused(tmp_path: Path) -> None:
    data().save(tmp_path / "corpus", about=ABOUT)
    (tmp_path / "corpus" / "manifest.json").write_text('{"format": 99}')
    with pytest.raises(CorpusDamaged, match="format 1"):
        corpus.manifest(tmp_path / "corpus")
