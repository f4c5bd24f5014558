from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from moviverse.catalog.models import Movie
from moviverse.transfer.libraries.entries import LONGEST_TITLE, Kind, Source

KINDS = [(kind.value, kind.value) for kind in Kind]
SOURCES = [(source.value, source.value) for source in Source]


class LibraryImport(models.Model):
    """A file that a person brought, and what became of it.

    The file itself is gone once it was read: everything that it said is in the rows. The counts
    are written in the transactions that they tell of.
    """

    class Status(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="library_imports"
    )
    source = models.CharField(max_length=10, choices=SOURCES)
    file_name = models.CharField(max_length=100)
    status = models.CharField(max_length=7, choices=Status.choices, default=Status.QUEUED)
    is_dry_run = models.BooleanField(default=False)
    is_read = models.BooleanField(default=False)  # every line of the file is a row
    progress = models.FloatField(default=0.0)  # 0 to 1
    rows_read = models.PositiveIntegerField(default=0)
    matched = models.PositiveIntegerField(default=0)
    unmatched = models.PositiveIntegerField(default=0)
    duplicates = models.PositiveIntegerField(default=0)
    malformed = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    applied = models.PositiveIntegerField(default=0)
    undone = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)
    remarks = models.JSONField(default=list)  # sentences about the whole file
    error = models.CharField(max_length=500, blank=True)
    job_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    apply_asked_at = models.DateTimeField(null=True)  # of a dry run
    undo_asked_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["queued", "running", "done", "failed"]),
                name="an_import_has_a_known_status",
            ),
            models.CheckConstraint(
                condition=Q(progress__range=(0.0, 1.0)), name="progress_is_between_0_and_1"
            ),
        ]
        indexes = [models.Index(fields=["user", "-created_at"], name="imports_of_a_person")]

    def __str__(self) -> str:
        return f"{self.file_name} of {self.user_id}: {self.status}"


class ImportRow(models.Model):
    """One line of a file: what it said, which film it means, and what it changed.

    `changes` holds what was there before and what was put in its place, so that the line can be
    taken back as long as nobody has changed it since.
    """

    class Outcome(models.TextChoices):
        PENDING = "pending"  # its film is known, and nothing was decided yet
        MATCHED = "matched"
        UNMATCHED = "unmatched"
        DUPLICATE = "duplicate"
        MALFORMED = "malformed"
        SKIPPED = "skipped"
        UNDONE = "undone"
        KEPT = "kept"  # not undone, for the person has changed it since

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    library_import = models.ForeignKey(LibraryImport, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()  # in the order of reading, from 0
    place = models.CharField(max_length=200)
    line = models.PositiveIntegerField()
    kind = models.CharField(max_length=9, choices=KINDS)
    title = models.CharField(max_length=LONGEST_TITLE, blank=True)
    year = models.PositiveSmallIntegerField(null=True)
    tmdb_id = models.BigIntegerField(null=True)
    imdb_id = models.CharField(max_length=12, blank=True)
    movielens_id = models.BigIntegerField(null=True)
    rating = models.DecimalField(max_digits=2, decimal_places=1, null=True)
    at = models.DateTimeField(null=True)
    progress_seconds = models.PositiveIntegerField(null=True)
    is_finished = models.BooleanField(default=True)  # of a viewing
    text = models.TextField(blank=True)
    outcome = models.CharField(max_length=9, choices=Outcome.choices)
    message = models.CharField(max_length=300, blank=True)
    movie = models.ForeignKey(Movie, on_delete=models.SET_NULL, null=True, related_name="+")
    confidence = models.FloatField(null=True)
    candidates = models.JSONField(default=list)
    changes = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["library_import", "number"], name="a_line_of_an_import_is_read_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["library_import", "outcome", "number"], name="rows_of_an_import_by_outcome"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place}:{self.line} {self.title}: {self.outcome}"
