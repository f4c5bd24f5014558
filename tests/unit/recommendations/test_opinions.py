"""What one film would be to one person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from moviverse.library import services as library
from moviverse.recommendations import services, serving
from moviverse.recommendations.wishes import Wish
from moviverse_engine.models import Hybrid
from tests.factories import accounts, catalog

if TYPE_CHECKING:
    from moviverse.accounts.models import User
    from moviverse_engine.interactions import Histories
    from moviverse_engine.models.hybrid import Scale
    from tests.factories.recommendations import Site

NOW = timezone.now()
LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def viewer(site: Site) -> User:
    """Somebody who has rated films that nobody rates in another test."""
    user = accounts.member(now=NOW)
    for place, movie_id in enumerate(site.ids[30:42]):
        library.rate(user=user, movie_id=movie_id, value=[5, 4.5, 4, 1.5][place % 4], now=NOW)
    return user


def test_a_generous_person_is_predicted_to_rate_higher(site: Site) -> None:
    kind, strict = accounts.member(), accounts.member()
    for movie_id in site.ids[:10]:
        library.rate(user=kind, movie_id=movie_id, value=5, now=NOW)
        library.rate(user=strict, movie_id=movie_id, value=2, now=NOW)
    high, low = (serving.opinion(user=u, tmdb_id=site.ids[20]) for u in (kind, strict))
    assert (high.predicted_rating or 0) > (low.predicted_rating or 5)


@pytest.mark.parametrize("wish", ["", "more_like_this", "less_like_this"])
def test_an_opinion_explains_one_film(viewer: User, site: Site, wish: str) -> None:
    if wish:
        services.give_feedback(user=viewer, movie_id=site.ids[30], action=wish, now=LATER)
    wanted = services.recommend_for(user=viewer, wish=Wish(), now=NOW).results[0]
    opinion = serving.opinion(user=viewer, tmdb_id=wanted.movie.tmdb_id)
    shares = [why.share for why in wanted.reasons]  # rounded to six digits, here and there
    assert [why.share for why in opinion.reasons] == pytest.approx(shares, abs=2e-6)
    told, before = ([replace(why, share=0.0) for why in each.reasons] for each in (opinion, wanted))
    assert told == before
    assert opinion.predicted_rating == wanted.predicted_rating
    library.rate(user=viewer, movie_id=wanted.movie.tmdb_id, value=5, now=NOW)
    assert serving.opinion(user=viewer, tmdb_id=wanted.movie.tmdb_id) == opinion  # by the others
    new = catalog.film()
    assert serving.opinion(user=viewer, tmdb_id=new.pk) == serving.NO_OPINION
    assert serving.opinion(user=accounts.member(), tmdb_id=site.ids[0]) == serving.NO_OPINION


def test_who_looks_from_film_to_film_has_the_catalogue_scored_once(
    viewer: User, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    scored: list[Histories] = []
    scale = Hybrid.scale

    def counted(model: Hybrid, history: Histories) -> Scale:
        scored.append(history)
        return scale(model, history)

    monkeypatch.setattr(Hybrid, "scale", counted)
    library.rate(user=viewer, movie_id=site.ids[18], value=0.5, now=NOW)  # as in no other test
    first, second = (serving.opinion(user=viewer, tmdb_id=site.ids[i]) for i in (20, 21))
    assert serving.opinion(user=viewer, tmdb_id=site.ids[20]) == first != second
    assert len(scored) == 1
    library.rate(user=viewer, movie_id=site.ids[19], value=1, now=NOW)
    assert serving.opinion(user=viewer, tmdb_id=site.ids[20]) != first
    assert len(scored) == 2
