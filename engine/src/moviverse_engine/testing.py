"""The contract that every model passes; subclass `ModelContract` to hold your own model to it.

class TestMyModel(ModelContract):
    def make(self) -> MyModel:
        return MyModel()
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_array

from moviverse_engine.features import ItemFeatures
from moviverse_engine.interactions import EngineError, IdMap, Interactions, history
from moviverse_engine.rerank import top_k

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from moviverse_engine.interactions import Histories
    from moviverse_engine.models.base import Model

GENRES = ("Crime", "Romance", "Western")
NEW_ITEM = 2_000_000_007
N_USERS, N_ITEMS = 60, 18


def sample_interactions(seed: int = 1) -> Interactions:
    """Return 60 people who like films of their own genre: what they like is known beforehand.

    Item `i` has the id 100 + 3 i and the genre `GENRES[i % 3]`; person u favours genre u % 3.
    """
    rng = np.random.default_rng(seed)
    users, items = np.meshgrid(np.arange(N_USERS), np.arange(N_ITEMS), indexing="ij")
    own = users % 3 == items % 3
    seen = rng.random(own.shape) < np.where(own, 0.7, 0.25)
    ratings = np.where(own, rng.choice([4.0, 4.5, 5.0], own.shape), rng.choice([1.0, 2.0, 4.0]))
    times = rng.integers(1_000_000_000, 1_100_000_000, own.shape)
    return Interactions.from_columns(
        users[seen] + 7, 100 + 3 * items[seen], ratings[seen], times[seen]
    )


def sample_features() -> ItemFeatures:
    """Return features of the sample's films and of one film, `NEW_ITEM`, that nobody rated."""
    ids = [100 + 3 * item for item in range(N_ITEMS)]
    records: dict[int, dict[str, list[str] | str]] = {
        item_id: {
            "genres": [GENRES[place % 3]],
            "directors": [f"Director {place % 5}"],
            "overview": f"A {GENRES[place % 3]} story of lonely hearts number {'abcdef'[place % 6] * 3}.",
        }
        for place, item_id in enumerate(ids)
    }
    records[NEW_ITEM] = {"genres": ["Western"], "directors": ["Director 2"]}
    return ItemFeatures.build(IdMap(np.array([*ids, NEW_ITEM])), records)


def permuted(data: Interactions, rng: np.random.Generator) -> Interactions:
    """Return the same ratings by people with other ids, in other rows."""
    names = rng.permutation(len(data.users)) + 10_000
    return Interactions.from_columns(
        names[data.user_index], data.items.ids[data.item_index], data.ratings, data.timestamps
    )


class ModelContract(ABC):
    """Hold a model to what the evaluation, the service and its users rely on."""

    tolerance = 1e-5

    @abstractmethod
    def make(self) -> Model[Any]:
        """Return a new model, not fitted."""

    def fitted(self) -> Model[Any]:
        return self.make().fit(
            sample_interactions(), sample_features(), rng=np.random.default_rng(3)
        )

    def histories(self, model: Model[Any]) -> Histories:
        """Return three people of different tastes and one without any history."""
        tastes = ({100: 5.0, 109: 4.5, 103: 1.0}, {103: 4.0}, {105 + 9 * i: 4.0 for i in range(4)})
        rows = [history(model.items, taste)[0].toarray() for taste in (*tastes, {})]
        return csr_array(np.vstack(rows))

    def test_scores_have_one_float32_row_a_history(self) -> None:
        model = self.fitted()
        scores = model.score(self.histories(model))
        assert scores.shape == (4, len(model.items))
        assert scores.dtype == np.float32
        assert bool(np.all(np.isfinite(scores)))

    def test_items_without_ratings_belong_to_the_model_behind_the_others(self) -> None:
        model = self.fitted()
        assert model.items.ids[-1] == NEW_ITEM
        assert len(model.items) == N_ITEMS + 1

    def test_a_batch_scores_like_its_rows_one_by_one(self) -> None:
        model = self.fitted()
        histories = self.histories(model)
        single = np.vstack([model.score(histories[[row]]) for row in range(histories.shape[0])])
        np.testing.assert_allclose(model.score(histories), single, rtol=0, atol=self.tolerance)

    def test_no_histories_give_no_scores(self) -> None:
        model = self.fitted()
        assert model.score(self.histories(model)[:0]).shape == (0, len(model.items))

    def test_who_a_person_is_and_in_which_row_changes_nothing(self) -> None:
        model = self.fitted()
        others = permuted(sample_interactions(), np.random.default_rng(5))
        again = self.make().fit(others, sample_features(), rng=np.random.default_rng(3))
        histories = self.histories(model)
        scores = model.score(histories)
        np.testing.assert_allclose(again.score(histories), scores, rtol=0, atol=1e-4)
        turned = model.score(histories[[3, 1, 0, 2]])
        np.testing.assert_allclose(turned, scores[[3, 1, 0, 2]], rtol=0, atol=self.tolerance)

    def test_the_names_of_items_change_nothing(self) -> None:
        data, features = sample_interactions(), sample_features()
        order = np.random.default_rng(8).permutation(len(features.items))
        new_ids = np.arange(len(features.items))[order] + 1
        renamed = {int(old): int(new) for old, new in zip(features.items.ids, new_ids, strict=True)}
        ids = np.array([renamed[int(old)] for old in data.items.ids])
        times = data.timestamps
        moved = Interactions.from_columns(
            data.user_index, ids[data.item_index], data.ratings, times
        )
        same = ItemFeatures(
            IdMap(new_ids), features.matrix, features.fields, features.names, features.field_index
        )
        model = self.fitted()
        again = self.make().fit(moved, same, rng=np.random.default_rng(3))
        taste = {100: 5.0, 109: 4.5, 103: 1.0}
        asked, _ = history(again.items, {renamed[key]: value for key, value in taste.items()})
        places = [again.items.index(renamed[int(item)]) for item in model.items.ids]
        expected = model.score(history(model.items, taste)[0])
        np.testing.assert_allclose(again.score(asked)[:, places], expected, rtol=0, atol=1e-4)

    def test_a_model_of_no_ratings_at_all_still_answers(self) -> None:
        nothing = Interactions.from_columns([], [], [], [])
        model = self.make().fit(nothing, sample_features(), rng=np.random.default_rng(3))
        asked, _ = history(model.items, {100: 5.0, NEW_ITEM: 1.0})
        assert bool(np.all(np.isfinite(model.score(asked))))
        self._adds_up(model, asked)

    def test_an_empty_history_is_answered_and_explained(self) -> None:
        model = self.fitted()
        empty, _ = history(model.items, {})
        assert model.score(empty).shape == (1, len(model.items))
        self._adds_up(model, empty)

    def test_unknown_items_are_named_and_left_out(self) -> None:
        model = self.fitted()
        with_unknown, unknown = history(model.items, {100: 5.0, 999_999: 4.0})
        known, _ = history(model.items, {100: 5.0})
        assert unknown == [999_999]
        np.testing.assert_array_equal(model.score(with_unknown), model.score(known))

    def test_a_history_of_an_item_without_ratings_is_answered(self) -> None:
        model = self.fitted()
        new, _ = history(model.items, {NEW_ITEM: 5.0})
        assert bool(np.all(np.isfinite(model.score(new))))
        self._adds_up(model, new)

    def test_contributions_add_up_to_the_score_of_a_linear_model(self) -> None:
        model = self.fitted()
        histories = self.histories(model)
        for row in range(histories.shape[0]):
            self._adds_up(model, histories[[row]])

    def test_contributions_come_strongest_first_and_point_at_what_there_is(self) -> None:
        model = self.fitted()
        asked, _ = history(model.items, {100: 5.0, 109: 4.5, 103: 1.0})
        for contributions in model.explain_many(asked, range(len(model.items))):
            sizes = [abs(each.value) for each in contributions]
            assert sizes == sorted(sizes, reverse=True)
            for each in contributions:
                assert each.kind != "item" or each.index in asked.indices
                assert each.via is None or each.via in asked.indices
                assert (each.kind == "feature") == (each.name is not None)

    def test_the_same_seed_gives_the_same_scores(self) -> None:
        first, second = self.fitted(), self.fitted()
        histories = self.histories(first)
        np.testing.assert_array_equal(first.score(histories), second.score(histories))

    def test_a_history_is_never_changed(self) -> None:
        model = self.fitted()
        histories = self.histories(model)
        before = histories.copy()
        for part in (histories.data, histories.indices, histories.indptr):
            part.flags.writeable = False
        model.score(histories)
        model.explain(histories[[0]], 1)
        np.testing.assert_array_equal(histories.toarray(), before.toarray())

    def test_what_is_excluded_is_never_recommended(self) -> None:
        model = self.fitted()
        histories = self.histories(model)
        for row, scores in enumerate(model.score(histories)):
            seen = histories[[row]].indices
            best = top_k(scores, len(scores), exclude=seen)
            assert not set(best.tolist()) & set(seen.tolist())
            assert len(best) == len(scores) - len(seen)

    def test_a_history_of_other_items_is_refused_by_name(self) -> None:
        model = self.fitted()
        wrong = csr_array(np.ones((1, len(model.items) + 1), dtype=np.float32))
        assert _refusal(lambda: model.score(wrong)) == "WrongItemCount"
        assert _refusal(lambda: model.explain(wrong, 0)) == "WrongItemCount"

    def test_senseless_questions_are_refused_by_name(self) -> None:
        model = self.fitted()
        histories = self.histories(model)
        assert _refusal(lambda: model.explain(histories, 0)) == "NotOneHistory"
        assert _refusal(lambda: model.explain(histories[[0]], -1)) == "ItemOutOfRange"
        assert _refusal(lambda: model.similar(len(model.items), 3)) == "ItemOutOfRange"

    def test_a_model_without_training_says_so(self) -> None:
        some = csr_array(np.ones((1, 3), dtype=np.float32))
        assert _refusal(lambda: self.make().score(some)) == "NotFitted"

    def test_similar_items_are_others_and_best_first(self) -> None:
        model = self.fitted()
        rows, scores = model.similar(2, 5)
        assert len(rows) == len(scores) <= 5
        assert 2 not in rows
        assert bool(np.all(np.diff(scores) <= 0))
        assert len(model.similar(2, 0)[0]) == 0

    def test_predicted_ratings_are_on_the_scale_or_refused_by_name(self) -> None:
        model = self.fitted()
        histories = self.histories(model)
        if _refusal(lambda: model.predict_ratings(histories, [0, 3])) == "NotARatingModel":
            return
        predicted = model.predict_ratings(histories, [0, 3])
        assert predicted.shape == (4, 2)
        assert predicted.dtype == np.float32
        assert bool(np.all((predicted >= 0.5) & (predicted <= 5.0)))

    def test_a_saved_model_answers_the_same_from_memory_and_from_a_read_only_map(
        self, tmp_path: Path
    ) -> None:
        model = self.fitted()
        model.save(tmp_path / "model")
        histories = self.histories(model)
        for mmap in (False, True):
            again = type(model).load(tmp_path / "model", mmap=mmap)
            assert again.items == model.items
            assert again.config == model.config
            np.testing.assert_array_equal(again.score(histories), model.score(histories))
            asked = histories[[0]]
            assert again.explain(asked, 4) == model.explain(asked, 4)
            assert again.similar(1, 3)[0].tolist() == model.similar(1, 3)[0].tolist()

    def test_a_saved_model_is_plain_arrays_and_json(self, tmp_path: Path) -> None:
        self.fitted().save(tmp_path / "model")
        files = [path for path in (tmp_path / "model").rglob("*") if path.is_file()]
        assert {path.suffix for path in files} <= {".npy", ".json"}
        for path in files:
            if path.suffix == ".npy":
                np.load(path, mmap_mode="r", allow_pickle=False)

    def test_a_model_with_a_missing_or_cut_file_is_refused_by_name(self, tmp_path: Path) -> None:
        model = self.fitted()
        model.save(tmp_path / "model")
        for path in sorted((tmp_path / "model").rglob("*.*")):
            content = path.read_bytes()
            for broken in (None, content[: len(content) // 2]):
                path.unlink()
                if broken is not None:
                    path.write_bytes(broken)
                assert _refusal(lambda: type(model).load(tmp_path / "model")) == "ModelDamaged"
                path.write_bytes(content)

    def test_progress_runs_to_the_end_and_can_stop_the_training(self) -> None:
        heard: list[float] = []
        data, features, rng = sample_interactions(), sample_features(), np.random.default_rng(3)
        self.make().fit(data, features, rng=rng, progress=lambda part, _: heard.append(part))
        assert heard == sorted(heard)
        assert heard[-1] == 1.0

        def interrupt(_fraction: float, _message: str, /) -> None:
            raise KeyboardInterrupt

        model = self.make()
        try:
            model.fit(data, features, rng=rng, progress=interrupt)
        except KeyboardInterrupt:
            return
        raise AssertionError("The interruption was swallowed.")

    def _adds_up(self, model: Model[Any], asked: Histories) -> None:
        if not model.linear:
            return
        explained = model.explain_many(asked, range(len(model.items)))
        sums = np.array([sum(each.value for each in found) for found in explained])
        _close(sums, model.score(asked)[0], self.tolerance)


def _close(found: NDArray[Any], expected: NDArray[Any], tolerance: float) -> None:
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)


def _refusal(call: Any) -> str | None:
    """Return the name of the engine's error that a call raises, or None."""
    try:
        call()
    except EngineError as error:
        return type(error).__name__
    return None
