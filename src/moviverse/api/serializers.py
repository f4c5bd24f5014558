"""Fields and serializers that take exactly what the contract names."""

from __future__ import annotations

import re
from datetime import UTC
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

DIGITS = re.compile(r"[0-9]{1,19}", re.ASCII)
DECIMAL = re.compile(r"[0-9]{1,2}(\.[0-9]{1,4})?", re.ASCII)
LARGEST_ID = 2**63 - 1
LOWEST_RATING, HIGHEST_RATING, STEP = Decimal("0.5"), Decimal("5.0"), Decimal("0.5")


def moment(at: datetime) -> str:
    """Return a moment as `DateTimeField` writes it on a site whose time is UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


class StrictSerializer(serializers.Serializer[Any]):
    """A request body: a field that is not declared is an error, not a guess."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Return the valid fields.

        Raises:
            ValidationError: names each field that is unknown or wrong.
        """
        unknown = self._unknown(data)
        try:
            valid: dict[str, Any] = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if isinstance(error.detail, dict):
                raise serializers.ValidationError({**unknown, **error.detail}) from error
            raise
        if unknown:
            raise serializers.ValidationError(unknown)
        return valid

    def _unknown(self, data: Any) -> dict[str, list[str]]:
        taken = {name for name, field in self.fields.items() if not field.read_only}
        names = data.keys() if isinstance(data, dict) else ()
        return {str(name): ["This field is not known."] for name in names if name not in taken}


class QuerySerializer(StrictSerializer):
    """The parameters of a query: an unknown, empty or repeated one is an error."""

    @classmethod
    def read(cls, data: QueryDict | Mapping[str, str]) -> dict[str, Any]:
        """Return the valid parameters.

        One serializer reads every query of its kind: making one takes longer than what it does. It
        remembers nothing of a query, and knows no context.

        Raises:
            ValidationError: names each parameter that is unknown, empty, repeated or wrong.
        """
        valid: dict[str, Any] = _made(cls).run_validation(data)
        return valid

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Return the valid parameters.

        Raises:
            ValidationError: names each parameter that is unknown, empty, repeated or wrong.
        """
        return super().to_internal_value(self._plain(data) if isinstance(data, QueryDict) else data)

    def _plain(self, data: QueryDict) -> dict[str, Any]:
        """Return a mapping: of a `QueryDict`, DRF takes an empty parameter for a missing one."""
        repeatable = {
            name
            for name, field in self.fields.items()
            if isinstance(field, serializers.ListField | serializers.MultipleChoiceField)
        }
        repeated = {
            name: ["Give this parameter once."]
            for name, values in data.lists()
            if len(values) > 1 and name not in repeatable
        }
        if repeated:
            raise serializers.ValidationError(repeated)
        return {name: values if name in repeatable else values[0] for name, values in data.lists()}


@cache
def _made(serializer_class: type[QuerySerializer]) -> QuerySerializer:
    return serializer_class()


class PageQuery(QuerySerializer):
    """Which page of a list; a filter inherits from it."""

    page = serializers.RegexField(r"^-?[0-9]{1,19}$", required=False, help_text="From 1.")
    page_size = serializers.IntegerField(
        required=False, min_value=1, max_value=100, help_text="20 unless told."
    )


@extend_schema_field({"type": "integer", "format": "int64", "minimum": 1, "maximum": LARGEST_ID})
class BigIdField(serializers.Field[int, int | str, int, Any]):
    """A public number, such as a film's: 1 to 2**63-1, as a number or as digits."""

    default_error_messages = {"invalid": f"Give a whole number from 1 to {LARGEST_ID}."}

    def to_internal_value(self, data: int | str) -> int:
        """Return the number."""
        if isinstance(data, str) and DIGITS.fullmatch(data):
            data = int(data)
        if isinstance(data, bool) or not isinstance(data, int) or not 1 <= data <= LARGEST_ID:
            self.fail("invalid")
        return data

    def to_representation(self, value: int) -> int:
        """Return the number."""
        return int(value)


@extend_schema_field({"type": "number", "minimum": 0.5, "maximum": 5, "multipleOf": 0.5})
class RatingField(serializers.Field[Decimal, float | str, float, Any]):
    """A rating of 0.5 to 5.0 in half steps, as a number or as its digits."""

    default_error_messages = {"invalid": "Give a rating from 0.5 to 5.0 in half steps."}

    def to_internal_value(self, data: float | str) -> Decimal:
        """Return the rating, exactly."""
        if isinstance(data, bool) or not DECIMAL.fullmatch(str(data)):
            self.fail("invalid")
        rating = Decimal(str(data))
        if not LOWEST_RATING <= rating <= HIGHEST_RATING or rating % STEP:
            self.fail("invalid")
        return rating.quantize(STEP)

    def to_representation(self, value: Decimal | float) -> float:
        """Return the rating as JSON's number."""
        return float(value)


class TextField(serializers.CharField):
    """Text that was sent as text; a number is not taken for it."""

    def to_internal_value(self, data: Any) -> str:
        """Return the text, trimmed."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)
