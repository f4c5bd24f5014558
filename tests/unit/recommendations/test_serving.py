"""What a recommendation is made of, from the history to the receipt."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from moviverse.catalog.models import Movie
from moviverse.core import errors
from moviverse.library import services as library
from moviverse.recommendations import lineup, receipts, selectors, services, serving
from moviverse.recommendations.errors import (
    InvalidContext,
    ModelNotTrained,
    ReceiptNotFound,
    UnknownModel,
)
from moviverse.recommendations.wishes import GenreReason, Told, Wish
from tests.factories import accounts, catalog
from tests.factories.recommendations import HEAT

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import DjangoAssertNumQueries, Settings

    from moviverse.accounts.models import User
    from moviverse.recommendations.wishes import Answer
    from tests.factories.recommendations import Site

NOW = timezone.now()
MODELS = ["Hybrid", "EASE", "ItemKNN", "Content", "Popularity"]


@pytest.fixture
def viewer(site: Site) -> User:
    """Somebody who has rated a dozen films, some of them low."""
    user = accounts.member(now=NOW)
    for place, movie_id in enumerate(site.ids[:12]):
        library.rate(user=user, movie_id=movie_id, value=[5, 4.5, 4, 1.5][place % 4], now=NOW)
    return user


def asked(user: User, wish: Wish | None = None) -> Answer:
    return services.recommend_for(user=user, wish=wish or Wish(), now=NOW)


def films(answer: Answer) -> list[int]:
    return [each.movie.tmdb_id for each in answer.results]


@pytest.mark.parametrize("name", MODELS)
def test_the_shares_of_the_reasons_add_up_to_the_score(viewer: User, name: str) -> None:
    answer = asked(viewer, Wish(known=lineup.find(name)))
    assert answer.model == name
    assert len(answer.results) == 20
    for each in answer.results:
        assert sum(why.share for why in each.reasons) == pytest.approx(each.score, abs=1e-5)
        assert len(each.reasons) <= 4
        assert all(why.text for why in each.reasons)


def test_a_list_is_in_the_order_of_the_scores(viewer: User) -> None:
    results = asked(viewer).results
    assert [each.rank for each in results] == list(range(1, 21))
    assert [each.score for each in results] == sorted((e.score for e in results), reverse=True)


def test_a_rating_changes_the_very_next_answer(viewer: User) -> None:
    before = asked(viewer)
    library.rate(user=viewer, movie_id=before.results[0].movie.tmdb_id, value=5, now=NOW)
    after = asked(viewer)
    assert before.results[0].movie.tmdb_id not in films(after)
    assert [e.score for e in after.results] != [e.score for e in before.results]


def test_a_reason_says_what_was_rated_and_what_was_only_picked(site: Site) -> None:
    rated, picked = accounts.member(), accounts.member()
    library.rate(user=rated, movie_id=HEAT, value=4.5, now=NOW)
    library.record(user=picked, movie_id=HEAT, type="select", now=NOW)

    def texts(user: User) -> set[str]:
        found = asked(user, Wish(known=lineup.find("EASE"))).results
        return {why.text for each in found for why in each.reasons if why.type == "movie"}

    assert texts(rated) == {"Because you rated “Heat” 4.5 stars"}
    assert texts(picked) == {"Because you picked “Heat”"}
    assert HEAT not in films(asked(rated))
    assert site.films[0].title == "Heat"


def test_genres_and_people_speak_for_themselves(site: Site) -> None:
    user = accounts.member()
    library.rate(user=user, movie_id=HEAT, value=5, now=NOW)
    why = [
        w for each in asked(user, Wish(known=lineup.find("Content"))).results for w in each.reasons
    ]
    assert {w.type for w in why} == {"movie", "genre", "person", "other"}
    assert any(w.text == "Crime, like “Heat”" for w in why)
    assert any(w.text.startswith("With ") and w.text.endswith(", like “Heat”") for w in why)
    for film in [f for f in site.films if "Crime" in f.genres][1:3]:
        library.rate(user=user, movie_id=film.tmdb_id or 0, value=5, now=NOW)
    why = [
        w for each in asked(user, Wish(known=lineup.find("Content"))).results for w in each.reasons
    ]
    assert any(isinstance(w, GenreReason) and w.text == "You often like Crime films" for w in why)


def test_a_director_is_a_reason(site: Site) -> None:
    nolan = [
        f.tmdb_id or 0 for f in site.films if any(c.name == "Christopher Nolan" for c in f.crew)
    ]
    user = accounts.member()
    library.rate(user=user, movie_id=nolan[0], value=5, now=NOW)
    wish = Wish(known=lineup.find("Content"), limit=60)
    (one,) = [e for e in asked(user, wish).results if e.movie.tmdb_id == nolan[1]]
    assert any(why.text.startswith("By Christopher Nolan, like ") for why in one.reasons)
    for movie_id in (*site.ids[-3:], nolan[1]):  # many films, of which two are his
        library.rate(user=user, movie_id=movie_id, value=4, now=NOW)
    (one,) = [e for e in asked(user, wish).results if e.movie.tmdb_id == nolan[2]]
    assert any(why.text.startswith("By Christopher Nolan, like ") for why in one.reasons)


def test_a_request_takes_three_queries(
    viewer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    asked(viewer)  # the model is loaded
    with django_assert_num_queries(3):  # the history, the cards, the receipt
        asked(viewer)


def test_a_newcomer_gets_what_is_popular(
    site: Site, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    user = accounts.member()
    asked(user)
    with django_assert_num_queries(6):  # and the preferred genres, and what is watched now, in two
        answer = asked(user)
    assert (answer.strategy, answer.model) == ("popular", "Popularity")
    assert len(answer.results) == 20
    assert answer.results[0].reasons[0].text.startswith("One of the most liked ")
    for each in answer.results:
        assert sum(why.share for why in each.reasons) == pytest.approx(each.score, abs=1e-5)
    assert set(films(answer)) <= set(site.ids)


def test_a_newcomers_genres_come_first(site: Site) -> None:
    user = accounts.member(preferred_genres=["Animation"])
    answer = asked(user, Wish(limit=5, diversity=0))
    assert answer.strategy == "preferences"
    animated = sum("Animation" in film.genres for film in site.films)
    for each in answer.results[:animated]:
        assert "Animation" in each.movie.genres
        assert each.reasons[0].type == "genre"
        assert each.reasons[0].text == "Because you chose Animation"
        assert sum(why.share for why in each.reasons) == pytest.approx(each.score, abs=1e-5)


def test_a_model_that_makes_nothing_of_a_history_gives_way_to_what_is_popular(site: Site) -> None:
    user = accounts.member()
    for movie_id in site.ids[:3]:
        library.rate(user=user, movie_id=movie_id, value=1, now=NOW)  # ItemKNN knows likes alone
    answer = asked(user, Wish(known=lineup.find("ItemKNN")))
    assert answer.strategy == "popular"
    assert not set(films(answer)) & set(site.ids[:3])


def test_a_list_obeys_its_wish(viewer: User, site: Site) -> None:
    years = asked(viewer, Wish(year_from=1990, year_to=1999, limit=50)).results
    assert years
    assert all(1990 <= (each.movie.release_year or 0) <= 1999 for each in years)
    either = asked(viewer, Wish(genres=(("crime",), ("Animation",)), limit=50)).results
    assert all({"Crime", "Animation"} & set(each.movie.genres) for each in either)
    both = asked(viewer, Wish(genres=(("Crime", "Drama"),), limit=50)).results
    assert both
    assert all({"Crime", "Drama"} <= set(each.movie.genres) for each in both)
    whole = asked(viewer, Wish(limit=100))
    assert sorted(films(whole)) == sorted(site.ids[12:])
    assert sorted(films(asked(viewer, Wish(limit=100, exclude_seen=False)))) == sorted(site.ids)
    without = asked(viewer, Wish(limit=100, exclude=tuple(site.ids[12:20]))).results
    assert len(without) == len(site.ids) - 20


def test_diversity_mixes_the_list(viewer: User) -> None:
    plain, mixed = asked(viewer, Wish(limit=10)), asked(viewer, Wish(limit=10, diversity=0.9))
    assert films(plain)[0] == films(mixed)[0]
    assert films(plain) != films(mixed)
    assert asked(viewer, Wish(limit=10, diversity=0)).results == plain.results


def test_a_genre_that_nobody_has_heard_of_is_refused(viewer: User) -> None:
    with pytest.raises(errors.Invalid) as refused:
        asked(viewer, Wish(genres=(("Crime", "Zither"),)))
    assert refused.value.details == {"genre": ["There is no genre zither."]}


def test_a_genre_younger_than_the_model_is_empty_and_no_error(viewer: User) -> None:
    catalog.film(genres=("TV Movie",))
    assert asked(viewer, Wish(genres=(("TV Movie",),))).results == ()


def test_a_film_that_left_the_catalogue_makes_room_for_the_next(viewer: User) -> None:
    before = films(asked(viewer, Wish(limit=6)))
    Movie.objects.filter(pk=before[1]).delete()
    after = asked(viewer, Wish(limit=5))
    assert films(after) == [before[0], *before[2:]]
    assert [each.rank for each in after.results] == [1, 2, 3, 4, 5]


def test_a_film_that_came_after_the_training_does_no_harm(viewer: User) -> None:
    new = catalog.film(title="New", genres=("Crime",))
    library.rate(user=viewer, movie_id=new.pk, value=5, now=NOW)
    answer = asked(viewer)
    assert answer.unknown == (new.pk,)
    assert len(answer.results) == 20


def test_a_rating_is_predicted_where_somebody_rated_the_film(viewer: User) -> None:
    ratings = [each.predicted_rating for each in asked(viewer).results]
    assert all(rating is not None and 0.5 <= rating <= 5 for rating in ratings)
    assert [e.predicted_rating for e in asked(viewer, Wish(known=lineup.find("EASE"))).results]


def test_a_receipt_is_the_list_as_it_was_shown(viewer: User) -> None:
    answer = asked(viewer, Wish(limit=2, diversity=0.5, genres=(("Crime", "Drama"), ("Action",))))
    kept = selectors.receipt(user=viewer, request_id=answer.request_id)
    assert (kept.model, kept.model_version) == (answer.model, answer.model_version)
    assert kept.created_at == NOW
    assert kept.parameters["genre"] == ["Crime,Drama", "Action"]
    assert receipts.history(kept) == selectors.history(user=viewer)
    shown = receipts.films(kept)
    assert [(film["rank"], film["tmdb_id"], film["title"], film["score"]) for film in shown] == [
        (each.rank, each.movie.tmdb_id, each.movie.title, each.score) for each in answer.results
    ]
    assert shown[0]["reasons"][0]["text"] == answer.results[0].reasons[0].text
    assert str(kept) == f"Hybrid for {viewer.pk} at {NOW}"
    with pytest.raises(ReceiptNotFound):
        selectors.receipt(user=accounts.member(), request_id=answer.request_id)


def test_past_lists_say_what_became_of_their_films(
    viewer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = films(asked(viewer, Wish(limit=3)))
    later = NOW + timedelta(hours=1)
    library.record(user=viewer, movie_id=first[0], type="view", now=later)
    library.rate(user=viewer, movie_id=first[1], value=2.5, now=later)
    second = services.recommend_for(user=viewer, wish=Wish(limit=3), now=NOW + timedelta(hours=2))
    kept = list(selectors.receipts(user=viewer))
    assert kept[0].id == second.request_id
    with django_assert_num_queries(2):
        new, old = selectors.shown(user=viewer, receipts=kept)
    assert {m: [(o.action, o.rating) for o in found] for m, found in old.outcomes.items()} == {
        first[0]: [("view", None)],
        first[1]: [("rate", 2.5)],
    }
    assert new.outcomes == {}
    assert selectors.shown(user=viewer, receipts=[]) == []


def told(*ids: int, rating: float | None = None) -> dict[int, Told]:
    return {each: Told(rating or 4, rated=rating is not None) for each in ids}


def test_a_context_is_answered_without_anybody(site: Site) -> None:
    answer = services.recommend_context(
        said=told(HEAT, 77_777_777), wish=Wish(known=lineup.find("EASE"), limit=5), now=NOW
    )
    assert (answer.model, answer.unknown, len(answer.results)) == ("EASE", (77_777_777,), 5)
    assert HEAT not in films(answer)
    assert set(films(answer)) <= set(site.ids)


@pytest.mark.usefixtures("site")
def test_a_context_of_new_films_goes_by_what_they_are_about() -> None:
    new = catalog.film(
        title="Colder", genres=("Crime", "Thriller"), directors=["Michael Mann"], release_year=1996
    )
    wish = Wish(known=lineup.find("EASE"), limit=5)
    answer = services.recommend_context(said=told(new.pk), wish=wish, now=NOW)
    assert (answer.model, answer.strategy) == ("Content", "content")
    assert all({"Crime", "Thriller"} & set(each.movie.genres) for each in answer.results)
    assert any("like “Colder”" in why.text for each in answer.results for why in each.reasons)
    for each in answer.results:
        assert sum(why.share for why in each.reasons) == pytest.approx(each.score, abs=1e-5)


@pytest.mark.usefixtures("site")
def test_a_context_that_nobody_knows_is_refused() -> None:
    with pytest.raises(InvalidContext, match="None of these films"):
        services.recommend_context(said=told(77_777_777), wish=Wish(), now=NOW)
    bare = catalog.film()  # the catalogue holds it, and knows nothing of it
    with pytest.raises(InvalidContext):
        services.recommend_context(said=told(bare.pk), wish=Wish(), now=NOW)


@pytest.mark.usefixtures("site")
def test_many_contexts_take_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    wish = Wish(limit=3)
    services.recommend_context(said=told(HEAT), wish=wish, now=NOW)
    contexts = [told(HEAT), told(HEAT, rating=1.0), told(680, 13)]
    with django_assert_num_queries(1):
        answers = services.recommend_contexts(contexts=contexts, wish=wish, now=NOW)
    assert [len(each.results) for each in answers] == [3, 3, 3]
    alone = services.recommend_context(said=contexts[2], wish=wish, now=NOW)
    assert answers[2].results == alone.results


@pytest.mark.usefixtures("site")
def test_many_contexts_are_all_or_nothing() -> None:
    contexts = [told(HEAT), told(77_777_777), told(77_777_778)]
    with pytest.raises(InvalidContext) as refused:
        services.recommend_contexts(contexts=contexts, wish=Wish(), now=NOW)
    assert set(refused.value.details) == {"1", "2"}


def test_many_members_get_what_each_would_get(viewer: User) -> None:
    newcomer = accounts.member()
    answers = services.recommend_for_many(
        user_ids=[viewer.pk, newcomer.pk], wish=Wish(limit=4), now=NOW
    )
    assert answers[0].results == asked(viewer, Wish(limit=4)).results
    assert answers[1].strategy == "trending"
    assert selectors.receipts(user=newcomer).count() == 0
    gone = accounts.member()
    gone_id = gone.pk
    gone.delete()
    with pytest.raises(errors.Invalid) as refused:
        services.recommend_for_many(user_ids=[viewer.pk, gone_id], wish=Wish(), now=NOW)
    assert refused.value.details == {"1": ["There is no such user."]}


def test_without_a_model_one_is_told_how_to_train(
    viewer: User, settings: Settings, tmp_path: Path
) -> None:
    settings.MODELS_DIR = tmp_path / "none"
    with pytest.raises(ModelNotTrained, match="moviverse train") as missing:
        asked(viewer)
    assert missing.value.code == "MODEL_NOT_FOUND"
    with pytest.raises(ModelNotTrained, match="moviverse train"):
        serving.similar_by_taste(HEAT)
    assert serving.opinion(user=viewer, tmdb_id=HEAT) == serving.NO_OPINION


def test_a_model_that_nobody_trained_is_told_from_one_that_nobody_knows(viewer: User) -> None:
    with pytest.raises(ModelNotTrained, match="moviverse train NeuralMF") as missing:
        asked(viewer, Wish(known=lineup.find("neuralmf")))
    assert "moviverse[neural]" in str(missing.value)
    with pytest.raises(UnknownModel, match="Hybrid, EASE"):
        lineup.find("Oracle")


def test_model_and_strategy_must_agree() -> None:
    assert lineup.chosen(model=None, strategy=None).name == "Hybrid"
    assert lineup.chosen(model=None, strategy="collab").name == "EASE"
    assert lineup.chosen(model="itemknn", strategy="collab").name == "ItemKNN"
    with pytest.raises(errors.Invalid, match="not valid"):
        lineup.chosen(model="Content", strategy="collab")


def test_every_model_says_how_it_stands(site: Site) -> None:
    states = {state.name: state for state in selectors.models()}
    assert list(states) == [known.name for known in lineup.LINEUP]
    assert states["Hybrid"].status == "ready"
    assert states["Hybrid"].version in [p.name for p in (site.models / "Hybrid").iterdir()]
    assert states["Hybrid"].metrics is not None
    assert 0 < states["Hybrid"].metrics["NDCG@10"] < 1
    assert states["Hybrid"].metrics["synthetic"] is True
    assert (states["DeepFM"].status, states["DeepFM"].type) == ("not trained", "neural")
    assert selectors.is_ready()


def test_a_wish_with_another_model_is_another_wish() -> None:
    wish = Wish(known=lineup.find("Content"))
    assert replace(wish, limit=3).known.name == "Content"
