"""A walk through the API of a running server, from a new account to a library taken along.

Every step checks what came back; the first that is not as it should be ends the walk with 1.
"""

from __future__ import annotations

import io
import json
import os
import secrets
import sys
import zipfile
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from moviverse_client import ApiError, Client, ConnectionFailed, UnexpectedAnswer

if TYPE_CHECKING:
    from collections.abc import Callable

    from moviverse_client import Recommendations

SITE = f"http://{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
RATED = {"Alien": 5.0, "The Matrix": 4.5, "Toy Story": 4.0, "Pulp Fiction": 2.0, "Casablanca": 3.5}
LETTERBOXD = """Date,Name,Year,Letterboxd URI,Rating
2024-05-01,Heat,1995,https://boxd.it/2a1q,4.5
2024-05-02,Seven Samurai,1954,https://boxd.it/2a2q,5
2024-05-03,A film that nobody made,1931,https://boxd.it/2a3q,3
"""
IMPORT_SECONDS = 60

screen = Console(highlight=False, soft_wrap=True)


class NotAsItShouldBe(Exception):
    """An answer contradicts what the step before did."""


def expect(is_so: object, said: str) -> None:
    """Go on only if it is so."""
    if not is_so:
        raise NotAsItShouldBe(said)


def show(answer: Recommendations) -> None:
    """Print films with their reasons."""
    table = Table(box=None, show_header=False, padding=(0, 1))
    for each in answer:
        film = f"{each.movie.title} ({each.movie.release_year})"
        table.add_row(f"{each.rank}.", f"[bold]{film}[/]", f"score {each.score:.3f}")
        for reason in each.reasons:
            table.add_row("", f"[dim]{reason.text}[/]", f"[dim]{reason.share:+.3f}[/]")
    screen.print(table)


def sign_in(client: Client) -> None:
    """Register and log in."""
    name, password = f"guest-{secrets.token_hex(4)}", secrets.token_urlsafe(12)
    client.auth.register(
        email=f"{name}@example.org",
        username=name,
        password=password,
        preferred_genres=["Science Fiction"],
    )
    user = client.auth.login(name, password)
    expect(client.auth.me() == user, "The account is another one after the login.")
    screen.print(
        f"   {user.username}, {user.email}; likes {', '.join(user.profile.preferred_genres)}"
    )


def search(client: Client) -> None:
    """Search with a typing mistake, and complete what is being typed."""
    found = client.movies.search("casablnca")
    expect(len(found) and found[0].title == "Casablanca", "The typing mistake was not understood.")
    screen.print(f"   casablnca -> {found[0].title} ({found[0].release_year})")
    suggested = client.movies.suggest("the ma").movies
    expect(suggested, "Nothing begins so.")
    screen.print(f"   the ma... -> {', '.join(film.title for film in suggested[:4])}")


def trending(client: Client) -> None:
    """See what people turn to."""
    trends = client.movies.trending(time_range="week", limit=5)
    expect(len(trends) == 5, "There are no trends.")
    screen.print(f"   by {trends.source}: {', '.join(film.title for film in trends)}")


def recommendations(client: Client) -> None:
    """Rate five films: the very next answer has changed, and says why."""
    before = client.recommendations.mine(limit=5)
    screen.print(f"   before, by {before.strategy}:")
    show(client.recommendations.mine(limit=2))
    for title, rating in RATED.items():
        film = client.movies.search(title)[0]
        expect(client.library.rate(film.tmdb_id, rating).rating == rating, "The rating differs.")
    screen.print(f"   rated {', '.join(f'{title} {rating}' for title, rating in RATED.items())}")
    after = client.recommendations.mine(limit=5)
    expect(
        [each.movie for each in after] != [each.movie for each in before],
        "The recommendations did not change.",
    )
    expect(all(each.reasons for each in after), "A film has no reasons.")
    screen.print(f"   after, by {after.strategy} ({after.model} {after.model_version}):")
    show(after)


def favorite(client: Client) -> None:
    """Keep a favourite and something for later."""
    heat, later = client.movies.search("heat")[0], client.movies.search("vertigo")[0]
    first, again = (client.library.add_favorite(heat.tmdb_id) for _ in range(2))
    expect(first.id == again.id, "A favourite was kept twice.")
    client.library.add_to_watchlist(later.tmdb_id)
    mine = client.movies.get(heat.tmdb_id).me
    expect(mine is not None and mine.favorite, "The film does not say that it is a favourite.")
    expect(client.library.watchlist().count == 1, "The watchlist is not what was put on it.")
    screen.print(f"   favourite: {heat.title}; watchlist: {later.title}")


def bring_library(client: Client) -> None:
    """Bring a Letterboxd library in."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("ratings.csv", LETTERBOXD)
    begun = client.transfer.start(packed.getvalue(), name="letterboxd.zip")
    done = client.transfer.finished(begun.id, within_seconds=IMPORT_SECONDS)
    expect(done.status == "done", f"The import is {done.status}: {done.error}")
    heat = client.movies.search("heat")[0]
    expect(client.library.rating(heat.tmdb_id).rating == 4.5, "A rating was not brought in.")
    expect(len(done.unmatched) == 1, "A film that nobody made was found.")
    counts = done.counts or {}
    screen.print(f"   {counts.get('rows')} rows: {counts.get('matched')} matched")
    for row in done.unmatched:
        screen.print(f"   not found: {row.title} ({row.year})")


def take_library(client: Client) -> None:
    """Take the library out again."""
    library = json.loads(client.transfer.export("json"))
    kept = {name: len(rows) for name, rows in library.items() if isinstance(rows, list)}
    expect(kept.get("ratings", 0) > len(RATED), "Ratings are missing in the export.")
    with zipfile.ZipFile(io.BytesIO(client.transfer.export("letterboxd"))) as archive:
        names = archive.namelist()
    expect("ratings.csv" in names, "The Letterboxd export has no ratings.")
    screen.print(
        f"   json: {', '.join(f'{count} {name}' for name, count in kept.items() if count)}"
    )
    screen.print(f"   letterboxd: {', '.join(sorted(names))}")


def without_account(client: Client) -> None:
    """Ask for films that go with a set of films, without an account."""
    client.auth.logout()
    answer = client.recommendations.for_movies([348, 603], model="EASE", limit=3)
    expect(len(answer) == 3, "The list is too short.")
    show(answer)


def models(client: Client) -> None:
    """Look at the models."""
    table = Table(box=None, show_header=False, padding=(0, 1))
    for model in client.recommendations.models():
        table.add_row(f"   {model.name}", model.type, model.status, model.version or "")
    screen.print(table)


STEPS: tuple[Callable[[Client], None], ...] = (
    sign_in,
    search,
    trending,
    recommendations,
    favorite,
    bring_library,
    take_library,
    without_account,
    models,
)


def main() -> int:
    """Take every step; return the exit code."""
    with Client(SITE) as client:
        for number, step in enumerate(STEPS, 1):
            screen.print(f"\n[bold cyan]{number}. {(step.__doc__ or '').rstrip('.')}[/]")
            try:
                step(client)
            except ConnectionFailed as error:
                screen.print(f"[red]{error}[/]\nIs the site up? Start it with: make run")
                return 1
            except (ApiError, UnexpectedAnswer, NotAsItShouldBe) as error:
                screen.print(f"[red]{error}[/]")
                return 1
    screen.print("\n[green]Everything is as it should be.[/]")
    return 0


if __name__ == "__main__":
    sys.exit(main())
