"""Whatever comes in or gets in the way: one line that says so, and nothing half-written."""

from __future__ import annotations

import errno
import gzip
import lzma
import os
import signal
import struct
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner

import moviverse_engine
from moviverse_engine import artifact
from moviverse_engine.artifact import seal
from moviverse_engine.cli import main
from moviverse_engine.interactions import Interactions, movielens
from moviverse_engine.interactions.errors import CorpusNotWritten, TruncatedFile
from moviverse_engine.models import EASE

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

HEADER = "userId,movieId,rating,timestamp\n"
SOURCE = str(Path(moviverse_engine.__file__).parents[1])
NOW = datetime(2030, 5, 6, tzinfo=UTC)
FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def train(data: Path, out: Path, *options: object) -> Result:
    return run("train", "--data", data, "--model", "ease", "--out", out, *options)


def refusal(result: Result) -> str:
    """Return the one line that a refused command leaves, and nothing else."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    (line,) = result.stderr.strip().splitlines()
    return line


def everything_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.fixture
def ratings(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    rows = [
        f"{user},{film},{rng.integers(1, 11) / 2},{rng.integers(10**9)}\n"
        for user in range(1, 41)
        for film in rng.choice(20, size=8, replace=False) + 1
    ]
    path = tmp_path / "ratings.csv"
    path.write_text(HEADER + "".join(rows))
    return path


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        ("", 0),
        ("1,1,5,0\n", 1),
        ("1,1,0.5,0\n2,1,1,0\n", 2),
        ("1,1,5,0\n" * 50, 1),
        (f"{2**63 - 1},{-(2**63)},5,{2**63 - 1}\n", 1),
        ("1,1,6,0\n1,2,nan,0\n1,3,-4,0\n1,4,0,0\n1,5,1e9,0\n1,6,4,0\n", 1),
        (f"{2**63},1,4,0\n1,{10**30},4,0\n1,1,4,0\n", 1),
    ],
    ids=[
        "none",
        "one",
        "only low",
        "fifty times the same",
        "huge ids",
        "off the scale",
        "too huge",
    ],
)
def test_every_table_gives_a_model_that_answers(tmp_path: Path, rows: str, kept: int) -> None:
    (tmp_path / "ratings.csv").write_text(HEADER + rows)
    result = train(tmp_path, tmp_path / "models")
    assert result.exit_code == 0, result.output
    manifest = artifact.open(tmp_path / "models", "EASE").manifest
    assert manifest["data"]["interactions"] == kept
    ask = ["recommend", "--models-dir", tmp_path / "models", "--model", "ease"]
    for history in ([], ["--history", "987654"], ["--history", "1,987654:0.5"]):
        assert run(*ask, *history).exit_code == 0


@pytest.mark.parametrize("cut", [1, 7, 12, 20])
def test_a_table_cut_in_the_middle_of_a_row_loses_at_most_that_row(ratings: Path, cut: int) -> None:
    whole, _ = movielens.read_ratings(ratings)
    ratings.write_bytes(ratings.read_bytes()[:-cut])
    data, report = movielens.read_ratings(ratings)
    assert report.rows + report.malformed in (len(whole), len(whole) - 1)
    assert len(data) >= len(whole) - 2


@pytest.mark.parametrize("suffix", [".zip", ".xz", ".gz"])
def test_a_packed_file_cut_in_the_middle_is_refused_in_one_line(
    ratings: Path, tmp_path: Path, suffix: str
) -> None:
    content = ratings.read_bytes()
    path = tmp_path / f"cut{suffix}"
    if suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("ratings.csv", content)
    else:
        path.write_bytes((lzma if suffix == ".xz" else gzip).compress(content))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert f"cut{suffix} is cut short or damaged" in refusal(train(path, tmp_path / "models"))
    assert everything_in(tmp_path / "models") == []


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "cp037"])
def test_a_table_in_another_encoding_is_refused_in_one_line(
    ratings: Path, tmp_path: Path, encoding: str
) -> None:
    ratings.write_text(ratings.read_text(), encoding=encoding)
    said = refusal(train(ratings, tmp_path / "models", "--strict"))
    assert "ratings.csv" in said
    assert said.isprintable()


def test_a_zip_that_lies_about_its_size_is_found_out(tmp_path: Path) -> None:
    path = tmp_path / "liar.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ratings.csv", b"1,1,5,0\n" * (8 << 20))
    content = bytearray(path.read_bytes())
    directory = content.rindex(b"PK\x01\x02")
    for place in (22, directory + 24):
        content[place : place + 4] = struct.pack("<I", 800)
    path.write_bytes(content)
    with pytest.raises(TruncatedFile, match=r"liar\.zip"):
        movielens.read_ratings(path)


def test_a_zip_of_gigabytes_of_rows_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    block = b"1,1,5,0\n" * (1 << 17)
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("ratings.csv", "w", force_zip64=True) as member,
    ):
        for _ in range(100):
            member.write(block)
    content = bytearray(path.read_bytes())  # a hundred times as much again, as the table says
    place = content.rindex(b"PK\x01\x02")
    content[place + 24 : place + 28] = struct.pack("<I", 100 * len(block) * 40)
    path.write_bytes(content)
    assert "expands more than 200:1" in refusal(train(path, tmp_path / "models"))


def published(models: Path) -> str:
    """Publish a good model and return its version."""
    data = Interactions.from_columns([1, 1, 2], [1, 2, 1], [5.0, 4.0, 5.0], [0, 1, 2])
    model = EASE().fit(data, rng=np.random.default_rng(0))
    return artifact.publish(models, "EASE", write=model.save, manifest={}, now=NOW)


def _fails(*_: object, **__: object) -> None:
    raise FULL


@pytest.mark.parametrize(
    "place",
    ["numpy.save", "os.fsync", "pathlib.Path.rename", "pathlib.Path.replace", "tempfile.mkdtemp"],
)
def test_a_disk_that_is_full_leaves_the_last_good_model(
    ratings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    models = tmp_path / "models"
    good = published(models)
    before = everything_in(models)
    with monkeypatch.context() as patch:
        patch.setattr(place, _fails)
        said = refusal(train(ratings, models))
    assert "EASE cannot be published" in said
    assert "No space left on device" in said
    assert everything_in(models) == before
    assert artifact.open(models, "EASE").version == good


@pytest.mark.parametrize("place", ["numpy.save", "os.fsync", "pathlib.Path.rename"])
def test_a_disk_that_is_full_leaves_the_last_good_corpus(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    data = Interactions.from_columns([1], [1], [5.0], [0])
    data.save(tmp_path / "corpus", about={})
    before = everything_in(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(place, _fails)
        with pytest.raises(CorpusNotWritten, match=r"corpus cannot be written: No space left"):
            Interactions.from_columns([1], [1], [1.0], [0]).save(tmp_path / "corpus", about={})
    assert everything_in(tmp_path) == before
    assert Interactions.load(tmp_path / "corpus").fingerprint == data.fingerprint


def process(script: str, *arguments: object) -> subprocess.Popen[str]:
    """Run the command line in a process of its own, after a script has prepared it."""
    program = f"{script}\nfrom moviverse_engine.cli import main\nmain()"
    return subprocess.Popen(  # noqa: S603  our own script
        [sys.executable, "-c", program, *(str(argument) for argument in arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": SOURCE},
    )


def test_files_that_may_not_grow_stop_a_publish_in_one_line(ratings: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    good = published(models)
    before = everything_in(models)
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (600, 600))"
    stopped = process(limit, "train", "--data", ratings, "--model", "ease", "--out", models)
    _, said = stopped.communicate(timeout=60)
    assert stopped.returncode == 2
    assert len(said.strip().splitlines()) == 1
    assert "EASE cannot be published" in said
    assert everything_in(models) == before
    assert artifact.open(models, "EASE").version == good


STAGES = {
    "reading": "from moviverse_engine.interactions import delimited as place; name = '_fast'",
    "training": "from moviverse_engine.models import EASE as place; name = '_fit'",
    "publishing": "from moviverse_engine.artifact import seal as place; name = 'sync'",
}
WAIT = """
import signal, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job of the background ignores it
def wait(*_):
    print("there", flush=True)
    time.sleep(60)
setattr(place, name, wait)
"""


@pytest.mark.parametrize("stage", STAGES)
def test_ctrl_c_ends_with_130_and_one_line_and_leaves_everything_as_it_was(
    ratings: Path, tmp_path: Path, stage: str
) -> None:
    models = tmp_path / "models"
    good = published(models)
    before = everything_in(models)
    command = ["train", "--data", ratings, "--model", "ease", "--out", models]
    with process(STAGES[stage] + WAIT, *command) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "there\n"
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert len(said.strip().splitlines()) == 1
    assert "Traceback" not in said
    assert everything_in(models) == before
    assert artifact.open(models, "EASE").version == good


def test_ctrl_c_while_a_corpus_is_written_leaves_nothing(ratings: Path, tmp_path: Path) -> None:
    stage = "from moviverse_engine.interactions import corpus as place; name = '_sync'"
    before = everything_in(tmp_path)
    command = ["enlarge", "--data", ratings, "--users", 2, "--out", tmp_path / "corpus"]
    with process(stage + WAIT, *command) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "there\n"
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=60)
    assert running.returncode == 130
    assert everything_in(tmp_path) == before


@pytest.mark.parametrize("stop", [KeyboardInterrupt, FULL])
def test_a_version_that_cannot_be_made_active_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: type[BaseException] | OSError
) -> None:
    good = published(tmp_path)
    before = everything_in(tmp_path)
    replace: Callable[..., Path] = Path.replace

    def stopped(self: Path, target: Path) -> Path:
        if target.name == "ACTIVE":
            raise stop
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", stopped)
    with pytest.raises((KeyboardInterrupt, artifact.ArtifactNotWritten)):
        published(tmp_path)
    monkeypatch.undo()
    assert everything_in(tmp_path) == before
    assert seal.verify(tmp_path / "EASE" / good)["version"] == artifact.active(tmp_path, "EASE")
