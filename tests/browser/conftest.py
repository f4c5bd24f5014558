"""A browser, and a whole site with the demo to look at, in processes of their own."""

from __future__ import annotations

import itertools
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import sync_playwright

from moviverse.cli import embedded_postgres
from tests.integration.supervised import Site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIETLY = [  # a browser has much to tell its maker
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "a long enough passphrase 42"
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 320, "height": 640}

_numbers = itertools.count(1)


@dataclass
class Visit:
    """A page of one visitor, who notes what goes wrong behind it."""

    page: Page
    origin: str
    strayed: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Note requests to other hosts, what the console complains of, and uncaught errors."""
        self.page.on("request", self._asked)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def go(self, path: str) -> None:
        self.page.goto(f"{self.origin}{path}", wait_until="load")

    def join(self) -> str:
        """Make an account and sign in with it; return its name."""
        name = f"viewer{next(_numbers)}"
        self.go("/register")
        self.page.get_by_label("Email").fill(f"{name}@example.org")
        self.page.get_by_label("User name").fill(name)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("main").get_by_role("button", name="Join").click()
        assert self.page.url == f"{self.origin}/"
        return name

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((f"{self.origin}/", "data:")):
            self.strayed.append(request.url)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("No Chromium is installed; `make test-browser` installs it where it may.")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=QUIETLY)
        yield running
        running.close()


@pytest.fixture(scope="session")
def origin(
    browser: Browser,  # noqa: ARG001 - no site for nobody
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    site = Site(home=tmp_path_factory.mktemp("browser") / "home")
    site.start()
    yield f"http://127.0.0.1:{site.port}"
    site.stop()
    embedded_postgres.stop(site.home / "postgres")


@pytest.fixture
def visiting(browser: Browser, origin: str) -> Callable[..., Any]:
    """Return what opens a visit: `with visiting(color_scheme="dark") as visit:`.

    A visit fails when a request left the site or the console complained.
    """

    @contextmanager
    def visit(**options: Any) -> Iterator[Visit]:
        context = browser.new_context(**{"viewport": WIDE, **options})
        made = Visit(context.new_page(), origin)
        made.watch()
        yield made
        context.close()
        assert made.strayed == []
        assert made.complaints == []

    return visit
