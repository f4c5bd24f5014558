from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from moviverse.catalog.models import Movie


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
    # [[tmdb_id, rating], ...] as the model saw it; a third entry says that it is no rating, but
    # "picked", "more_like_this" or "less_like_this"
    history = models.JSONField()
    # [[tmdb_id, title, score, predicted_rating, [[type, share, text], ...]], ...], best first
    results = models.JSONField()
    movie_ids = ArrayField(models.BigIntegerField(), default=list)  # of the results, best first
    created_at = models.DateTimeField()
    # Of a later page: the receipt of the first one, and the rank of its first film.
    first = models.ForeignKey(
        "self", null=True, on_delete=models.CASCADE, related_name="later_pages", db_index=False
    )
    first_rank = models.PositiveIntegerField(default=1)
    behind = models.BinaryField(null=True)  # of a first page: the ids of the films that follow

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(first__isnull=True) | Q(behind__isnull=True),
                name="only_a_first_page_knows_what_follows",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="receipts_of_a_person"),
            models.Index(fields=["created_at"], name="receipts_by_age"),
            models.Index(
                fields=["first"], condition=Q(first__isnull=False), name="later_pages_of_a_list"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} for {self.user_id} at {self.created_at}"


class PreparedList(models.Model):
    """The best films for one person, made ahead: for when the model cannot answer.

    `taste_version` stands for all that they had said when it was made.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="prepared_list",
    )
    model = models.CharField(max_length=50)
    model_version = models.CharField(max_length=100)
    taste_version = models.CharField(max_length=32)
    movie_ids = ArrayField(models.BigIntegerField())  # best first
    scores = ArrayField(models.FloatField())
    made_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(movie_ids__len=F("scores__len")), name="every_prepared_film_has_a_score"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} for {self.user_id} at {self.made_at}"


class Feedback(models.Model):
    """What one person last said of one film that was recommended to them."""

    class Action(models.TextChoices):
        DISMISS = "dismiss"
        LESS = "less_like_this"
        MORE = "more_like_this"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recommendation_feedback"
    )
    movie = models.ForeignKey(Movie, on_delete=models.CASCADE, related_name="feedback")
    action = models.CharField(max_length=20, choices=Action.choices)
    receipt = models.ForeignKey(
        Receipt, null=True, on_delete=models.SET_NULL, related_name="feedback"
    )
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "movie"], name="a_person_says_one_thing_of_a_recommended_movie"
            ),
            models.CheckConstraint(
                condition=Q(action__in=["dismiss", "less_like_this", "more_like_this"]),
                name="feedback_is_of_a_known_kind",
            ),
        ]
        indexes = [models.Index(fields=["user", "-given_at"], name="feedback_of_a_person")]

    def __str__(self) -> str:
        return f"{self.user_id} says {self.action} of {self.movie_id}"


class Attention(models.Model):
    """What happened around one film in one day, and in each hour of the latest days.

    Made from the library's facts a day at a time (`recommendations.rollup`), and made anew from
    them as often as one likes. A viewer is told in the hour of the last thing that they did with
    the film on that day.
    """

    # No foreign key: a film that left is passed over by whoever reads, and hundreds of thousands
    # of rows are written without a look at each film.
    movie_id = models.BigIntegerField()
    is_day = models.BooleanField()  # or an hour
    began_at = models.DateTimeField()  # the hour or the day, of UTC
    weight = models.FloatField()  # viewers, by how much each counts
    seen_at = models.DateTimeField()  # when, on the average of these weights
    views = models.PositiveBigIntegerField()
    viewers = models.PositiveIntegerField()
    ratings = models.PositiveIntegerField()
    rating_total = models.FloatField()  # the sum of these ratings
    rated_at = models.DateTimeField(null=True)  # when, on the average

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_day", "began_at", "movie_id"], name="a_film_has_one_attention_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ratings=0, rated_at__isnull=True)
                | Q(ratings__gt=0, rated_at__isnull=False),
                name="attention_knows_when_it_was_rated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.movie_id} from {self.began_at}"


class CountedDay(models.Model):
    """A day of UTC, and when its attention was counted last; locked while it is."""

    day = models.DateField(primary_key=True)
    counted_at = models.DateTimeField(null=True)
    took_milliseconds = models.PositiveIntegerField(default=0)
    snapshot_at = models.DateTimeField(null=True)  # when its trends were kept

    def __str__(self) -> str:
        return str(self.day)


class TrendingSnapshot(models.Model):
    """A film's place among the trends as they were at the end of a day."""

    class Range(models.TextChoices):
        DAY = "day"
        WEEK = "week"

    day = models.DateField()
    time_range = models.CharField(max_length=4, choices=Range.choices)
    genre = models.CharField(max_length=50, blank=True)  # none: of all
    rank = models.PositiveSmallIntegerField()
    movie = models.ForeignKey(Movie, on_delete=models.CASCADE, related_name="past_trends")
    score = models.FloatField()
    views = models.PositiveBigIntegerField()
    viewers = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "time_range", "genre", "rank"], name="a_place_is_one_films"
            ),
            models.CheckConstraint(
                condition=Q(time_range__in=["day", "week"]), name="a_trend_is_of_a_known_range"
            ),
            models.CheckConstraint(condition=Q(rank__gt=0), name="a_rank_begins_at_1"),
        ]

    def __str__(self) -> str:
        return f"{self.rank} of {self.genre or 'all'}, {self.time_range} to {self.day}"
