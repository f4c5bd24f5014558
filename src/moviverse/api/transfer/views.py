"""Bringing a library in from elsewhere, and taking it along. Everybody sees their own alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from rest_framework.response import Response

from moviverse.api.authentication import caller
from moviverse.api.idempotency import idempotent
from moviverse.api.pagination import paged
from moviverse.api.parsers import UploadParser
from moviverse.api.schema import documented, page_example, page_of
from moviverse.api.serializers import PageQuery
from moviverse.api.transfer import examples
from moviverse.api.transfer.serializers import (
    BegunSerializer,
    ChoiceBody,
    ExportQuery,
    ImportRowSerializer,
    ImportSerializer,
    ReportSerializer,
    RowsQuery,
    UploadBody,
    UploadQuery,
)
from moviverse.api.views import ApiView
from moviverse.transfer import exports, selectors, services
from moviverse.transfer.libraries.entries import Source

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

ONCE = "With an `Idempotency-Key`, sending it again has no second effect."


class Imports(ApiView):
    parser_classes = (UploadParser,)
    max_body_bytes = settings.IMPORT_MAX_BYTES

    @documented(
        summary="List my imports",
        query=PageQuery,
        responses=page_of(ImportSerializer),
        examples={200: page_example(examples.IMPORT)},
        errors=("VALIDATION_ERROR", "NOT_FOUND"),
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of imports, the newest first."""
        self.query(PageQuery)
        found = selectors.library_imports(user=caller(request))
        return paged(request, found, ImportSerializer)

    @documented(
        summary="Import my library from another service",
        description=(
            "Letterboxd's zip or one of its tables, IMDb's ratings or watchlist, Trakt's JSON, a "
            "MovieLens `ratings.csv` of one person, or an export of ours. The work is done in the "
            f"background: `GET /api/user/import/{{id}}/` tells how far it is. {ONCE}"
        ),
        query=UploadQuery,
        request=UploadBody,
        responses={202: BegunSerializer},
        examples={"request": examples.UPLOAD, 202: examples.BEGUN},
        errors=("CONFLICT",),
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Answer with the import that was begun."""
        query = self.query(UploadQuery)
        file = self.body(UploadBody)["file"]
        begun = services.start(
            user=caller(request),
            chunks=file.chunks(),
            file_name=file.name,
            source=Source(query["source"]) if "source" in query else None,
            is_dry_run=query.get("dry_run", False),
            now=timezone.now(),
        )
        return Response(BegunSerializer(begun).data, status=202)


class Import(ApiView):
    @documented(
        summary="Show how far an import is",
        description="`unmatched` and `malformed` hold the first lines of these outcomes.",
        responses=ReportSerializer,
        examples={200: examples.REPORT},
        errors=("NOT_FOUND",),
    )
    def get(self, request: Request, import_id: UUID) -> Response:
        """Answer with the import, and the lines that need a look."""
        report = selectors.report(user=caller(request), import_id=import_id)
        lines = {"unmatched": report.unmatched, "malformed": report.malformed}
        told: dict[str, Any] = dict(ImportSerializer(report.record).data)
        for name, rows in lines.items():
            told[name] = ImportRowSerializer(rows, many=True).data
        return Response(told)

    @documented(
        summary="Forget an import",
        description="What it brought stays, and cannot be undone any more.",
        responses={204: None},
        errors=("NOT_FOUND", "CONFLICT"),
    )
    def delete(self, request: Request, import_id: UUID) -> Response:
        """Answer with nothing."""
        services.forget(user=caller(request), import_id=import_id)
        return Response(status=204)


class ImportRows(ApiView):
    @documented(
        summary="List the lines of an import",
        query=RowsQuery,
        responses=page_of(ImportRowSerializer),
        examples={200: page_example(examples.ROW)},
        errors=("VALIDATION_ERROR", "NOT_FOUND"),
    )
    def get(self, request: Request, import_id: UUID) -> Response:
        """Answer with a page of lines, in the order of the files."""
        outcome = self.query(RowsQuery).get("outcome")
        rows = selectors.rows(user=caller(request), import_id=import_id, outcome=outcome)
        return paged(request, rows, ImportRowSerializer)


class Choice(ApiView):
    @documented(
        summary="Say which film a line means",
        description=(
            "It is applied at once, to all lines that name the film in the same words. Null leaves "
            "them out. What a line brought to another film before is taken back."
        ),
        request=ChoiceBody,
        responses=ImportRowSerializer,
        examples={"request": examples.CHOICE, 200: examples.CHOSEN},
        errors=("NOT_FOUND", "CONFLICT"),
    )
    def post(self, request: Request, import_id: UUID, row_id: UUID) -> Response:
        """Answer with the line as it is now."""
        row = services.choose(
            user=caller(request),
            import_id=import_id,
            row_id=row_id,
            tmdb_id=self.body(ChoiceBody)["tmdb_id"],
        )
        return Response(ImportRowSerializer(row).data)


class Application(ApiView):
    @documented(
        summary="Turn a dry run into an import",
        description=f"With the films that were chosen meanwhile. {ONCE}",
        responses={202: BegunSerializer},
        examples={202: {**examples.BEGUN, "dry_run": True}},
        errors=("NOT_FOUND", "CONFLICT"),
    )
    @idempotent
    def post(self, request: Request, import_id: UUID) -> Response:
        """Answer with the import that was begun."""
        begun = services.apply(user=caller(request), import_id=import_id, now=timezone.now())
        return Response(BegunSerializer(begun).data, status=202)


class Undoing(ApiView):
    @documented(
        summary="Undo an import",
        description=(
            "Everything that it changed becomes what it was before, unless I have changed it "
            f"since: such lines are reported as `kept`. {ONCE}"
        ),
        responses={202: BegunSerializer},
        examples={202: examples.BEGUN},
        errors=("NOT_FOUND", "CONFLICT"),
    )
    @idempotent
    def post(self, request: Request, import_id: UUID) -> Response:
        """Answer with the import that is being undone."""
        undone = services.undo(user=caller(request), import_id=import_id, now=timezone.now())
        return Response(BegunSerializer(undone).data, status=202)


class LibraryExport(ApiView):
    @documented(
        summary="Take my library along",
        description=(
            "Ratings, reviews, history, watchlist and favourites as a file. `json` and `csv` can be "
            "imported again without a loss; `letterboxd` is a zip that Letterboxd reads. Cells that "
            "a spreadsheet would run as formulas begin with an apostrophe."
        ),
        query=ExportQuery,
        responses={
            200: OpenApiTypes.OBJECT,
            (200, "text/csv"): OpenApiTypes.STR,
            (200, "application/zip"): OpenApiTypes.BINARY,
        },
        examples={
            200: examples.EXPORTED,
            (200, "text/csv"): examples.EXPORTED_TABLE,
            (200, "application/zip"): examples.EXPORTED_ZIP,
        },
        errors=("VALIDATION_ERROR",),
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        """Answer with the file, as it is read from the database."""
        form = self.query(ExportQuery).get("format", "json")
        file = exports.export(user=caller(request), form=form, now=timezone.now())
        response = StreamingHttpResponse(file.chunks, content_type=file.media_type)
        response["Content-Disposition"] = f'attachment; filename="{file.file_name}"'
        return response
