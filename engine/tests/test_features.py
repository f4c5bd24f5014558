from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from moviverse_engine.features import (
    FeaturesDamaged,
    FieldWeights,
    InvalidFeatures,
    ItemFeatures,
)
from moviverse_engine.interactions import IdMap

if TYPE_CHECKING:
    from pathlib import Path

ITEMS = IdMap(np.array([10, 20, 30, 40]))
RECORDS: dict[int, dict[str, list[str] | str]] = {
    10: {"genres": ["Drama", "War"], "directors": ["Agnès Varda"], "overview": "The lost sailor."},
    20: {"genres": ["drama "], "directors": ["AGNES VARDA"], "overview": "Sailor, sailor of hope"},
    30: {"genres": ["War", ""], "decade": "1990s", "overview": ["A hope."]},
    50: {"genres": ["Drama"]},
}


def build() -> ItemFeatures:
    return ItemFeatures.build(ITEMS, RECORDS)


def test_rows_have_unit_length_and_an_item_without_record_is_empty() -> None:
    lengths = np.linalg.norm(build().matrix.toarray(), axis=1)
    np.testing.assert_allclose(lengths, [1, 1, 1, 0], rtol=1e-6)


def test_names_meet_whatever_their_case_and_accents() -> None:
    features = build()
    assert "Agnès Varda" in features.names
    assert "AGNES VARDA" not in features.names
    assert features.field(features.names.index("Agnès Varda")) == "directors"


def test_what_one_item_alone_has_is_left_out() -> None:
    assert set(build().names) == {"Drama", "War", "Agnès Varda", "sailor", "hope"}


def test_a_row_is_tf_idf_by_field_then_weighed_by_field() -> None:
    weights = FieldWeights(genres=2.0, overview=1.0, directors=0, cast=0, keywords=0, decade=0)
    features = ItemFeatures.build(ITEMS, RECORDS, weights)
    # 20: Drama (2 of 3 films: idf 1 + ln 1.5) alone in its field, weight 2;
    # sailor twice (2 of 3) and hope once (2 of 3), weight 1.
    genre, sailor, hope = 2.0, 2 / np.sqrt(5), 1 / np.sqrt(5)
    row = dict(zip(features.names, features.matrix.toarray()[1].tolist(), strict=True))
    length = np.sqrt(5.0)
    assert row["Drama"] == pytest.approx(genre / length, rel=1e-5)
    assert row["sailor"] == pytest.approx(sailor / length, rel=1e-5)
    assert row["hope"] == pytest.approx(hope / length, rel=1e-5)
    assert row["War"] == 0


def test_features_are_aligned_to_other_items_by_id() -> None:
    features = build()
    other = IdMap(np.array([30, 99, 10]))
    aligned = features.aligned(other)
    dense = features.matrix.toarray()
    np.testing.assert_array_equal(aligned.matrix.toarray(), [dense[2], 0 * dense[0], dense[0]])
    assert features.aligned(ITEMS) is features
    nothing = ItemFeatures.build(IdMap(np.empty(0, np.int64)), {})
    assert nothing.aligned(other).matrix.shape == (3, 0)


@pytest.mark.parametrize(
    "record", [{"colour": ["red"]}, {"genres": [3]}], ids=["unknown field", "not text"]
)
def test_records_that_make_no_sense_are_refused(record: dict[str, list[str]]) -> None:
    with pytest.raises(InvalidFeatures):
        ItemFeatures.build(ITEMS, {10: record})


def test_features_come_back_as_they_were_from_read_only_maps(tmp_path: Path) -> None:
    features = build()
    features.save(tmp_path / "features")
    again = ItemFeatures.load(tmp_path / "features", items=ITEMS)
    np.testing.assert_array_equal(again.matrix.toarray(), features.matrix.toarray())
    assert (again.names, again.fields) == (features.names, features.fields)
    assert not again.matrix.data.flags.writeable


def test_features_that_do_not_fit_together_are_refused(tmp_path: Path) -> None:
    build().save(tmp_path / "features")
    with pytest.raises(FeaturesDamaged):
        ItemFeatures.load(tmp_path / "features", items=IdMap(np.array([1])))
    np.save(tmp_path / "features" / "field_index.npy", np.zeros(2, np.int16))
    with pytest.raises(FeaturesDamaged, match="fit together"):
        ItemFeatures.load(tmp_path / "features", items=ITEMS)
    (tmp_path / "features" / "names.json").unlink()
    with pytest.raises(FeaturesDamaged, match="cannot be read"):
        ItemFeatures.load(tmp_path / "features", items=ITEMS)


def test_of_a_long_text_the_twelve_most_telling_words_count() -> None:
    common = ["harbour", "sailor", "voyage"]
    rare = [f"rare{letter}" for letter in "abcdefghijklmn"]
    records: dict[int, dict[str, list[str] | str]] = {
        10: {"overview": " ".join([*common, *rare])},
        20: {"overview": " ".join([*common, *rare])},
        30: {"overview": " ".join(common)},
    }
    features = ItemFeatures.build(ITEMS, records)
    told = features.matrix.toarray() > 0
    assert {features.names[place] for place in np.flatnonzero(told[0])} == set(rare[:12])
    assert {features.names[place] for place in np.flatnonzero(told[2])} == set(common)
