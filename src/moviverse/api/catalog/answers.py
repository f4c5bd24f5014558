"""What the catalogue's operations give."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rest_framework import serializers

from moviverse.api.library.review_serializers import ReviewSerializer
from moviverse.api.recommendations.answers import (
    CardSerializer,
    ReasonSerializer,
    RecommendationSerializer,
)
from moviverse.catalog.selectors import backdrop_url, poster_url, profile_url

if TYPE_CHECKING:
    from moviverse.catalog.selectors import (
        Credit,
        MovieDetail,
        PersonDetail,
        Suggestions,
    )


class AsItIs(serializers.BaseSerializer[Any]):
    """A card or another dataclass, which the renderer writes as it is."""

    def to_representation(self, instance: Any) -> Any:
        """Return it."""
        return instance


class GenreSerializer(serializers.Serializer[Any]):
    """A genre."""

    id = serializers.UUIDField()
    tmdb_id = serializers.IntegerField(allow_null=True)
    name = serializers.CharField()
    movie_count = serializers.IntegerField()


class ChartPageSerializer(serializers.Serializer[Any]):
    """One page of a list that the house makes, and who made its order."""

    count = serializers.IntegerField(help_text="Of all pages.")
    page = serializers.IntegerField()
    page_size = serializers.IntegerField()
    total_pages = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    source = serializers.CharField(  # type: ignore[assignment]  # a field; DRF moves it aside
        help_text="tmdb: The Movie Database's list. local: this site's own catalogue."
    )
    results = CardSerializer(many=True)


class NameSerializer(serializers.Serializer[Any]):
    """Somebody."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class SuggestionsSerializer(serializers.Serializer[Any]):
    """What the beginning may become."""

    movies = CardSerializer(many=True)
    people = NameSerializer(many=True)
    genres = serializers.ListField(child=serializers.CharField())


class CastSerializer(NameSerializer):
    """Somebody with their character."""

    tmdb_id = serializers.IntegerField(allow_null=True)
    profile_url = serializers.CharField(allow_null=True)
    character = serializers.CharField()


class CrewSerializer(NameSerializer):
    """Somebody with their job."""

    tmdb_id = serializers.IntegerField(allow_null=True)
    profile_url = serializers.CharField(allow_null=True)
    job = serializers.CharField()
    department = serializers.CharField()


class ActedInSerializer(CardSerializer):
    """A film with the character that somebody played."""

    character = serializers.CharField()


class WorkedOnSerializer(CardSerializer):
    """A film with the job that somebody did."""

    job = serializers.CharField()


class PersonSerializer(NameSerializer):
    """Somebody with their films, the best known first."""

    tmdb_id = serializers.IntegerField(allow_null=True)
    profile_url = serializers.CharField(allow_null=True)
    cast = ActedInSerializer(many=True)
    crew = WorkedOnSerializer(many=True)


class ImagesSerializer(serializers.Serializer[Any]):
    """Addresses of images."""

    posters = serializers.ListField(child=serializers.CharField())
    backdrops = serializers.ListField(child=serializers.CharField())


class VideoSerializer(serializers.Serializer[Any]):
    """A video at another site."""

    name = serializers.CharField()
    site = serializers.CharField(help_text="YouTube or Vimeo.")
    key = serializers.CharField(help_text="The video's id there.")
    type = serializers.CharField(help_text="Trailer, Teaser, Clip and so on; trailers come first.")
    official = serializers.BooleanField()
    language = serializers.CharField(help_text="ISO 639-1.")
    published_at = serializers.DateTimeField(allow_null=True)


class RatingsSummarySerializer(serializers.Serializer[Any]):
    """What the members think."""

    average = serializers.FloatField(allow_null=True, help_text="0.5 to 5.0.")
    count = serializers.IntegerField()
    distribution = serializers.DictField(
        child=serializers.IntegerField(), help_text="Of each half step: how many."
    )


class MineSerializer(serializers.Serializer[Any]):
    """What the film is to the person who asks."""

    rating = serializers.FloatField(allow_null=True)
    predicted_rating = serializers.FloatField(allow_null=True)
    favorite = serializers.BooleanField()
    in_watchlist = serializers.BooleanField()
    progress_seconds = serializers.IntegerField(
        allow_null=True, help_text="Of the viewing to go on with, else of the last."
    )
    reasons = ReasonSerializer(many=True)


class DetailSerializer(CardSerializer):
    """All of a film."""

    imdb_id = serializers.CharField()
    original_title = serializers.CharField()
    overview = serializers.CharField()
    tagline = serializers.CharField()
    language = serializers.CharField()
    countries = serializers.ListField(child=serializers.CharField())
    status = serializers.CharField()
    adult = serializers.BooleanField()
    budget = serializers.IntegerField(allow_null=True)
    revenue = serializers.IntegerField(allow_null=True)
    homepage = serializers.CharField()
    vote_count = serializers.IntegerField()
    popularity = serializers.FloatField()
    keywords = serializers.ListField(child=serializers.CharField())
    images = ImagesSerializer()
    videos = VideoSerializer(many=True)
    cast = CastSerializer(many=True)
    crew = CrewSerializer(many=True)
    added_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    ratings = RatingsSummarySerializer()
    similar = CardSerializer(many=True, help_text="A few; more with `append=similar`.")
    recommendations = RecommendationSerializer(
        many=True, required=False, help_text="With `append=recommendations`."
    )
    reviews = ReviewSerializer(
        many=True, required=False, help_text="The newest, with `append=reviews`."
    )
    me = MineSerializer(required=False, help_text="Of who is signed in.")


def detail_body(film: MovieDetail) -> dict[str, Any]:
    """Return the part of a film that is the same for everybody."""
    backdrops = [url for path in film.backdrops if (url := backdrop_url(path))]
    return {
        **asdict(film.card),
        "imdb_id": film.imdb_id,
        "original_title": film.original_title,
        "overview": film.overview,
        "tagline": film.tagline,
        "language": film.language,
        "countries": film.countries,
        "status": film.status,
        "adult": film.is_adult,
        "budget": film.budget,
        "revenue": film.revenue,
        "homepage": film.homepage,
        "vote_count": film.vote_count,
        "popularity": film.popularity,
        "keywords": film.keywords,
        "images": {
            "posters": posters(film),
            "backdrops": backdrops,
        },
        "videos": film.videos,
        "cast": [{**_named(each), "character": each.character} for each in film.cast],
        "crew": [
            {**_named(each), "job": each.job, "department": each.department} for each in film.crew
        ],
        "added_at": film.added_at,
        "updated_at": film.updated_at,
    }


def posters(film: MovieDetail) -> list[str]:
    """Return the addresses of a film's posters, that of its card first."""
    urls = [poster_url(film.card.tmdb_id, path) for path in film.posters]
    return list(dict.fromkeys([film.card.poster_url, *urls]))


def person_body(person: PersonDetail) -> dict[str, Any]:
    """Return somebody with their films."""
    return {
        "id": person.id,
        "tmdb_id": person.tmdb_id,
        "name": person.name,
        "profile_url": profile_url(person.profile_path),
        "cast": [{**asdict(film), "character": part} for film, part in person.acted_in],
        "crew": [{**asdict(film), "job": job} for film, job in person.worked_on],
    }


def suggestions_body(found: Suggestions) -> dict[str, Any]:
    """Return what the beginning may become."""
    return {
        "movies": found.movies,
        "people": [{"id": id_, "name": name} for id_, name in found.people],
        "genres": found.genres,
    }


def _named(credit: Credit) -> dict[str, Any]:
    return {
        "id": credit.id,
        "tmdb_id": credit.tmdb_id,
        "name": credit.name,
        "profile_url": profile_url(credit.profile_path),
    }
