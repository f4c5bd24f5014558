"""The trained models of one process: mapped once, exchanged when a new version is published."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings

from moviverse.recommendations import lineup
from moviverse.recommendations.facts import Facts
from moviverse.recommendations.wishes import NamedFilm
from moviverse_engine import EngineError, artifact
from moviverse_engine.artifact.versions import ACTIVE
from moviverse_engine.models import registry

if TYPE_CHECKING:
    from moviverse_engine.interactions import IdMap
    from moviverse_engine.models import Model

log = structlog.get_logger(__name__)

FACTS = "facts"
MODEL = "model"
ASIDE = ".rejected"  # no name of a model
TITLES = "titles.json"  # for the engine's command line, which knows no facts


@dataclass(frozen=True)
class Served:
    """A version of a model that answers requests, with what there is to know of its films."""

    name: str
    version: str
    model: Model[Any]
    facts: Facts

    def film(self, row: int) -> NamedFilm:
        """Return a film's id and its title as it was at the training."""
        return NamedFilm(int(self.model.items.ids[row]), self.facts.title(row))


@dataclass(frozen=True)
class _Held:
    pointer: object  # of the file ACTIVE when it was last looked at
    served: Served | None  # None when no version of the model is sound


def aside() -> Path:
    """Return the root of versions that are kept and not served: each was worse than what was."""
    return Path(settings.MODELS_DIR) / ASIDE


class Shelf:
    """The models of one folder. Threads share it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._held: dict[str, _Held] = {}
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def get(self, name: str) -> Served:
        """Return the active version of a model.

        That it is still the active one costs one `stat`. A new version is checked and mapped by
        the request that meets it first, while the others go on with the old one. A version that
        is not what was published is refused with a line in the log, and the last good one stays.

        Raises:
            ModelNotTrained: there is no version, or no sound one.
        """
        pointer = self._pointer(name)
        held = self._held.get(name)
        if held is None or held.pointer != pointer:
            held = self._renewed(name, held)
        if held.served is None:
            raise lineup.not_trained(lineup.find(name))
        return held.served

    def _pointer(self, name: str) -> object:
        try:
            status = (self._root / name / ACTIVE).stat()
        except OSError:
            return None
        return status.st_ino, status.st_mtime_ns

    def _renewed(self, name: str, held: _Held | None) -> _Held:
        lock = self._locks[name]
        if not lock.acquire(blocking=held is None or held.served is None):
            assert held is not None  # noqa: S101 - otherwise it would have waited
            return held
        try:
            pointer = self._pointer(name)
            latest = self._held.get(name)
            if latest is not None and latest.pointer == pointer:
                return latest
            served = self._opened(name) or (latest.served if latest else None)
            renewed = _Held(pointer, served or self._older(name))
            self._held[name] = renewed
            return renewed
        finally:
            lock.release()

    def _opened(self, name: str, version: str | None = None) -> Served | None:
        try:
            found = artifact.open(self._root, name, version=version)
            model = registry.load(found.folder / MODEL)
            facts = self._facts(name, found.folder / FACTS, model.items)
        except artifact.ArtifactNotFound:
            return None
        except (EngineError, OSError) as error:
            log.error("model_refused", model=name, reason=str(error))  # noqa: TRY400 - its message names the file
            return None
        log.info("model_loaded", model=name, version=found.version)
        return Served(name, found.version, model, facts)

    def _facts(self, name: str, folder: Path, items: IdMap) -> Facts:
        """Return what is kept beside a model, or for one trained elsewhere what Hybrid's has.

        Raises:
            ModelNotTrained: there is no Hybrid to know the films by.
        """
        if folder.is_dir() or name == lineup.HYBRID.name:
            return Facts.load(folder, items=items)
        hybrid = self.get(lineup.HYBRID.name)
        return hybrid.facts.aligned(hybrid.model.items, items)

    def _older(self, name: str) -> Served | None:
        """Return the newest sound version, for a process that starts when the active one is not."""
        active = artifact.active(self._root, name)
        others = [each for each in artifact.versions(self._root, name) if each != active]
        return next(filter(None, (self._opened(name, each) for each in reversed(others))), None)


@lru_cache(maxsize=8)
def _shelf(root: Path) -> Shelf:
    return Shelf(root)


def served(name: str) -> Served:
    """Return the active version of a model from this process's shelf.

    Raises:
        ModelNotTrained: there is no version, or no sound one.
    """
    return _shelf(Path(settings.MODELS_DIR)).get(name)
