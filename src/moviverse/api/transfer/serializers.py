"""What the operations of importing and exporting take and give."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework import serializers

from moviverse.api.serializers import (
    BigIdField,
    PageQuery,
    QuerySerializer,
    RatingField,
    StrictSerializer,
)
from moviverse.transfer.exports import FORMATS
from moviverse.transfer.libraries.entries import Kind, Source
from moviverse.transfer.selectors import OUTCOMES

STATUSES = ("queued", "running", "done", "failed")


class UploadBody(StrictSerializer):
    """A file of another service."""

    file = serializers.FileField(
        help_text=f"At most {settings.IMPORT_MAX_BYTES:,} bytes. Keep the name that it came with."
    )


class UploadQuery(QuerySerializer):
    """How a file is taken in."""

    dry_run = serializers.BooleanField(
        required=False, help_text="Change nothing, and report what would have become of each line."
    )
    source = serializers.ChoiceField(  # type: ignore[assignment]  # the name in the contract
        choices=[source.value for source in Source],
        required=False,
        help_text="Who wrote it; found out from its content unless told.",
    )


class ChoiceBody(StrictSerializer):
    """Which film a line means."""

    tmdb_id = BigIdField(allow_null=True, help_text="The film's public id; null: leave it out.")


class RowsQuery(PageQuery):
    """Which page of an import's lines, with which outcome."""

    outcome = serializers.ChoiceField(choices=list(OUTCOMES), required=False)


class ExportQuery(QuerySerializer):
    """As what the library is written."""

    format = serializers.ChoiceField(
        choices=list(FORMATS), required=False, help_text="json unless told."
    )


class BegunSerializer(serializers.Serializer[Any]):
    """An import that a worker will do; its address tells how far it is."""

    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=list(STATUSES))
    source = serializers.ChoiceField(  # type: ignore[assignment]  # the name in the contract
        choices=[source.value for source in Source]
    )
    dry_run = serializers.BooleanField(source="is_dry_run")


class CountsSerializer(serializers.Serializer[Any]):
    """How many lines there were, and how many of each outcome; `applied` changed something."""

    rows = serializers.IntegerField(source="rows_read")
    matched = serializers.IntegerField()
    unmatched = serializers.IntegerField()
    duplicates = serializers.IntegerField()
    malformed = serializers.IntegerField()
    skipped = serializers.IntegerField()
    applied = serializers.IntegerField()
    undone = serializers.IntegerField()
    kept = serializers.IntegerField(help_text="Not undone, for you have changed it since.")


class ImportSerializer(BegunSerializer):
    """An import."""

    file_name = serializers.CharField()
    progress = serializers.FloatField(min_value=0, max_value=1)
    matched = serializers.IntegerField()
    duplicates = serializers.IntegerField()
    counts = CountsSerializer(source="*")
    remarks = serializers.ListField(child=serializers.CharField())
    error = serializers.CharField(help_text="Why it failed; else empty.")
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    undone_at = serializers.DateTimeField(allow_null=True)


class CandidateSerializer(serializers.Serializer[Any]):
    """A film that a line may mean."""

    tmdb_id = serializers.IntegerField()
    title = serializers.CharField()
    year = serializers.IntegerField(allow_null=True)
    confidence = serializers.FloatField(min_value=0, max_value=1)


class ImportRowSerializer(serializers.Serializer[Any]):
    """A line of a file, and what became of it."""

    id = serializers.UUIDField()
    file = serializers.CharField(source="place", help_text="Within the upload.")
    line = serializers.IntegerField(help_text="Where it begins; of JSON, the number of the item.")
    kind = serializers.ChoiceField(choices=[kind.value for kind in Kind])
    title = serializers.CharField()
    year = serializers.IntegerField(allow_null=True)
    rating = RatingField(allow_null=True)
    at = serializers.DateTimeField(allow_null=True)
    outcome = serializers.ChoiceField(choices=list(OUTCOMES))
    message = serializers.CharField(help_text="Why, where it needs saying.")
    tmdb_id = serializers.IntegerField(
        source="movie_id", allow_null=True, help_text="The film that it was taken for."
    )
    confidence = serializers.FloatField(allow_null=True)
    candidates = CandidateSerializer(many=True)


class ReportSerializer(ImportSerializer):
    """An import with the first of the lines that need a look; `rows/` has all of them."""

    unmatched = ImportRowSerializer(many=True)
    malformed = ImportRowSerializer(many=True)
