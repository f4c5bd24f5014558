from __future__ import annotations

import io
import json
import tracemalloc
import zipfile
from decimal import Decimal

import pytest
from django.utils import timezone

from moviverse.core import takeout
from moviverse.core.models import Counter

pytestmark = pytest.mark.django_db


def written(sections: dict[str, object]) -> dict[str, object]:
    out = io.BytesIO()
    takeout.write_json(sections, out)
    found: dict[str, object] = json.loads(out.getvalue())
    return found


def test_rows_and_values_become_one_object() -> None:
    Counter.objects.create(key="a\n\u2028ü", count=1, expires_at=timezone.now())
    rows = Counter.objects.values("key", "count")
    assert written({"rows": rows, "none": rows.none(), "value": {"rating": Decimal("4.5")}}) == {
        "rows": [{"key": "a\n\u2028ü", "count": 1}],
        "none": [],
        "value": {"rating": 4.5},
    }


def test_the_same_is_in_an_archive_with_files_beside_it() -> None:
    Counter.objects.create(key="a", count=1, expires_at=timezone.now())
    out = io.BytesIO()
    sections = {"rows": Counter.objects.values("key"), "told": {"name": "Ann"}}
    takeout.write_zip(sections, {"avatar.webp": b"webp"}, out)
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        assert json.loads(archive.read("rows.json")) == [{"key": "a"}]
        assert json.loads(archive.read("told.json")) == {"name": "Ann"}
        assert archive.read("avatar.webp") == b"webp"


def test_what_is_no_data_is_a_mistake_of_ours() -> None:
    with pytest.raises(TypeError):
        written({"value": object()})


def test_many_rows_are_never_all_in_memory() -> None:
    Counter.objects.bulk_create(
        Counter(key=f"{number:06}" + "x" * 190, expires_at=timezone.now()) for number in range(5_000)
    )  # fmt: skip

    class Nowhere(io.RawIOBase):
        size = 0

        def write(self, data: object) -> int:
            self.size += len(data)  # type: ignore[arg-type]
            return len(data)  # type: ignore[arg-type]

    out = Nowhere()
    tracemalloc.start()
    takeout.write_json({"rows": Counter.objects.values("key")}, out)  # type: ignore[arg-type]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert out.size > 1_000_000
    assert peak < 400_000
