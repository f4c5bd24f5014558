from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from moviverse_engine import artifact
from moviverse_engine.models import EASE, EASEConfig, registry
from moviverse_engine.testing import sample_interactions

NOW = datetime(2030, 5, 6, 7, 8, 9, tzinfo=UTC)


def publish(root: Path, content: str = "one", *, now: datetime = NOW) -> str:
    def write(folder: Path) -> None:
        (folder / "part").mkdir()
        np.save(folder / "part" / "a.npy", np.arange(3))
        (folder / "text.json").write_text(json.dumps(content))

    return artifact.publish(root, "EASE", write=write, manifest={"metrics": {"x": 1}}, now=now)


def test_a_published_version_is_active_and_says_what_it_is(tmp_path: Path) -> None:
    version = publish(tmp_path)
    opened = artifact.open(tmp_path, "EASE")
    assert opened.version == version == artifact.active(tmp_path, "EASE")
    assert version.startswith("20300506T070809.000000Z-")
    assert opened.manifest["metrics"] == {"x": 1}
    assert opened.manifest["created_at"] == "2030-05-06T07:08:09+00:00"
    assert opened.manifest["libraries"].keys() >= {"numpy", "scipy", "python"}
    assert opened.manifest["files"].keys() == {"card.md", "part/a.npy", "text.json"}
    assert (tmp_path / "EASE" / "ACTIVE").read_text() == version + "\n"


def test_versions_sort_by_time_and_never_collide(tmp_path: Path) -> None:
    published = [
        publish(tmp_path),
        publish(tmp_path),
        publish(tmp_path, now=NOW + timedelta(seconds=1)),
    ]
    assert len(set(published)) == 3
    assert artifact.versions(tmp_path, "EASE") == published == sorted(published)
    assert artifact.active(tmp_path, "EASE") == published[-1]


def test_rollback_goes_one_version_back_until_there_is_none(tmp_path: Path) -> None:
    first, _ = publish(tmp_path, "one"), publish(tmp_path, "two", now=NOW + timedelta(hours=1))
    assert artifact.rollback(tmp_path, "EASE") == first == artifact.active(tmp_path, "EASE")
    with pytest.raises(artifact.NothingToRollBack):
        artifact.rollback(tmp_path, "EASE")


def test_a_model_that_was_never_published_is_said_to_be_missing(tmp_path: Path) -> None:
    assert artifact.versions(tmp_path, "EASE") == []
    assert artifact.active(tmp_path, "EASE") is None
    with pytest.raises(artifact.ArtifactNotFound):
        artifact.open(tmp_path, "EASE")
    publish(tmp_path)
    with pytest.raises(artifact.ArtifactNotFound, match="2031"):
        artifact.activate(tmp_path, "EASE", "2031")


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".hidden", "..", "a\x00b", "a" * 101])
def test_names_that_could_reach_outside_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(artifact.InvalidName):
        artifact.publish(tmp_path, name, write=Path.touch, manifest={}, now=NOW)
    publish(tmp_path)
    with pytest.raises(artifact.InvalidName):
        artifact.activate(tmp_path, "EASE", name)


@pytest.mark.parametrize("content", [b"../../etc", b"", b"\xff\xfe", b"no-such-version"])
def test_an_active_file_that_names_no_version_counts_as_none(
    tmp_path: Path, content: bytes
) -> None:
    publish(tmp_path)
    (tmp_path / "EASE" / "ACTIVE").write_bytes(content)
    assert artifact.active(tmp_path, "EASE") is None


def _remove(folder: Path) -> None:
    (folder / "part" / "a.npy").unlink()


def _change(folder: Path) -> None:
    content = (folder / "part" / "a.npy").read_bytes()
    (folder / "part" / "a.npy").write_bytes(content[:-1] + b"\x7f")


def _add(folder: Path) -> None:
    (folder / "part" / "extra").write_text("x")


def _flatter(folder: Path) -> None:
    (folder / "card.md").write_text("It has no limits.")


def _link(folder: Path) -> None:
    (folder / "part" / "extra").symlink_to("/etc/hostname")


def _cut_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text('{"files":')


def _empty_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text("[]")


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (_remove, "part/a.npy"),
        (_change, "part/a.npy"),
        (_add, "part/extra"),
        (_flatter, "card.md"),
        (_link, "part/extra"),
        (_cut_manifest, "manifest.json"),
        (_empty_manifest, "manifest.json"),
    ],
)
def test_a_damaged_version_is_refused_by_file_and_the_good_one_stays(
    tmp_path: Path, damage: object, named: str
) -> None:
    bad, good = publish(tmp_path, "one"), publish(tmp_path, "two", now=NOW + timedelta(hours=1))
    assert callable(damage)
    damage(tmp_path / "EASE" / bad)
    for refused in (
        lambda: artifact.rollback(tmp_path, "EASE"),
        lambda: artifact.open(tmp_path, "EASE", version=bad),
    ):
        with pytest.raises(artifact.ArtifactDamaged, match=named):
            refused()
    assert artifact.open(tmp_path, "EASE").version == good


def test_a_version_whose_checksums_are_sha_256_is_still_good_and_still_checked(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "EASE" / publish(tmp_path)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"] = {
        name: {
            "sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest(),
            "size": (folder / name).stat().st_size,
        }
        for name in manifest["files"]
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert artifact.open(tmp_path, "EASE").manifest == manifest
    _change(folder)
    with pytest.raises(artifact.ArtifactDamaged, match=r"part/a\.npy"):
        artifact.open(tmp_path, "EASE")


@pytest.mark.parametrize("stop", [KeyboardInterrupt, RuntimeError])
def test_an_interrupted_publish_leaves_everything_as_it_was(
    tmp_path: Path, stop: type[BaseException]
) -> None:
    version = publish(tmp_path)

    def write(folder: Path) -> None:
        (folder / "half").write_text("half")
        raise stop

    with pytest.raises(stop):
        artifact.publish(tmp_path, "EASE", write=write, manifest={}, now=NOW)
    assert artifact.versions(tmp_path, "EASE") == [version]
    assert {path.name for path in (tmp_path / "EASE").iterdir()} == {version, "ACTIVE"}


def test_what_a_killed_publish_left_is_removed_by_the_next_and_a_running_one_is_not(
    tmp_path: Path,
) -> None:
    script = f"""
import time
from datetime import UTC, datetime
from moviverse_engine import artifact

def write(folder):
    (folder / "half").write_text("half")
    print("writing", flush=True)
    time.sleep(60)

artifact.publish({str(tmp_path)!r}, "EASE", write=write, manifest={{}}, now=datetime.now(UTC))
"""
    source = str(Path(artifact.__file__).parents[2])
    with subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": source},
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"writing\n"
        publish(tmp_path)
        assert len(list((tmp_path / "EASE").glob(".publishing-*"))) == 1
        running.send_signal(signal.SIGKILL)
    publish(tmp_path)
    assert list((tmp_path / "EASE").glob(".*")) == []
    assert len(artifact.versions(tmp_path, "EASE")) == 2


def test_publishers_at_the_same_moment_all_succeed(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        published = list(pool.map(lambda _: publish(tmp_path), range(8)))
    assert sorted(published) == artifact.versions(tmp_path, "EASE")
    assert len(set(published)) == 8
    assert artifact.open(tmp_path, "EASE").version in published


def test_a_model_goes_through_an_artifact_unchanged(tmp_path: Path) -> None:
    data = sample_interactions()
    model = EASE(EASEConfig(l2=10)).fit(data, rng=np.random.default_rng(0))
    artifact.publish(
        tmp_path, EASE.name, write=model.save, manifest={"data": data.fingerprint}, now=NOW
    )
    again = registry.load(artifact.open(tmp_path, EASE.name).folder)
    np.testing.assert_array_equal(again.score(data.matrix()), model.score(data.matrix()))
