"""Lists that are made ahead: the same as live ones, resumed after a kill, and shown in need."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from moviverse.accounts.models import User
from moviverse.library import services as library
from moviverse.recommendations import blocks, drafts, lineup, selectors, services, shelf
from moviverse.recommendations.errors import ModelNotTrained
from moviverse.recommendations.models import PreparedList, Receipt
from moviverse.recommendations.services import preparing
from moviverse.recommendations.services.preparing import Generated
from moviverse.recommendations.wishes import Wish
from tests.factories import accounts
from tests.factories.recommendations import HEAT, quiet

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import Settings

    from moviverse.recommendations.wishes import Answer
    from tests.factories.recommendations import Site

NOW = datetime.now(UTC)


def viewer(site: Site, *, seed: int, films: int = 8) -> User:
    """Return a member who has rated some films, the last of them Heat."""
    rng = np.random.default_rng(seed)
    member = accounts.member(now=NOW)
    others = [each for each in site.ids if each != HEAT]
    for movie_id in [*rng.choice(others, films - 1, replace=False).tolist(), HEAT]:
        value = int(rng.integers(1, 11)) / 2
        library.rate(user=member, movie_id=movie_id, value=value, now=NOW)
    return member


def generate(*, now: datetime = NOW) -> Generated:
    return services.generate_recommendations(now=now, progress=quiet)


def shown(answer: Answer) -> list[int]:
    return [each.movie.tmdb_id for each in answer.results]


def test_what_is_made_ahead_is_what_is_made_now(site: Site) -> None:
    people = [viewer(site, seed=seed, films=2 + 3 * seed) for seed in range(5)]
    first, second = shown(services.recommend_for(user=people[1], wish=Wish(limit=2), now=NOW))
    for movie_id, action in ((first, "more_like_this"), (second, "dismiss")):
        services.give_feedback(user=people[1], movie_id=movie_id, action=action, now=NOW)
    (best,) = shown(services.recommend_for(user=people[0], wish=Wish(limit=1), now=NOW))
    library.watch(user=people[0], movie_id=best, now=NOW)
    assert str(generate()) == "Made 5 lists; 0 held still, 0 were removed."
    for person in people:
        prepared = selectors.prepared(user=person)
        assert prepared is not None
        live = services.recommend_for(user=person, wish=Wish(limit=100), now=NOW)
        assert prepared.movie_ids == shown(live)
        scores = [each.score for each in live.results]
        assert prepared.scores == pytest.approx(scores, abs=2e-5)
        assert (prepared.model, prepared.model_version) == (live.model, live.model_version)


def test_blocks_give_what_one_by_one_gives(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [viewer(site, seed=seed).pk for seed in range(7)]
    nobody = accounts.member()
    memories = selectors.memories(user_ids=[*people, nobody.pk])
    served = shelf.served("Hybrid")
    whole = blocks.tops(served, list(memories.values()), limit=10)
    assert whole[-1] is None
    monkeypatch.setattr(blocks, "CELLS", 3 * len(served.model.items))
    parts = blocks.tops(served, list(memories.values()), limit=10)
    for memory, top, part in zip(memories.values(), whole, parts, strict=True):
        alone = drafts.drafted(memory.said, Wish(limit=10, behind=0), served=served)
        if alone is None:
            assert top is part is None
            continue
        assert top is not None
        assert part is not None
        assert top.movie_ids.tolist() == part.movie_ids.tolist() == alone.ids()
        np.testing.assert_allclose(top.scores, alone.scores[alone.rows], atol=1e-5)


def test_a_list_is_made_again_only_when_taste_or_model_have_changed(site: Site) -> None:
    ann, ben = viewer(site, seed=1), viewer(site, seed=2)
    generate()
    later = NOW + timedelta(days=1)
    library.rate(user=ben, movie_id=HEAT, value=0.5, now=later)
    assert generate(now=later) == Generated(made=1, unchanged=1)
    assert set(PreparedList.objects.values_list("made_at", flat=True)) == {later}
    PreparedList.objects.filter(user=ann).update(model_version="older")
    assert generate(now=later) == Generated(made=1)


def test_killed_after_the_first_of_three_batches_it_goes_on_with_the_second(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = sorted(viewer(site, seed=seed).pk for seed in range(6))
    monkeypatch.setattr(preparing, "BATCH", 2)
    batches: list[float] = []

    def kill(fraction: float, message: str) -> None:
        if message == "Making lists ahead":
            batches.append(fraction)
            if len(batches) == 2:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        services.generate_recommendations(now=NOW, progress=kill)
    assert sorted(PreparedList.objects.values_list("user_id", flat=True)) == people[:2]
    assert 0 < batches[1] < 1
    assert generate(now=NOW + timedelta(minutes=5)) == Generated(made=4)
    assert generate(now=NOW + timedelta(minutes=6)) == Generated()  # again: nothing is to do
    assert PreparedList.objects.count() == 6


def test_lists_are_for_people_who_were_here_lately_and_have_said_something(
    site: Site, settings: Settings
) -> None:
    settings.PREPARE_FOR_ACTIVE_DAYS = 30
    viewer(site, seed=1)
    accounts.member()
    away = viewer(site, seed=2)
    away.ratings.update(rated_at=NOW - timedelta(days=31))
    locked = viewer(site, seed=3)
    User.objects.filter(pk=locked.pk).update(is_active=False)
    assert generate().made == 1
    assert generate(now=NOW + timedelta(days=31)) == Generated(removed=1)


def test_who_has_taken_everything_back_has_no_list_any_more(site: Site) -> None:
    ann = viewer(site, seed=1, films=2)
    generate()
    for movie_id in list(ann.ratings.values_list("movie_id", flat=True)):
        library.unrate(user=ann, movie_id=movie_id)
    library.record(user=ann, movie_id=HEAT, type="view", now=NOW)  # and is still about
    assert generate(now=NOW + timedelta(days=1)) == Generated(removed=1)


def test_the_number_of_queries_does_not_depend_on_the_number_of_people(site: Site) -> None:
    def queries(people: int) -> int:
        for seed in range(people):
            viewer(site, seed=seed, films=2)
        with CaptureQueriesContext(connection) as asked:
            generate()
        return len(asked)

    assert queries(1) == queries(6)


def test_an_account_that_goes_meanwhile_is_passed_by(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, ben = viewer(site, seed=1), viewer(site, seed=2)
    whole = blocks.tops

    def meanwhile(*told: object, **more: object) -> object:
        User.objects.filter(pk=ann.pk).delete()
        return whole(*told, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(blocks, "tops", meanwhile)
    generate()
    assert PreparedList.objects.get().user_id == ben.pk


class TestStandingIn:
    """Without a model, the list that was made ahead is shown, and says so."""

    @pytest.fixture
    def ann(self, site: Site, settings: Settings, tmp_path: Path) -> User:
        ann = viewer(site, seed=1)
        generate(now=NOW - timedelta(hours=5))
        settings.MODELS_DIR = tmp_path / "gone"
        return ann

    def test_it_says_what_it_is_and_when_it_was_made(self, ann: User) -> None:
        prepared = selectors.prepared(user=ann)
        assert prepared is not None
        answer = services.recommend_for(user=ann, wish=Wish(limit=5), now=NOW)
        assert (answer.strategy, answer.model) == ("prepared", "Hybrid")
        assert answer.generated_at == NOW - timedelta(hours=5)
        assert shown(answer) == prepared.movie_ids[:5]
        for each in answer.results:
            assert sum(why.share for why in each.reasons) == each.score
            assert each.reasons[0].text.startswith("Chosen on ")
        kept = Receipt.objects.get()
        assert (kept.id, kept.created_at, kept.strategy) == (answer.request_id, NOW, "prepared")

    def test_what_was_seen_since_is_left_out(self, ann: User) -> None:
        first, second, *_ = shown(services.recommend_for(user=ann, wish=Wish(), now=NOW))
        library.rate(user=ann, movie_id=first, value=4, now=NOW)
        assert shown(services.recommend_for(user=ann, wish=Wish(limit=1), now=NOW)) == [second]
        wish = Wish(limit=1, exclude_seen=False)
        assert shown(services.recommend_for(user=ann, wish=wish, now=NOW)) == [first]

    def test_filters_hold(self, ann: User) -> None:
        wish = Wish(limit=100, genres=(("Crime", "drama"), ("Comedy",)), year_from=1980)
        answer = services.recommend_for(user=ann, wish=wish, now=NOW)
        assert answer.results
        for each in answer.results:
            genres = set(each.movie.genres)
            assert {"Crime", "Drama"} <= genres or "Comedy" in genres
            assert (each.movie.release_year or 0) >= 1980
        assert not services.recommend_for(user=ann, wish=Wish(year_to=1901), now=NOW).results

    def test_who_has_none_and_who_wants_another_model_is_told(self, ann: User, site: Site) -> None:
        with pytest.raises(ModelNotTrained):
            services.recommend_for(user=viewer(site, seed=9), wish=Wish(), now=NOW)
        with pytest.raises(ModelNotTrained):
            services.recommend_for(user=ann, wish=Wish(known=lineup.find("EASE")), now=NOW)
