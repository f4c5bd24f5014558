from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class Receipt(models.Model):
    """One answer as it was shown: which list, by which model version, from which history."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)  # request_id
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="receipts"
    )
    model = models.CharField(max_length=50)
    model_version = models.CharField(max_length=100)
    strategy = models.CharField(max_length=20)
    parameters = models.JSONField()
    history = models.JSONField()  # [[tmdb_id, rating], ...] as the model saw it
    # [[tmdb_id, title, score, predicted_rating, [[type, share, text], ...]], ...], best first
    results = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user", "-created_at"], name="receipts_of_a_person")]

    def __str__(self) -> str:
        return f"{self.model} for {self.user_id} at {self.created_at}"

    @property
    def movie_ids(self) -> list[int]:
        """Return the films that were shown, best first."""
        return [tmdb_id for tmdb_id, *_ in self.results]
