from __future__ import annotations

import uuid
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Mod

from moviverse.catalog.models import Movie

LOWEST, HIGHEST, STEP = Decimal("0.5"), Decimal("5.0"), Decimal("0.5")


class Rating(models.Model):
    """What one person thinks of one film, 0.5 to 5.0 in half steps."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="ratings"
    )
    movie = models.ForeignKey(Movie, on_delete=models.CASCADE, related_name="ratings")
    value = models.DecimalField(max_digits=2, decimal_places=1)
    rated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "movie"], name="a_person_rates_a_movie_once"),
            models.CheckConstraint(
                condition=Q(value__range=(LOWEST, HIGHEST)), name="a_rating_is_between_half_and_5"
            ),
            models.CheckConstraint(
                condition=Q(value=F("value") - Mod(F("value"), STEP)),
                name="a_rating_is_in_half_steps",
            ),
        ]
        indexes = [models.Index(fields=["user", "-rated_at"], name="ratings_of_a_person")]

    def __str__(self) -> str:
        return f"{self.user_id} gives {self.value} to {self.movie_id}"


class Interaction(models.Model):
    """Something that a person did with a film, or (`recommend`) that they were shown it.

    An interaction of type `rate` is not kept here: it is the same fact as a `Rating`, and one
    fact has one row. `library.selectors.interactions` tells both as one story.
    """

    class Type(models.TextChoices):
        VIEW = "view"
        SELECT = "select"
        RECOMMEND = "recommend"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="interactions"
    )
    movie = models.ForeignKey(Movie, on_delete=models.CASCADE, related_name="interactions")
    type = models.CharField(max_length=10, choices=Type.choices)
    happened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(type__in=["view", "select", "recommend"]),
                name="an_interaction_is_of_a_known_type",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-happened_at"], name="interactions_of_a_person"),
            models.Index(
                fields=["user", "movie"],
                condition=Q(type="select"),
                include=["happened_at"],
                name="what_a_person_selected",  # read with every recommendation
            ),
            models.Index(fields=["movie", "-happened_at"], name="interactions_with_a_movie"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.type} {self.movie_id}"
