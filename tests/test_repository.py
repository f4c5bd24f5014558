"""What must be true of the repository itself."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LONGEST_FILE = 400
SETTINGS = ROOT / "src/moviverse/config"
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "manager"}
# Read by Django itself before our settings exist.
READ_BY_DJANGO = {"DJANGO_SETTINGS_MODULE"}


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--", *patterns], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).exists()]


def names_in(path: Path) -> set[str]:
    return set(re.findall(r"^([A-Z_]+)=", path.read_text(), re.MULTILINE))


def names_read_by_the_settings() -> set[str]:
    read = set()
    for path in SETTINGS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "env"
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                read.add(str(node.args[0].value))
    return read


def test_the_settings_read_and_the_settings_documented_are_the_same() -> None:
    assert names_in(ROOT / ".env.example") == names_read_by_the_settings() | READ_BY_DJANGO


def test_no_source_file_is_longer_than_400_lines() -> None:
    too_long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked("*.py")
        if "migrations" not in path.parts
        and (lines := len(path.read_text().splitlines())) > LONGEST_FILE
    }
    assert not too_long


def test_no_module_is_a_drawer() -> None:
    drawers = [
        str(path.relative_to(ROOT))
        for path in tracked("*.py")
        if {part.removesuffix(".py") for part in path.relative_to(ROOT).parts} & FORBIDDEN_NAMES
    ]
    assert not drawers


def test_only_what_an_extra_installs_is_imported_in_a_function() -> None:
    marks = ("# noqa: PLC0415 - an extra", "# noqa: PLC0415 - needs PyTorch")
    hidden = [
        f"{path.relative_to(ROOT)}:{inner.lineno}"
        for path in tracked("src/*.py", "engine/src/*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
        and not path.read_text().splitlines()[inner.lineno - 1].endswith(marks)
    ]
    assert not hidden


def test_every_make_target_has_a_line_of_help() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony is not None
    documented = set(re.findall(r"^([a-z-]+):.*## \S", makefile, re.MULTILINE))
    assert set(phony.group(1).split()) == documented


def test_the_readme_names_every_make_target_a_newcomer_needs() -> None:
    readme = (ROOT / "README.md").read_text()
    for target in [
        "make run",
        "make test",
        "make demo",
        "make check",
        "make services",
        "make bench",
    ]:
        assert target in readme


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_every_dependency_is_locked_to_one_version(lock: str) -> None:
    lines = (ROOT / lock).read_text().splitlines()
    assert lines
    assert [line for line in lines if not re.match(r"^[a-zA-Z0-9._-]+(\[.*\])?==\S+", line)] == []


def test_the_run_time_versions_are_the_same_in_both_locks() -> None:
    def pins(file: str) -> set[str]:
        """Return `name==version`, and not on which system it is installed."""
        lines = (ROOT / file).read_text().splitlines()
        return {line.split(" ;")[0] for line in lines}

    assert pins("requirements.txt") <= pins("requirements-dev.txt")


def test_every_dependency_has_its_reason_beside_it() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text()
    block = pyproject.split("dependencies = [", 1)[1].split("\n]\n", 1)[0]
    listed = [line for line in block.splitlines() if line.strip().startswith('"')]
    assert listed
    assert [line for line in listed if "#" not in line] == []


def test_every_decision_has_its_status_context_decision_and_consequences() -> None:
    decisions = tracked("docs/adr/*.md")
    assert decisions
    for path in decisions:
        text = path.read_text()
        for heading in ["Status", "Context", "Decision", "Consequences"]:
            assert f"## {heading}" in text or f"**{heading}" in text, f"{path.name}: {heading}"


def test_nothing_names_a_path_of_somebodys_machine() -> None:
    found = [
        str(path.relative_to(ROOT))
        for path in tracked("*.py", "*.md", "*.toml", "*.sh", "*.yml", "Makefile", ".ci/*")
        if re.search(r"/(home|root|work|Users)/[a-z]", path.read_text(errors="replace"))
    ]
    assert not found


def test_each_worker_of_the_procfile_has_a_name_of_its_own() -> None:
    lines = (ROOT / "Procfile").read_text().splitlines()
    names = [re.search(r"--hostname (\S+@%h)", line) for line in lines if " worker " in line]
    assert len(names) == 2
    assert all(names)  # RabbitMQ refuses a second worker with the same
    assert len({found[1] for found in names if found}) == 2
