from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

LONGEST_MESSAGE = 300  # characters: one sentence of a job
OPEN = ("queued", "running")  # states of a job that has not ended


class IdempotencyKey(models.Model):
    """The first answer to a POST that carried an `Idempotency-Key`, kept to be given again.

    The row is written in the same transaction as the effect that it stands for.
    """

    owner = models.CharField(max_length=64)  # the user's id, or a digest of an anonymous address
    key = models.CharField(max_length=200)
    path = models.CharField(max_length=200)
    body_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "path", "key"],
                name="an_idempotency_key_is_used_once_per_owner_and_path",
            ),
        ]
        indexes = [models.Index(fields=["created_at"], name="idempotency_by_age")]

    def __str__(self) -> str:
        return f"{self.path} {self.key}"


class Counter(models.Model):
    """How often something happened in a window of time; the atomic half of a limiter.

    Kept in PostgreSQL, so that it is shared by all workers, survives a restart, and one
    `INSERT ... ON CONFLICT ... RETURNING` counts without a race.
    """

    key = models.CharField(max_length=200, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.key}: {self.count}"


class Version(models.Model):
    """How often something changed that lists are made from; see `moviverse.core.versions`."""

    scope = models.CharField(max_length=60, primary_key=True)
    number = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.scope} {self.number}"


class Tally(models.Model):
    """What all processes have counted of one thing; see `moviverse.core.tallies`."""

    name = models.CharField(max_length=60)
    labels = models.CharField(max_length=200)  # their values, joined
    value = models.FloatField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name", "labels"], name="a_thing_is_counted_once_by_its_labels"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.labels}: {self.value}"


class JobState(models.TextChoices):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(models.Model):
    """Work that a worker does later; see `moviverse.core.jobs`, where alone it is written."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=60)
    arguments = models.JSONField(default=dict)
    unique_key = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    progress = models.FloatField(default=0.0)
    message = models.CharField(max_length=LONGEST_MESSAGE, blank=True)
    error = models.CharField(max_length=LONGEST_MESSAGE, blank=True)  # a sentence, never a trace
    attempts = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=100, blank=True)  # who runs it, or ran it last
    created_at = models.DateTimeField()
    available_at = models.DateTimeField()  # not to be run before
    sent_at = models.DateTimeField(null=True, blank=True)  # to the broker, once more
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "done", "failed"]),
                name="a_job_is_queued_running_done_or_failed",
            ),
            models.CheckConstraint(
                condition=Q(progress__gte=0, progress__lte=1),
                name="a_jobs_progress_is_between_0_and_1",
            ),
            models.CheckConstraint(
                condition=~Q(state="running")
                | Q(heartbeat_at__isnull=False, attempts__gte=1) & ~Q(worker=""),
                name="a_running_job_has_a_worker_and_a_heartbeat",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["done", "failed"], finished_at__isnull=False)
                | Q(state__in=OPEN, finished_at__isnull=True),
                name="a_job_that_has_ended_says_when",
            ),
            models.UniqueConstraint(
                fields=["unique_key"],
                condition=Q(state__in=OPEN) & ~Q(unique_key=""),
                name="a_unique_key_has_one_job_that_has_not_ended",
            ),
        ]
        indexes = [
            models.Index(
                fields=["available_at"], condition=Q(state__in=OPEN), name="jobs_to_do_by_time"
            ),
            models.Index(
                fields=["finished_at"],
                condition=Q(state__in=["done", "failed"]),
                name="jobs_that_ended_by_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.id}"


class Period(models.Model):
    """When a job of the schedule was last enqueued; see `moviverse.core.periods`."""

    key = models.CharField(max_length=180, primary_key=True)  # the job's name and arguments
    enqueued_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)  # when it is due again
    job_id = models.UUIDField()  # of a row that is removed some day

    def __str__(self) -> str:
        return f"{self.key} at {self.enqueued_at}"
