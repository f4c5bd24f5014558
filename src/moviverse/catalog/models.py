from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.functions import ExtractYear

FIRST_LOCAL_ID = 2_000_000_000
# As many votes of so much are added to a film's own: two votes of 10 are not the best film of all.
PRIOR_VOTES, PRIOR_VOTE = 100, 6.5


class Genre(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tmdb_id = models.BigIntegerField(null=True, blank=True, unique=True)
    name = models.CharField(max_length=50, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Keyword(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tmdb_id = models.BigIntegerField(null=True, blank=True, unique=True)
    name = models.CharField(max_length=100, unique=True)

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tmdb_id = models.BigIntegerField(null=True, blank=True, unique=True)
    name = models.CharField(max_length=200)
    folded_name = models.CharField(max_length=200, db_index=True)  # lower case, no accents
    profile_path = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            # Sources without person ids (files of credits) know people by their name alone.
            models.UniqueConstraint(
                fields=["folded_name"],
                condition=Q(tmdb_id__isnull=True),
                name="a_person_without_a_tmdb_id_has_a_name_of_their_own",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Movie(models.Model):
    """A film. Its primary key is its public id: TMDb's, or a local one from 2 000 000 000."""

    tmdb_id = models.BigIntegerField(primary_key=True)
    imdb_id = models.CharField(max_length=12, blank=True)
    title = models.CharField(max_length=300)
    original_title = models.CharField(max_length=300, blank=True)
    overview = models.TextField(blank=True)
    tagline = models.CharField(max_length=500, blank=True)
    released_on = models.DateField(null=True, blank=True)
    release_year = models.PositiveSmallIntegerField(null=True, blank=True)
    runtime_minutes = models.PositiveIntegerField(null=True, blank=True)
    language = models.CharField(max_length=8, blank=True)
    countries = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    status = models.CharField(max_length=30, blank=True)
    is_adult = models.BooleanField(default=False)
    budget = models.BigIntegerField(null=True, blank=True)
    revenue = models.BigIntegerField(null=True, blank=True)
    homepage = models.CharField(max_length=500, blank=True)
    poster_path = models.CharField(max_length=200, blank=True)
    backdrop_path = models.CharField(max_length=200, blank=True)
    vote_average = models.FloatField(null=True, blank=True)  # 0-10, TMDb's scale
    vote_count = models.PositiveIntegerField(default=0)
    # The votes were counted here, from a corpus, and give way to those of a source.
    votes_are_summarised = models.BooleanField(default=False)
    weighted_vote = models.GeneratedField(  # none where nobody voted
        expression=Case(
            When(
                vote_count__gt=0,
                then=(F("vote_average") * F("vote_count") + PRIOR_VOTES * PRIOR_VOTE)
                / (F("vote_count") + PRIOR_VOTES),
            )
        ),
        output_field=models.FloatField(null=True),
        db_persist=True,
    )
    popularity = models.FloatField(default=0)
    genres = models.ManyToManyField(Genre, related_name="movies", blank=True)
    keywords = models.ManyToManyField(Keyword, related_name="movies", blank=True)
    added_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    folded_title = models.CharField(max_length=300)  # for the order by title, whatever the case

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(tmdb_id__gt=0), name="a_movie_has_a_positive_public_id"
            ),
            models.CheckConstraint(
                condition=Q(released_on__isnull=True)
                | Q(release_year=ExtractYear(F("released_on"))),
                name="the_release_year_is_the_year_of_the_release_date",
            ),
            models.CheckConstraint(
                condition=Q(vote_average__isnull=True) | Q(vote_average__range=(0, 10)),
                name="a_vote_average_is_between_0_and_10",
            ),
        ]
        indexes = [
            # One index an order that lists offer; read backwards it serves the opposite order.
            models.Index(fields=["-popularity", "tmdb_id"], name="movie_by_popularity"),
            models.Index(fields=["folded_title", "tmdb_id"], name="movie_by_title"),
            models.Index(
                F("release_year").desc(nulls_last=True),
                F("released_on").desc(nulls_last=True),
                "tmdb_id",
                name="movie_by_year_from_the_newest",
            ),
            models.Index(fields=["release_year", "released_on", "tmdb_id"], name="movie_by_year"),
            models.Index(
                F("vote_average").desc(nulls_last=True),
                F("vote_count").desc(),
                "tmdb_id",
                name="movie_by_vote_from_the_best",
            ),
            models.Index(fields=["vote_average", "vote_count", "tmdb_id"], name="movie_by_vote"),
            models.Index(
                fields=["-weighted_vote", "tmdb_id"],
                condition=Q(weighted_vote__isnull=False, is_adult=False),
                name="movie_by_weighted_vote",
            ),
            models.Index(fields=["-added_at", "tmdb_id"], name="movie_by_arrival"),
            models.Index(fields=["updated_at"], name="movie_by_change"),
            models.Index(fields=["language"], name="movie_by_language"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.release_year or '?'})"


class SearchEntry(models.Model):
    """What the search knows of a film: its folded words (lower case, no accents).

    The texts begin with a space, so that " heat" finds the beginning of any word of theirs.

    The embedded PostgreSQL has no `unaccent`, so the words are folded before they come here. They
    have a table of their own because a common word matches ten thousand films: in this narrow one
    they lie on a tenth of the pages.
    """

    movie = models.OneToOneField(
        Movie, on_delete=models.CASCADE, primary_key=True, related_name="search_entry"
    )
    folded_title = models.CharField(max_length=301)
    folded_original_title = models.CharField(max_length=301, blank=True)  # when it is another
    folded_people = models.TextField(blank=True)
    popularity = models.FloatField(default=0)  # the film's
    words = SearchVectorField()  # titles weigh A, people B, the rest C

    class Meta:
        indexes = [GinIndex(fields=["words"], name="search_words")]
        verbose_name_plural = "search entries"

    def __str__(self) -> str:
        return self.folded_title.strip()


class MovieCast(models.Model):
    movie = models.ForeignKey(Movie, on_delete=models.CASCADE, related_name="cast")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="roles")
    character = models.CharField(max_length=300, blank=True)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["movie", "position"], name="a_place_in_a_cast_is_taken_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.movie_id}"


class MovieCrew(models.Model):
    movie = models.ForeignKey(Movie, on_delete=models.CASCADE, related_name="crew")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="jobs")
    job = models.CharField(max_length=100)
    department = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["movie", "person", "job"], name="a_person_does_a_job_once_a_movie"
            ),
        ]
        indexes = [models.Index(fields=["job", "movie"], name="crew_by_job")]

    def __str__(self) -> str:
        return f"{self.job} of {self.movie_id}"


class SourceId(models.Model):
    """Where a film came from: makes an import idempotent and keeps films without a TMDb id."""

    movie = models.ForeignKey(Movie, on_delete=models.CASCADE, related_name="source_ids")
    source = models.CharField(max_length=50)
    value = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "value"], name="an_id_of_a_source_names_one_movie"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.value}"


class TmdbUsage(models.Model):
    """The calls to one endpoint of TMDb in one hour (UTC)."""

    hour = models.DateTimeField()
    endpoint = models.CharField(max_length=30)
    calls = models.PositiveIntegerField(default=0)
    errors = models.PositiveIntegerField(default=0)
    total_milliseconds = models.FloatField(default=0)
    longest_milliseconds = models.FloatField(default=0)
    saved = models.PositiveIntegerField(default=0)  # calls not made: the answer was still known

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["hour", "endpoint"], name="an_endpoint_has_one_count_an_hour"
            ),
        ]
        verbose_name_plural = "usage of TMDb"

    def __str__(self) -> str:
        return f"{self.endpoint}, {self.hour:%Y-%m-%d %H}:00"
