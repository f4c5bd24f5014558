from __future__ import annotations

from django.db import models


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
