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
    # What an editor has changed by hand, by its name in a `MovieRow`: no source overwrites it.
    edited_fields = ArrayField(models.CharField(max_length=30), default=list, blank=True)

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


class MovieMedia(models.Model):
    """What can be looked at of a film, at other sites: videos, and images by their paths at TMDb."""

    movie = models.OneToOneField(
        Movie, on_delete=models.CASCADE, primary_key=True, related_name="media"
    )
    videos = models.JSONField(default=list)  # as `rows.VideoRow`
    posters = ArrayField(models.CharField(max_length=200), default=list)
    backdrops = ArrayField(models.CharField(max_length=200), default=list)

    class Meta:
        verbose_name_plural = "movie media"

    def __str__(self) -> str:
        return f"media of {self.pk}"


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


class TmdbSync(models.Model):
    """How a film stands with TMDb.

    No foreign key: TMDb is asked for films, too, that the catalogue does not hold yet, or no longer.
    """

    tmdb_id = models.BigIntegerField("TMDb id", primary_key=True)
    last_synced_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)  # that failed since then
    failed_at = models.DateTimeField(null=True, blank=True)  # the last of them
    last_error = models.CharField(max_length=300, blank=True)
    gone_at = models.DateTimeField(null=True, blank=True)  # since then TMDb does not know it
    # An administrator took the film out: no visitor brings it back.
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    # What TMDb says of the film's `edited_fields`, where it is something else.
    differs = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(attempts=0, failed_at__isnull=True, last_error="")
                | Q(attempts__gte=1, failed_at__isnull=False),
                name="a_failed_sync_says_when",
            ),
        ]
        indexes = [
            models.Index(
                fields=["failed_at"], condition=Q(failed_at__isnull=False), name="failed_syncs"
            ),
            models.Index(
                fields=["gone_at"], condition=Q(gone_at__isnull=False), name="films_that_tmdb_lost"
            ),
        ]
        verbose_name = "film at TMDb"
        verbose_name_plural = "films at TMDb"

    def __str__(self) -> str:
        return f"film {self.tmdb_id} at TMDb"


class TmdbRun(models.Model):
    """Work through a list of TMDb's, one page after the other: what changed there, or the best known.

    The row says how far it is, so that a run that was killed goes on where it was.
    """

    class Kind(models.TextChoices):
        CHANGES = "changes"
        LOAD = "load"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    first_day = models.DateField(null=True, blank=True)  # of changes
    last_day = models.DateField(null=True, blank=True)
    wanted = models.PositiveIntegerField(null=True, blank=True)  # films to load
    next_page = models.PositiveIntegerField(default=1)
    pages = models.PositiveIntegerField(null=True, blank=True)  # where it is known
    synced = models.PositiveIntegerField(default=0)  # films
    failed = models.PositiveIntegerField(default=0)  # films that TMDb told nothing usable of
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="changes", first_day__isnull=False, last_day__isnull=False)
                | Q(kind="load", wanted__isnull=False),
                name="a_run_knows_its_days_or_how_many_films_it_wants",
            ),
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(finished_at__isnull=True),
                name="one_run_of_a_kind_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["-started_at"], name="runs_by_start")]
        verbose_name = "run through TMDb"
        verbose_name_plural = "runs through TMDb"

    def __str__(self) -> str:
        return f"{self.kind} from {self.started_at:%Y-%m-%d %H:%M}"
