"""The nightly training: what is better is served, what is worse is kept aside and told of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from click.testing import CliRunner
from structlog.testing import capture_logs

from moviverse.cli.commands import cli
from moviverse.library import services as library
from moviverse.recommendations import corpora, selectors, services, shelf
from moviverse.recommendations.errors import ActivationRefused
from moviverse.recommendations.lineup import USUAL
from moviverse.recommendations.services import gate, measuring, publishing
from moviverse.recommendations.services.fitting import fitted
from moviverse.recommendations.services.gate import Verdict
from moviverse.recommendations.services.measuring import Figures
from moviverse.recommendations.services.retraining import Retrained, enough_is_new
from moviverse.transfer import demo
from moviverse_engine import artifact
from moviverse_engine.evaluation.errors import NothingToEvaluate
from moviverse_engine.evaluation.intervals import Pooled
from moviverse_engine.evaluation.splits import select
from moviverse_engine.interactions import Interactions
from tests.factories import accounts
from tests.factories.recommendations import HEAT, chosen_films, quiet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_django import Settings

    from moviverse.recommendations.services.fitting import Fit
    from moviverse_engine.models import Model
    from tests.factories.recommendations import Site

NAMES = ("EASE", "SVD")
NOW = datetime.now(UTC)


def viewers(count: int = 300) -> Interactions:
    made = demo.viewers(chosen_films(), count=count, rng=np.random.default_rng(3))
    return Interactions.from_columns(*made)


def bring(data: Interactions) -> None:
    corpora.save("real", data, source="real", synthetic=False, now=NOW)


def fit_on_nonsense(
    wanted: Sequence[str], ratings: Interactions, *told: Any, **more: Any
) -> dict[str, Model[Any]]:
    """Learn from the same ratings, each given to any film."""
    rng = np.random.default_rng(0)
    mixed = Interactions.from_columns(
        ratings.users.ids[ratings.user_index],
        ratings.items.ids[rng.permutation(ratings.item_index)],
        rng.permutation(ratings.ratings),
        ratings.timestamps,
    )
    return fitted(wanted, mixed, *told, **more)


def retrain(*, fit: Fit = fitted, names: Sequence[str] = NAMES, **told: Any) -> Retrained:
    return services.retrain(
        now=told.pop("now", NOW),
        rng=np.random.default_rng(0),
        progress=told.pop("progress", quiet),
        names=names,
        fit=fit,
        **told,
    )


@pytest.fixture
def yesterday(bare_site: Site) -> datetime:  # noqa: ARG001 - the films are there
    """Let the site have what its viewers gave until a moment; the rest came since."""
    data = viewers()
    moment = int(np.quantile(data.timestamps, 0.7))
    bring(select(data, data.timestamps <= moment))
    return datetime.fromtimestamp(moment, UTC)


def test_what_nobody_can_be_compared_with_is_served(bare_site: Site) -> None:
    trained = retrain(names=["EASE"])
    assert [each.name for each in trained.published] == ["EASE"]
    manifest = artifact.open(bare_site.models, "EASE").manifest
    assert manifest["gate"] == {
        "accepted": True, "why": gate.UNOPPOSED, "tolerance": gate.TOLERANCE
    }  # fmt: skip
    assert manifest["metrics"]["protocol"] == "strong"


def test_a_better_version_takes_the_place_of_the_active_one(
    bare_site: Site, yesterday: datetime
) -> None:
    retrain(fit=fit_on_nonsense, now=yesterday)
    bring(viewers())
    trained = retrain()
    assert [each.name for each in trained.published] == list(NAMES)
    assert not trained.aside
    for name in NAMES:
        manifest = artifact.open(bare_site.models, name).manifest
        assert manifest["metrics"]["protocol"] == "temporal"
        assert manifest["gate"]["low"] > 0
        assert manifest["data"]["ratings"] == len(viewers())  # of all, the hold-out too
        assert not selectors.rejected()


def test_a_worse_version_is_kept_aside_and_told_of(bare_site: Site, yesterday: datetime) -> None:
    served = {each.name: each.version for each in retrain(now=yesterday).published}
    bring(viewers())
    with capture_logs() as logs:
        trained = retrain(fit=fit_on_nonsense)
    assert not trained.published
    assert [each.name for each in trained.aside] == list(NAMES)
    for each in trained.aside:
        assert artifact.active(bare_site.models, each.name) == served[each.name]
        assert artifact.versions(bare_site.models, each.name) == [served[each.name]]
        rejected = selectors.rejected()[each.name]
        assert (rejected.version, rejected.why) == (each.version, each.why)
    said = CliRunner().invoke(cli, ["models"]).output
    assert f". {trained.aside[1].why}" in said
    assert "moviverse activate SVD" in said
    assert served["SVD"] in said
    assert "NDCG@10 is 0." in trained.aside[0].why
    assert "RMSE is " in trained.aside[1].why
    assert str(trained).startswith(
        "Published no model. Kept EASE aside (to serve it: moviverse activate EASE): NDCG@10 is 0."
    )
    warned = [log for log in logs if log["event"] == "model_kept_aside"]
    assert [log["model"] for log in warned] == list(NAMES)
    assert {log["log_level"] for log in warned} == {"warning"}
    assert warned[0]["to_serve_it"] == "moviverse activate EASE"


def test_a_model_that_is_worse_does_not_hold_the_others_back(yesterday: datetime) -> None:
    names = ("EASE", "Popularity")

    def one_is_nonsense(wanted: Sequence[str], *told: Any, **more: Any) -> dict[str, Model[Any]]:
        return {
            **fitted([each for each in wanted if each != "EASE"], *told, **more),
            **fit_on_nonsense([each for each in wanted if each == "EASE"], *told, **more),
        }

    retrain(now=yesterday, names=names)
    bring(viewers())
    trained = retrain(fit=one_is_nonsense, names=names)
    assert [each.name for each in trained.published] == ["Popularity"]
    assert [each.name for each in trained.aside] == ["EASE"]


def test_a_version_that_was_kept_aside_is_never_rolled_back_to(
    bare_site: Site, yesterday: datetime
) -> None:
    first = retrain(now=yesterday, names=["EASE"]).published[0].version
    bring(viewers())
    later = NOW - timedelta(hours=1)
    for _ in range(2):
        retrain(fit=fit_on_nonsense, names=["EASE"], now=later)
    assert len(artifact.versions(bare_site.models / ".rejected", "EASE")) == publishing.KEPT_ASIDE
    retrain(names=["EASE"])
    assert not selectors.rejected()  # that was before the active one
    assert services.rollback(name="EASE").version == first
    assert artifact.names(bare_site.models) == ["EASE"]


def test_what_was_kept_aside_is_served_when_somebody_says_so(yesterday: datetime) -> None:
    first = retrain(now=yesterday, names=["EASE"]).published[0].version
    bring(viewers())
    kept = retrain(fit=fit_on_nonsense, names=["EASE"]).aside[0].version
    said = CliRunner().invoke(cli, ["activate", "ease"])
    assert (said.exit_code, kept in said.output) == (0, True)
    assert shelf.served("EASE").version == kept
    assert not selectors.rejected()
    again = CliRunner().invoke(cli, ["activate", "EASE"])
    assert (again.exit_code, "No version of EASE was kept aside" in again.output) == (2, True)
    assert services.rollback(name="EASE").version == first


def test_what_was_kept_aside_before_the_active_version_is_not_served_any_more(
    yesterday: datetime,
) -> None:
    retrain(now=yesterday, names=["EASE"])
    bring(viewers())
    retrain(fit=fit_on_nonsense, names=["EASE"], now=NOW - timedelta(hours=1))
    served = retrain(names=["EASE"]).published[0].version
    with pytest.raises(ActivationRefused):
        services.activate(name="EASE")
    assert shelf.served("EASE").version == served


def test_a_start_does_not_serve_what_was_kept_aside(bare_site: Site, yesterday: datetime) -> None:
    served = {each.name: each.version for each in retrain(now=yesterday, names=USUAL).published}
    bring(viewers())
    kept = [each.name for each in retrain(fit=fit_on_nonsense, names=USUAL).aside]
    assert "Hybrid" in kept
    rng = np.random.default_rng(0)
    services.load_and_train_once(data=None, now=NOW + timedelta(hours=1), rng=rng, progress=quiet)
    assert {name: artifact.active(bare_site.models, name) for name in kept} == {
        name: served[name] for name in kept
    }


def test_a_version_that_was_damaged_aside_is_not_served(
    bare_site: Site, yesterday: datetime
) -> None:
    served = retrain(now=yesterday, names=["EASE"]).published[0].version
    bring(viewers())
    kept = retrain(fit=fit_on_nonsense, names=["EASE"]).aside[0].version
    (shelf.aside() / "EASE" / kept / "card.md").write_text("Very good.", encoding="utf-8")
    with pytest.raises(ActivationRefused, match="is not the file that was published"):
        services.activate(name="EASE")
    assert artifact.versions(bare_site.models, "EASE") == [served]


def test_an_activation_that_was_killed_is_done_by_the_next_one(
    bare_site: Site, yesterday: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = retrain(now=yesterday, names=["EASE"]).published[0].version
    bring(viewers())
    kept = retrain(fit=fit_on_nonsense, names=["EASE"]).aside[0].version

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("moviverse.recommendations.services.publishing.artifact.activate", killed)
        with pytest.raises(KeyboardInterrupt):
            services.activate(name="EASE")
    assert artifact.active(bare_site.models, "EASE") == first
    assert services.activate(name="EASE").version == kept


def test_where_nothing_came_since_the_cards_are_compared(bare_site: Site) -> None:
    bring(viewers(1_000))
    retrain(names=["EASE"])
    trained = retrain(names=["EASE"], even_without_news=True)  # the same data: the same figures
    assert [each.name for each in trained.published] == ["EASE"]
    assert artifact.open(bare_site.models, "EASE").manifest["gate"]["gain"] == pytest.approx(
        0, abs=1e-3
    )
    trained = retrain(names=["EASE"], fit=fit_on_nonsense, even_without_news=True)
    assert [each.name for each in trained.aside] == ["EASE"]
    assert "on its card" in trained.aside[0].why


def test_cards_of_another_protocol_say_nothing() -> None:
    figures = Figures({"protocol": "strong", "people": 2}, "NDCG@10", Pooled.mean_of(np.ones(2)))
    for recorded in ({}, {"NDCG@10": 0.9, "protocol": "temporal"}, {"protocol": "strong"}):
        verdict = gate.compared_with_record(figures, recorded, rng=np.random.default_rng(0))
        assert verdict == Verdict(accepted=True, why=gate.INCOMPARABLE)


@pytest.mark.parametrize(
    ("loss", "accepted"), [(-0.1, True), (0.0, True), (0.004, True), (0.006, False), (0.2, False)]
)
@pytest.mark.parametrize("metric", ["NDCG@10", "RMSE"])
def test_only_a_loss_that_is_certain_and_large_enough_keeps_a_version_out(
    metric: str,
    loss: float,
    accepted: bool,  # noqa: FBT001 - a parameter of the table
) -> None:
    base = np.random.default_rng(1).uniform(0.3, 0.6, 200)

    def figures(values: np.ndarray[Any, Any]) -> Figures:
        return Figures({"people": 200}, metric, Pooled.mean_of(values))

    change = loss if metric == "RMSE" else -loss
    verdict = gate.compared(figures(base + change), figures(base), rng=np.random.default_rng(0))
    assert verdict.accepted is accepted
    assert verdict.gain is not None
    assert verdict.gain.mean == pytest.approx(-loss, abs=1e-9)


def test_a_loss_that_may_be_chance_keeps_no_version_out() -> None:
    noise = np.random.default_rng(1).normal(-0.02, 0.5, 30)

    def figures(values: np.ndarray[Any, Any]) -> Figures:
        return Figures({"people": 30}, "NDCG@10", Pooled.mean_of(values))

    rng = np.random.default_rng(0)
    verdict = gate.compared(figures(noise), figures(np.zeros(30)), rng=rng)
    assert verdict.gain is not None
    assert verdict.gain.mean < -gate.TOLERANCE
    assert verdict.accepted


def test_the_later_half_of_what_is_new_is_held_out_and_asked_of_some(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = viewers()
    moment = datetime.fromtimestamp(int(np.quantile(data.timestamps, 0.9)), UTC)
    holdout = measuring.came_since(data, moment)
    assert holdout.ranking.train.timestamps.max() > moment.timestamp()
    held_out = holdout.ranking.target.timestamps.min()
    assert held_out > holdout.ranking.train.timestamps.max()
    assert 1 - len(holdout.ranking.train) / len(data) == pytest.approx(0.05, abs=0.01)
    monkeypatch.setattr(measuring, "MOST_ASKED", 25)
    few = measuring.came_since(data, moment)
    assert len(few.ranking.target.users) == 25
    assert set(few.rating.test.users.ids) >= set(few.ranking.target.users.ids)
    early = datetime.fromtimestamp(int(data.timestamps.min()), UTC)
    most = measuring.came_since(data, early)
    assert 1 - len(most.ranking.train) / len(data) == pytest.approx(
        measuring.MOST_HELD_OUT, abs=0.01
    )


def test_of_too_few_people_nothing_is_concluded() -> None:
    data = viewers()
    last = datetime.fromtimestamp(int(np.sort(data.timestamps)[-5]), UTC)
    with pytest.raises(NothingToEvaluate):
        measuring.came_since(data, last)
    with pytest.raises(NothingToEvaluate, match="Nothing came since"):
        measuring.came_since(data, NOW + timedelta(days=1))


def test_a_training_that_is_stopped_leaves_the_active_versions(
    bare_site: Site, yesterday: datetime
) -> None:
    served = retrain(now=yesterday, names=["EASE"]).published[0].version
    bring(viewers())

    def stop(fraction: float, message: str) -> None:  # noqa: ARG001 - told, and stopped at
        if message == "Publishing the models":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        retrain(names=["EASE"], progress=stop)
    assert artifact.active(bare_site.models, "EASE") == served
    assert artifact.versions(bare_site.models, "EASE") == [served]


def test_without_news_nothing_is_trained(bare_site: Site, settings: Settings) -> None:
    settings.RETRAIN_AFTER_PERCENT = 1.0
    assert enough_is_new()
    retrain(names=("Hybrid",))
    assert not enough_is_new(("Hybrid",))
    assert str(retrain(names=("Hybrid",))) == "Too little is new since the last training."
    assert len(artifact.versions(bare_site.models, "Hybrid")) == 1
    learnt = artifact.open(bare_site.models, "Hybrid").manifest["data"]["ratings"]
    settings.RETRAIN_AFTER_PERCENT = 200 / learnt  # two ratings
    for expected in (False, True):
        library.rate(user=accounts.member(), movie_id=HEAT, value=4, now=NOW)
        assert enough_is_new(("Hybrid",)) is expected
    settings.RETRAIN_AFTER_PERCENT = 100.0
    bring(viewers(50))
    assert enough_is_new(("Hybrid",))


def test_what_was_kept_aside_is_tried_again_when_as_much_is_new_once_more(
    yesterday: datetime, settings: Settings
) -> None:
    names = ("Hybrid",)
    retrain(now=yesterday, names=names)
    bring(viewers())
    assert retrain(fit=fit_on_nonsense, names=names).aside
    assert not enough_is_new(names)
    settings.RETRAIN_AFTER_PERCENT = 200 / len(viewers())  # two ratings
    for expected in (False, True):
        library.rate(user=accounts.member(), movie_id=HEAT, value=4, now=NOW)
        assert enough_is_new(names) is expected
    settings.RETRAIN_AFTER_PERCENT = 100.0
    bring(viewers(50))
    assert enough_is_new(names)
