"""A search of settings that is kept in a file after every trial, with Optuna's sampler (TPE)."""

from __future__ import annotations

import json
import warnings
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from moviverse_engine import EngineError
from moviverse_engine.evaluation.intervals import Interval
from moviverse_engine.evaluation.search_spaces import Choice, Real

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from optuna import Study
    from optuna.trial import FrozenTrial
    from optuna.trial import Trial as Asked

    from moviverse_engine.evaluation.search_spaces import Space

    Objective = Callable[[dict[str, Any]], tuple[Interval, float]]
    Hear = Callable[["Search"], object]

_STUDY = "moviverse"
_SQLITE = b"SQLite format 3\x00"
_ABOUT, _INTERVAL, _SECONDS, _REASON = "about", "interval", "seconds", "reason"


class MissingTuneLibrary(EngineError):
    """The search needs a library that is not installed."""


class WrongStorage(EngineError):
    """The file holds no trials, or those of another search."""


@dataclass(frozen=True)
class Trial:
    """Say what some settings reached on validation, and in how many seconds.

    Trials that ended well are numbered from 1.
    """

    number: int
    settings: dict[str, Any]
    figure: Interval
    seconds: float


def require_library() -> None:
    """Refuse where Optuna is not installed.

    Raises:
        MissingTuneLibrary: the message says what to install.
    """
    if not find_spec("optuna"):
        raise MissingTuneLibrary(
            'Settings are searched with Optuna: pip install "moviverse-engine[tune]"'
        )


class Search:
    """Look for the best settings in a space, the default settings first.

    The n-th trial is drawn from the seed and the trials before it alone, so a search that was
    stopped and taken up again tries what it would have tried without the stop.

    Args:
        storage: SQLite file of the trials; made when it is not there.
        space: names of settings and their ranges.
        about: what is searched for; the file refuses to go on with something else.
        defaults: the settings of the first trial.
        fewer_is_better: whether the figure is an error.
        seed: where the draws start.

    Raises:
        WrongStorage: the file holds something else.
    """

    def __init__(
        self,
        storage: Path,
        space: Space,
        *,
        about: Mapping[str, Any],
        defaults: Mapping[str, Any],
        fewer_is_better: bool,
        seed: int,
    ) -> None:
        self._space, self._defaults, self._seed = space, defaults, seed
        self._fewer_is_better = fewer_is_better
        self._study = _opened(storage, fewer_is_better=fewer_is_better)
        self._claim(storage, {**about, "space": {name: repr(each) for name, each in space.items()}})

    @property
    def trials(self) -> list[Trial]:
        """Give the trials that ended well, in their order."""
        ended = (each for each in self._study.trials if each.value is not None)
        return [_trial(number, each) for number, each in enumerate(ended, start=1)]

    @property
    def tried(self) -> int:
        """Count trials, those included whose settings the model refused."""
        return len(self.trials) + sum(_REASON in each.user_attrs for each in self._study.trials)

    @property
    def best(self) -> Trial | None:
        """Give the best trial; None before the first."""
        return min(self.trials, key=self._rank, default=None)

    @property
    def ranked(self) -> list[Trial]:
        """Give the trials that ended well, the best first."""
        return sorted(self.trials, key=self._rank)

    def run(self, trials: int, objective: Objective, hear: Hear) -> None:
        """Try settings until so many trials are there; may be interrupted at any moment.

        Args:
            trials: how many there shall be, with those that the file has already.
            objective: returns the figure of some settings and the seconds it took.
            hear: is told after every trial.

        Raises:
            EngineError: what the very first trial raised; later ones count as failed.
        """
        from optuna.samplers import TPESampler  # noqa: PLC0415 - an extra
        from optuna.trial import TrialState  # noqa: PLC0415 - an extra

        while self.tried < trials:
            self._study.sampler = TPESampler(seed=(self._seed + self.tried) % 2**32)
            if self.tried == 0:
                self._study.enqueue_trial(dict(self._defaults))
            trial = self._study.ask()
            try:
                figure, seconds = objective(_suggested(trial, self._space))
            except EngineError as error:
                if not self.trials:
                    self._study.tell(trial, state=TrialState.FAIL)
                    raise
                trial.set_user_attr(_REASON, " ".join(str(error).split()))
                self._study.tell(trial, state=TrialState.FAIL)
            except KeyboardInterrupt:
                self._study.tell(trial, state=TrialState.FAIL)
                raise
            else:
                trial.set_user_attr(_INTERVAL, asdict(figure))
                trial.set_user_attr(_SECONDS, seconds)
                self._study.tell(trial, figure.mean)
            hear(self)

    def _rank(self, trial: Trial) -> float:
        return trial.figure.mean if self._fewer_is_better else -trial.figure.mean

    def _claim(self, storage: Path, about: Mapping[str, Any]) -> None:
        """Make sure that the file belongs to this search, and close trials that a kill left open."""
        from optuna.trial import TrialState  # noqa: PLC0415 - an extra

        mine = json.loads(json.dumps(about))
        theirs = self._study.user_attrs.get(_ABOUT, mine)
        for name, value in mine.items():
            if theirs.get(name) != value:
                raise WrongStorage(
                    f"{storage} holds trials of another search: its {name} is not the same. "
                    "Name another --storage."
                )
        self._study.set_user_attr(_ABOUT, mine)
        for open_one in self._study.get_trials(
            deepcopy=False, states=(TrialState.RUNNING, TrialState.WAITING)
        ):
            if open_one.state is TrialState.RUNNING:
                self._study.tell(open_one.number, state=TrialState.FAIL)


def _opened(storage: Path, *, fewer_is_better: bool) -> Study:
    import optuna  # noqa: PLC0415 - an extra

    if storage.exists() and storage.stat().st_size:
        with storage.open("rb") as file:
            if file.read(len(_SQLITE)) != _SQLITE:
                raise WrongStorage(f"{storage} is no file of trials.")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return optuna.create_study(
            storage=f"sqlite:///{storage.resolve()}",
            study_name=_STUDY,
            direction="minimize" if fewer_is_better else "maximize",
            load_if_exists=True,
        )


def _suggested(trial: Asked, space: Space) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, each in space.items():
        if isinstance(each, Choice):
            found[name] = trial.suggest_categorical(name, each.values)
        elif isinstance(each, Real):
            found[name] = trial.suggest_float(name, each.low, each.high, log=each.log)
        else:
            found[name] = trial.suggest_int(name, each.low, each.high, log=each.log)
    return found


def _trial(number: int, found: FrozenTrial) -> Trial:
    attributes = found.user_attrs
    interval = Interval(**attributes[_INTERVAL])
    return Trial(number, dict(found.params), interval, attributes[_SECONDS])
