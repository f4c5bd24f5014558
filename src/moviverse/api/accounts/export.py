"""Everything personal, given to its owner."""

from __future__ import annotations

from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

from django.http import FileResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers

from moviverse.accounts import avatars
from moviverse.accounts import personal_data as of_accounts
from moviverse.api.accounts import examples
from moviverse.api.accounts.serializers import ProfileSerializer
from moviverse.api.authentication import caller
from moviverse.api.schema import documented
from moviverse.api.serializers import QuerySerializer
from moviverse.api.views import ApiView
from moviverse.core import takeout
from moviverse.library import personal_data as of_library
from moviverse.recommendations import personal_data as of_recommendations
from moviverse.transfer import personal_data as of_transfer

if TYPE_CHECKING:
    from rest_framework.request import Request

# What each part of the site holds of a person; a part with tables of its own adds its line.
PARTS = (of_accounts.of, of_library.of, of_transfer.of, of_recommendations.of)
JSON, ZIP = "json", "zip"
MEDIA_TYPES = {JSON: "application/json", ZIP: "application/zip"}


class ExportQuery(QuerySerializer):
    format = serializers.ChoiceField(
        choices=[JSON, ZIP], required=False, help_text="json unless told; zip has the picture too."
    )


class Rows(serializers.ListField):
    child = serializers.DictField()


class ExportSerializer(serializers.Serializer[Any]):
    """Everything that the site holds of a person."""

    exported_at = serializers.DateTimeField()
    account = serializers.DictField()
    profile = ProfileSerializer()
    app_sessions = Rows()
    browser_sessions = Rows()
    ratings = Rows()
    interactions = Rows()
    favorites = Rows()
    watchlist = Rows()
    viewings = Rows()
    reviews = Rows()
    imports = Rows()
    import_rows = Rows()
    prepared_recommendations = Rows()
    recommendations = Rows()
    recommendation_feedback = Rows()


class Export(ApiView):
    scope = "export"

    @documented(
        summary="Take everything of mine along",
        description=(
            "All that the site holds of me, as one JSON file, or as an archive of one file a "
            "table with my picture. To give only films and ratings to another site, see "
            "`/api/user/export/`."
        ),
        query=ExportQuery,
        responses={200: ExportSerializer, (200, MEDIA_TYPES[ZIP]): OpenApiTypes.BINARY},
        examples={200: examples.EXPORT, (200, MEDIA_TYPES[ZIP]): "(the bytes of an archive)"},
        errors=("VALIDATION_ERROR",),
    )
    def get(self, request: Request) -> FileResponse:
        """Answer with a file that is whole before its first byte is sent."""
        asked = self.query(ExportQuery).get("format", JSON)
        user, now = caller(request), timezone.now()
        sections: dict[str, Any] = {"exported_at": now}
        for part in PARTS:
            sections |= part(user=user)
        file = TemporaryFile()  # noqa: SIM115 - the response closes it
        try:
            if asked == ZIP:
                picture = avatars.files(address=sections["profile"]["avatar_url"])
                takeout.write_zip(sections, picture, file)
            else:
                takeout.write_json(sections, file)
        except BaseException:
            file.close()
            raise
        file.seek(0)
        name = f"moviverse-{now:%Y-%m-%d}.{asked}"
        return FileResponse(
            file, as_attachment=True, filename=name, content_type=MEDIA_TYPES[asked]
        )
