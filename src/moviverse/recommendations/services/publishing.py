"""Versions of models on disk: those that are served or were, and those that were kept aside.

What was kept aside lies in a root of its own, so that nothing that looks for a version to serve, a
rollback above all, ever comes upon it.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from moviverse.recommendations import shelf
from moviverse_engine import artifact
from moviverse_engine.models import limits

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from moviverse.recommendations.services.material import Material
    from moviverse_engine.models import Model

KEPT_VERSIONS = 3  # of each model, on disk
KEPT_ASIDE = 1  # of each model: the latest that was found worse
REMOVING, TAKING = ".removing-", ".taking-"


def publish(
    model: Model[Any],
    *,
    name: str,
    material: Material,
    metrics: Mapping[str, Any],
    gate: Mapping[str, Any] | None = None,
    now: datetime,
) -> str:
    """Serve a model from now on, and return its version."""
    told = _manifest(model, name=name, material=material, metrics=metrics, gate=gate)
    root = Path(settings.MODELS_DIR)
    return _written(model, material, told, root=root, name=name, kept=KEPT_VERSIONS, now=now)


def keep_aside(
    model: Model[Any],
    *,
    name: str,
    material: Material,
    metrics: Mapping[str, Any],
    gate: Mapping[str, Any],
    now: datetime,
) -> str:
    """Keep a model that is not served, in place of the one that was kept before; return its version."""
    told = _manifest(model, name=name, material=material, metrics=metrics, gate=gate)
    root = shelf.aside()
    return _written(model, material, told, root=root, name=name, kept=KEPT_ASIDE, now=now)


def serve_aside(name: str) -> None:
    """Serve from now on what was kept aside of a model; killed half-way, it is done by the next call.

    Raises:
        ArtifactNotFound: nothing was, since the active version was published.
        ArtifactDamaged: it is not what was written.
    """
    root, aside = Path(settings.MODELS_DIR), shelf.aside()
    version = artifact.active(aside, name)
    if version is None or version < (artifact.active(root, name) or ""):  # they sort by time
        raise artifact.ArtifactNotFound(
            f"No version of {name} was kept aside since the active one was published."
        )
    kept, home = aside / name / version, root / name
    artifact.verify(kept)
    if not (home / version).is_dir():
        draft = home / f"{TAKING}{version}"
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(kept, draft, copy_function=os.link)
        draft.rename(home / version)
    artifact.activate(root, name, version)
    shutil.rmtree(kept)
    _forget_old_versions(root, name, KEPT_VERSIONS)


def _manifest(
    model: Model[Any],
    *,
    name: str,
    material: Material,
    metrics: Mapping[str, Any],
    gate: Mapping[str, Any] | None,
) -> dict[str, Any]:
    told = {
        "config": model.config.to_mapping(),
        "data": material.described(),
        "metrics": metrics,
        "limits": limits.of(name),
    }
    return told if gate is None else {**told, "gate": gate}


def _written(
    model: Model[Any],
    material: Material,
    manifest: Mapping[str, Any],
    *,
    root: Path,
    name: str,
    kept: int,
    now: datetime,
) -> str:
    facts = material.facts(model)

    def write(folder: Path) -> None:
        model.save(folder / shelf.MODEL)
        facts.save(folder / shelf.FACTS)
        titles = facts.titles(model.items)
        (folder / shelf.TITLES).write_text(json.dumps(titles), encoding="utf-8")

    version = artifact.publish(root, name, write=write, manifest=manifest, now=now)
    _forget_old_versions(root, name, kept)
    return version


def _forget_old_versions(root: Path, name: str, kept: int) -> None:
    """Remove versions that nobody will go back to; who has one mapped keeps it until the end."""
    home = root / name
    for leftover in home.glob(f"{REMOVING}*"):  # of a process that was killed
        shutil.rmtree(leftover, ignore_errors=True)
    active = artifact.active(root, name)
    for version in artifact.versions(root, name)[:-kept]:
        if version != active:
            doomed = home / f"{REMOVING}{version}"  # a half-removed one must not look like one
            (home / version).rename(doomed)
            shutil.rmtree(doomed, ignore_errors=True)
