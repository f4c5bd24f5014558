from __future__ import annotations

import uuid
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length, Mod
from django.db.models.lookups import GreaterThan, LessThanOrEqual

from moviverse.catalog.models import Movie

LOWEST, HIGHEST, STEP = Decimal("0.5"), Decimal("5.0"), Decimal("0.5")
LONGEST_TITLE, LONGEST_POSTER_URL = 300, 500  # characters
LONGEST_REVIEW = 10_000  # characters

# Keys without an index of their own (`db_index=False`) begin another index, which serves them too:
# of five million rows each index that is not needed takes room and slows every write.


class Rating(models.Model):
    """What one person thinks of one film, 0.5 to 5.0 in half steps."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="ratings", db_index=False
    )
    movie = models.ForeignKey(
        Movie, on_delete=models.CASCADE, related_name="ratings", db_index=False
    )
    value = models.DecimalField(max_digits=2, decimal_places=1)
    rated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "movie"],
                include=["value", "rated_at"],  # read from here with every recommendation
                name="a_person_rates_a_movie_once",
            ),
            models.CheckConstraint(
                condition=Q(value__range=(LOWEST, HIGHEST)), name="a_rating_is_between_half_and_5"
            ),
            models.CheckConstraint(
                condition=Q(value=F("value") - Mod(F("value"), STEP)),
                name="a_rating_is_in_half_steps",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-rated_at"], name="ratings_of_a_person"),
            models.Index(fields=["movie", "value"], name="ratings_of_a_movie"),  # counted with it
            models.Index(fields=["rated_at"], include=["movie"], name="ratings_by_time"),
        ]

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
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="interactions",
        db_index=False,
    )
    movie = models.ForeignKey(
        Movie, on_delete=models.CASCADE, related_name="interactions", db_index=False
    )
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
            models.Index(
                fields=["happened_at"],
                include=["movie", "type"],
                condition=~Q(type="recommend"),  # what was shown is most of it, and no trend
                name="what_people_did_by_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.type} {self.movie_id}"


class SavedMovie(models.Model):
    """A film on a list of somebody's.

    `movie_id` is a public id and no foreign key: people save films that the catalogue does not
    hold yet. Such a film is shown as it was sent, to its owner alone, so that nobody writes into
    the catalogue that all see; once the catalogue has the film, the row shows that.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    movie_id = models.BigIntegerField()
    title = models.CharField(max_length=LONGEST_TITLE, blank=True)
    poster_url = models.CharField(max_length=LONGEST_POSTER_URL, blank=True)
    added_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.title or self.movie_id} of {self.user_id}"


class Favorite(SavedMovie):
    """A film that somebody loves."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "movie_id"],
                include=["added_at"],  # read with every recommendation
                name="a_movie_is_a_favorite_of_a_person_once",
            ),
            models.CheckConstraint(
                condition=Q(movie_id__gt=0), name="a_favorite_has_a_positive_public_id"
            ),
        ]
        indexes = [models.Index(fields=["user", "-added_at"], name="favorites_of_a_person")]


class WatchlistItem(SavedMovie):
    """A film that somebody wants to watch."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "movie_id"], name="a_movie_is_on_a_watchlist_once"
            ),
            models.CheckConstraint(
                condition=Q(movie_id__gt=0), name="a_watchlist_item_has_a_positive_public_id"
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-added_at"], name="watchlist_of_a_person"),
            models.Index(fields=["movie_id"], name="watchlists_with_a_movie"),
        ]


class Viewing(models.Model):
    """One watching of a film, from its start to where the person is; watching again is another.

    `progress_seconds` is not known of a film that was watched somewhere else.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="viewings", db_index=False
    )
    movie = models.ForeignKey(Movie, on_delete=models.CASCADE, related_name="viewings")
    progress_seconds = models.PositiveIntegerField(null=True, blank=True)
    is_finished = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    watched_at = models.DateTimeField()  # last

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "movie"],
                condition=Q(is_finished=False),
                name="a_person_is_in_the_middle_of_a_movie_once",
            ),
            models.UniqueConstraint(
                fields=["user", "movie", "watched_at"],
                include=["is_finished"],  # read with every recommendation
                name="a_person_watches_a_movie_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(is_finished=True) | Q(progress_seconds__isnull=False),
                name="an_unfinished_viewing_has_a_progress",
            ),
            models.CheckConstraint(
                condition=Q(watched_at__gte=F("started_at")),
                name="a_viewing_does_not_end_before_it_starts",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-watched_at"], name="viewings_of_a_person"),
            models.Index(
                fields=["user", "-watched_at"],
                condition=Q(is_finished=False),
                name="what_a_person_is_watching",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} watches {self.movie_id}"


class VisitorSalt(models.Model):
    """What a day's visitors are hashed with; thrown away when the day is over.

    Without it nobody, we included, can tell from which address a view came.
    """

    day = models.DateField(primary_key=True)
    salt = models.CharField(max_length=64)

    def __str__(self) -> str:
        return str(self.day)


class AnonymousView(models.Model):
    """Somebody who is not signed in looked at a film; once a visitor, film and day.

    `visitor` is a keyed digest of an address that changes every day.
    """

    movie = models.ForeignKey(
        Movie, on_delete=models.CASCADE, related_name="anonymous_views", db_index=False
    )
    visitor = models.CharField(max_length=32)
    viewed_at = models.DateTimeField()  # first
    count = models.PositiveIntegerField(default=1)  # not indexed: counting touches no index

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["movie", "visitor"], name="a_visitor_of_a_day_views_a_movie_once"
            ),
        ]
        indexes = [
            models.Index(fields=["viewed_at"], include=["movie"], name="anonymous_views_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.movie_id} at {self.viewed_at}"


class Review(models.Model):
    """What one person writes about one film. Its rating is their `Rating` of the film."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reviews", db_index=False
    )
    movie = models.ForeignKey(
        Movie, on_delete=models.CASCADE, related_name="reviews", db_index=False
    )
    text = models.TextField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "movie"], name="a_person_reviews_a_movie_once"),
            models.CheckConstraint(
                condition=Q(GreaterThan(Length("text"), 0))
                & Q(LessThanOrEqual(Length("text"), LONGEST_REVIEW)),
                name="a_review_has_1_to_10000_characters",
            ),
        ]
        indexes = [
            models.Index(fields=["movie", "-created_at"], name="reviews_of_a_movie"),
            models.Index(fields=["user", "-created_at"], name="reviews_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.movie_id}"
