from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from moviverse_engine.interactions import Interactions, history, silent
from moviverse_engine.models import Sequence, SequenceConfig
from moviverse_engine.models.errors import InvalidConfig, ModelDamaged
from moviverse_engine.models.sequence_order import canonical_items, pieces
from moviverse_engine.models.sequence_training import Adam, Decays, Factors, add_gradient, train
from moviverse_engine.testing import ModelContract, sample_features, sample_interactions

if TYPE_CHECKING:
    from pathlib import Path

SMALL = SequenceConfig(factors=8, epochs=3)
DECAYS = (0.0, 0.5, 0.9, 1.0)


class TestSequenceContract(ModelContract):
    tolerance = 1e-5

    def make(self) -> Sequence:
        return Sequence(SMALL)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def from_sequences(sequences: list[list[int]]) -> Interactions:
    """Turn lists of item ids, oldest first, into interactions at the seconds 0, 1, 2..."""
    users = [user for user, items in enumerate(sequences) for _ in items]
    times = [time for items in sequences for time in range(len(items))]
    ids = [item for items in sequences for item in items]
    return Interactions.from_columns(users, ids, np.full(len(ids), 5.0), times)


def planted(n: int = 120) -> Interactions:
    """Return people who meet some of eight pairs, the odd film always right after the even one."""
    generator = rng(4)
    return from_sequences(
        [
            [
                item
                for pair in generator.permutation(8)[:5].tolist()
                for item in (2 * pair, 2 * pair + 1)
            ]
            for _ in range(n)
        ]
    )


def factors(n: int, d: int, seed: int = 1) -> Factors:
    generator = rng(seed)
    E = generator.normal(0, 0.5, (len(DECAYS), n, d)).astype(np.float32)
    return Factors(E, generator.normal(0, 0.5, (n, d + 1)).astype(np.float32))


def slow_state(at: Factors, before: list[int]) -> np.ndarray:
    h = np.zeros(at.E.shape[2])
    for k, decay in enumerate(DECAYS):
        for age, item in enumerate(reversed(before)):
            h += decay**age * at.E[k, item].astype(float)
    return h


def slow_gradient(
    at: Factors, sequences: list[list[int]], dropped: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """Walk over every place of every sequence in float64."""
    masks = iter(np.column_stack([dropped, np.ones(len(dropped))]))
    E, V = at.E.astype(float), at.V.astype(float)
    dE, dV, loss = np.zeros_like(E), np.zeros_like(V), 0.0
    for sequence in sequences:
        for t in range(1, len(sequence)):
            before, target = sequence[:t], sequence[t]
            mask = next(masks)
            h = np.append(slow_state(at, before), 1.0) * mask
            exponentials = {j: math.exp(V[j] @ h) for j in range(len(V)) if j not in before}
            total = sum(exponentials.values())
            loss -= math.log(exponentials[target] / total)
            dh = np.zeros(len(h))
            for j, each in exponentials.items():
                wrong = each / total - (j == target)
                dV[j] += wrong * h
                dh += wrong * V[j] * mask
            for k, decay in enumerate(DECAYS):
                for age, item in enumerate(reversed(before)):
                    dE[k, item] += decay**age * dh[:-1]
    return loss, dE, dV


def random_sequences(n_items: int, lengths: list[int]) -> list[list[int]]:
    generator = rng(2)
    return [generator.permutation(n_items)[:length].tolist() for length in lengths]


def test_the_gradient_agrees_with_loops_over_every_place() -> None:
    at, sequences = factors(90, 3), random_sequences(90, [2, 5, 80, 3])
    gradient = at.zeros()
    dropped = np.where(rng(7).random((1 + 4 + 79 + 2, 3)) < 0.8, np.float32(1.25), np.float32(0))
    groups = [np.array(each) for each in sequences]
    loss = add_gradient(at, gradient, groups, Decays(DECAYS), dropped)
    slow_loss, dE, dV = slow_gradient(at, sequences, dropped)
    assert loss == pytest.approx(slow_loss, rel=1e-5)
    np.testing.assert_allclose(gradient.E, dE, rtol=1e-3, atol=2e-4)
    np.testing.assert_allclose(gradient.V, dV, rtol=1e-3, atol=2e-4)


def test_the_gradient_in_small_portions_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    at = factors(30, 3)
    groups = [np.array(each) for each in random_sequences(30, [20, 7, 29])]
    whole, portions = at.zeros(), at.zeros()
    dropped = np.ones((19 + 6 + 28, 3), dtype=np.float32)
    add_gradient(at, whole, groups, Decays(DECAYS), dropped)
    monkeypatch.setattr("moviverse_engine.models.sequence_training._CELLS", 30 * 4)
    add_gradient(at, portions, groups, Decays(DECAYS), dropped)
    np.testing.assert_allclose(portions.E, whole.E, atol=1e-5)
    np.testing.assert_allclose(portions.V, whole.V, atol=1e-5)


def test_adam_steps_as_its_paper_says() -> None:
    at = factors(4, 2)
    theta = at.V.astype(float)
    m, v = np.zeros_like(theta), np.zeros_like(theta)
    adam, gradient = Adam(at), at.zeros()
    for step in (1, 2, 3):
        g = rng(step).normal(size=theta.shape)
        gradient.V[:] = 10 * g
        adam.step(gradient, 10, 0.1)
        m, v = 0.9 * m + 0.1 * g, 0.98 * v + 0.02 * g**2
        theta -= 0.1 * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.98**step)) + 1e-8)
        assert not gradient.V.any()
    np.testing.assert_allclose(at.V, theta, atol=1e-5)


def test_scores_are_decayed_sums_and_a_bias(tmp_path: Path) -> None:
    config = SequenceConfig(factors=4, decays=DECAYS, epochs=2)
    model = Sequence(config).fit(planted(), rng=rng())
    before = [6, 3, 0, 9]
    scores = model.score(history(model.items, dict.fromkeys(before, 5.0))[0])[0]
    model.save(tmp_path)
    E, V, prior = (np.load(tmp_path / f"{name}.npy") for name in ("E", "V", "prior"))
    at = Factors(E, np.column_stack([V, prior]))
    h = np.append(slow_state(at, before), 1.0)
    np.testing.assert_allclose(scores, at.V @ h, atol=1e-5)


def test_what_always_follows_comes_first() -> None:
    model = Sequence(SequenceConfig(factors=16, epochs=40)).fit(planted(), rng=rng())
    for first in range(0, 16, 2):
        scores = model.score(history(model.items, {(first + 6) % 16: 3.0, first: 0.5})[0])[0]
        scores[[(first + 6) % 16, first]] = -np.inf
        assert int(model.items.ids[scores.argmax()]) == first + 1


def test_the_order_of_a_history_matters_and_its_ratings_do_not() -> None:
    model = Sequence(SMALL).fit(planted(), rng=rng())
    forward = model.score(history(model.items, {0: 5.0, 2: 5.0, 4: 5.0})[0])
    backward = model.score(history(model.items, {4: 5.0, 2: 5.0, 0: 5.0})[0])
    disliked = model.score(history(model.items, {0: 0.5, 2: 1.0, 4: 2.5})[0])
    assert not np.allclose(forward, backward, atol=1e-3)
    np.testing.assert_array_equal(forward, disliked)


def test_without_decay_the_order_does_not_matter() -> None:
    model = Sequence(SequenceConfig(factors=8, decays=(1.0,), epochs=2)).fit(planted(), rng=rng())
    forward = model.score(history(model.items, {0: 5.0, 2: 5.0, 4: 5.0})[0])
    backward = model.score(history(model.items, {4: 5.0, 2: 5.0, 0: 5.0})[0])
    np.testing.assert_allclose(forward, backward, atol=1e-6)


def test_an_event_fades_by_its_decay_with_every_event_after_it() -> None:
    model = Sequence(SequenceConfig(factors=8, decays=(0.5,), epochs=2)).fit(planted(), rng=rng())
    alone = model.breakdown(history(model.items, {0: 5.0})[0], [7]).by_item[0, 0]
    later = model.breakdown(history(model.items, {0: 5.0, 2: 5.0, 4: 5.0})[0], [7]).by_item[0, 0]
    assert later == pytest.approx(alone / 4, rel=1e-5)


def test_a_long_history_is_answered_like_a_short_one_of_its_end() -> None:
    data = from_sequences([rng(user).permutation(1500).tolist() for user in range(2)])
    model = Sequence(SequenceConfig(factors=2, decays=(0.0, 0.5), epochs=1)).fit(data, rng=rng())
    items = rng(9).permutation(1500).tolist()
    whole = model.score(history(model.items, dict.fromkeys(items, 5.0))[0])
    end = model.score(history(model.items, dict.fromkeys(items[-60:], 5.0))[0])
    np.testing.assert_allclose(whole, end, atol=1e-5)


def test_an_empty_history_gets_what_is_met_most() -> None:
    data = from_sequences([[1, 2], [1, 2], [3, 1], [4, 1, 2]])
    model = Sequence(SequenceConfig(factors=2, epochs=1, rate=1e-6)).fit(data, rng=rng())
    scores = model.score(history(model.items, {})[0])[0]
    assert np.argsort(-scores, kind="stable").tolist() == [0, 1, 2, 3]


def test_past_the_most_items_the_rarest_come_last_and_it_is_said() -> None:
    data = from_sequences([[1, 2, 3], [2, 1], [2, 4, 1]])
    heard: list[str] = []
    model = Sequence(SequenceConfig(factors=2, epochs=1, most_items=2)).fit(
        data, rng=rng(), progress=lambda _, message: heard.append(message)
    )
    assert "Of 4 items the 2 with the most events are learnt." in heard
    scores = model.score(history(model.items, {3: 5.0, 4: 5.0})[0])[0]
    assert scores[2] == scores[3] <= min(scores[:2])
    assert model.breakdown(history(model.items, {3: 5.0})[0], [0, 2]).by_item.tolist() == [[0], [0]]


def test_the_training_ends_after_the_most_events() -> None:
    heard: list[float] = []
    config = SequenceConfig(factors=2, members=1, epochs=1000, most_events=300, batch=100)
    Sequence(config).fit(planted(), rng=rng(), progress=lambda part, _: heard.append(part))
    assert 3 <= len(heard) <= 6


def test_long_sequences_are_cut_into_pieces_that_ask_for_every_event_once() -> None:
    data = from_sequences([[0, 1, 2, 3, 4, 5, 6], [3], [2, 0, 1]])
    found = pieces(data, np.arange(7, dtype=np.int32), window=3)
    cut = sorted(piece.tolist() for piece in found.shuffled(rng()))
    assert cut == [[0, 1, 2, 3], [2, 0, 1], [3, 4, 5, 6]]
    assert found.targets == 6 + 2
    without = pieces(data, np.array([0, -1, 2, 3, -1, 5, 6], dtype=np.int32), window=10)
    assert sorted(piece.tolist() for piece in without.shuffled(rng())) == [[0, 2, 3, 5, 6], [2, 0]]


def test_items_of_one_count_are_ordered_by_when_they_were_met() -> None:
    data = Interactions.from_columns([1, 1, 2, 2], [9, 4, 9, 7], [5.0] * 4, [10, 30, 20, 25])
    assert data.items.ids[canonical_items(data)].tolist() == [9, 7, 4]


def test_a_rate_that_is_too_high_is_refused() -> None:
    with (
        np.errstate(all="ignore"),
        pytest.raises(InvalidConfig, match="choose a lower"),
    ):
        Sequence(SequenceConfig(factors=8, epochs=50, rate=1e30)).fit(planted(), rng=rng())


@pytest.mark.parametrize(
    "settings",
    [
        {"factors": 0},
        {"members": 0},
        {"decays": ()},
        {"decays": (1.1,)},
        {"epochs": 0},
        {"most_events": 0},
        {"batch": 0},
        {"rate": math.inf},
        {"dropout": 1.0},
        {"window": 0},
        {"most_items": 0},
    ],
)
def test_settings_without_sense_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(InvalidConfig):
        SequenceConfig.from_mapping(settings)


def test_rows_of_items_that_there_are_not_are_refused(tmp_path: Path) -> None:
    model = Sequence(SMALL).fit(sample_interactions(), sample_features(), rng=rng())
    model.save(tmp_path / "model")
    rows = np.load(tmp_path / "model" / "rows.npy")
    np.save(tmp_path / "model" / "rows.npy", rows + np.int32(2))
    with pytest.raises(ModelDamaged, match="items that there are not"):
        Sequence.load(tmp_path / "model")


def test_members_are_trainings_of_their_own_whose_scores_add_up() -> None:
    data = planted()
    both = Sequence(SequenceConfig(factors=4, epochs=2, members=2)).fit(data, rng=rng())
    asked, _ = history(both.items, dict.fromkeys(both.items.ids[:3].tolist(), 4.0))
    rows = canonical_items(data)
    events = pieces(data, np.argsort(rows).astype(np.int32), both.config.window)
    counts = np.bincount(data.item_index)[rows]
    apart = [train(events, counts, both.config, draws, silent) for draws in rng().spawn(2)]
    columns = np.argsort(rows)[asked.indices]
    weights = np.array(both.config.decays)[:, None] ** np.arange(len(columns) - 1, -1, -1)
    scores = sum(
        np.einsum("kt,ktd->d", weights, each.E[:, columns]) @ each.V[:, :-1].T + each.V[:, -1]
        for each in apart
    )
    np.testing.assert_allclose(both.score(asked)[0][rows], scores, rtol=1e-4, atol=1e-5)


def test_an_interruption_stops_every_member() -> None:
    heard: list[float] = []

    def interrupt(share: float, _message: str, /) -> None:
        heard.append(share)
        raise KeyboardInterrupt

    config = SequenceConfig(factors=2, epochs=100_000, most_events=10**9, members=3)
    with pytest.raises(KeyboardInterrupt):
        Sequence(config).fit(planted(), rng=rng(), progress=interrupt)
    assert len(heard) <= config.members
