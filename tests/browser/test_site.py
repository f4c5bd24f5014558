"""The site as people use it: with a mouse, a keyboard, a phone, in the dark, without scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import NARROW

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser

HEAT, GODFATHER, BLADE_RUNNER, SEVEN, MATRIX = 949, 238, 78, 807, 603
RATED = {HEAT: "4½", GODFATHER: "5", BLADE_RUNNER: "4", SEVEN: "3½", MATRIX: "4"}
PUBLIC = [
    "/",
    "/catalog",
    f"/movies/{HEAT}",
    "/search",
    "/search?q=kurosawa",
    "/login",
    "/register",
    "/password-reset",
    "/password-reset/confirm?uid=x&token=y",
    "/catalog?year=1871",
]
MINE = ["/", f"/movies/{HEAT}", "/recommend", "/reviews"]
SERIOUS = {"serious", "critical"}


def choose(visit: Visit, stars: str) -> None:
    """Click the half star that is called so."""
    name = f"{stars} stars" if stars not in {"½", "1"} else f"{stars} star"
    radio = visit.page.get_by_role("radio", name=name, exact=True)
    visit.page.locator(f"label[for='{radio.get_attribute('id')}']").click()
    assert radio.is_checked()


def rate_five(visit: Visit) -> None:
    for film, stars in RATED.items():
        visit.go(f"/movies/{film}")
        choose(visit, stars)
        visit.page.get_by_role("button", name="Rate", exact=True).click()


def recommended(visit: Visit) -> list[str]:
    visit.go("/recommend")
    return visit.page.locator(".pick h2 a").all_inner_texts()


def width_beyond(visit: Visit) -> int:
    root = "document.documentElement"
    beyond: int = visit.page.evaluate(f"{root}.scrollWidth - {root}.clientWidth")
    return beyond


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_registration_to_explained_recommendations(
    visiting: Callable[..., Any],
    scripts: bool,  # noqa: FBT001 - a parameter
) -> None:
    with visiting(java_script_enabled=scripts) as visit:
        visit.join()
        before = recommended(visit)
        assert before

        page = visit.page
        page.get_by_role("searchbox", name="Search films and people").fill("al pacino")
        page.get_by_role("button", name="Search").click()
        page.get_by_role("main").get_by_role("link", name="Heat").click()
        assert page.get_by_role("heading", level=1).inner_text() == "Heat"

        rate_five(visit)
        assert "You rated The Matrix 4." in page.get_by_role("status").inner_text()

        after = recommended(visit)
        assert after != before
        assert "Heat" not in after
        assert page.get_by_text("Because you rated").count() > 10
        assert page.locator(".bar-share").count() > 20

        visit.go("/reviews?sort=rating_desc")
        assert page.locator(".rated h2").first.inner_text() == "The Godfather"

        page.get_by_role("button", name="Sign out").click()
        assert page.get_by_role("link", name="Sign in").is_visible()


def test_a_film_is_rated_with_the_keyboard_alone(visiting: Callable[..., Any]) -> None:
    with visiting() as visit:
        visit.join()
        visit.go(f"/movies/{HEAT}")
        keys = visit.page.keyboard
        for _ in range(40):
            keys.press("Tab")
            if visit.page.evaluate("document.activeElement.name") == "rating":
                break
        assert visit.page.locator(".stars").evaluate("e => getComputedStyle(e).outlineStyle") == (
            "solid"
        )
        keys.press("Space")
        for _ in range(6):
            keys.press("ArrowRight")
        keys.press("Tab")
        keys.press("Enter")
        expect(visit.page.get_by_role("heading", name="Your rating: 3.5")).to_be_visible()


def test_the_first_tab_skips_to_the_content(visiting: Callable[..., Any]) -> None:
    with visiting() as visit:
        visit.go("/")
        visit.page.keyboard.press("Tab")
        skip = visit.page.get_by_role("link", name="Skip to the content")
        assert skip.evaluate("e => e.getBoundingClientRect().top >= 0")
        visit.page.keyboard.press("Enter")
        assert visit.page.evaluate("document.activeElement.id") == "main"


def test_a_row_of_films_scrolls_with_the_keyboard(visiting: Callable[..., Any]) -> None:
    with visiting(reduced_motion="reduce") as visit:
        visit.go("/")
        row = visit.page.get_by_role("group", name="Popular now")
        row.focus()
        for _ in range(20):
            visit.page.keyboard.press("ArrowRight")
        expect(row).not_to_have_js_property("scrollLeft", 0)


def test_arrows_scroll_a_row_where_there_are_scripts(visiting: Callable[..., Any]) -> None:
    with visiting(reduced_motion="reduce") as visit:
        visit.go("/")
        row = visit.page.locator(".shelf", has=visit.page.locator("#popular"))
        assert row.locator(".arrow.back").is_hidden()
        row.locator(".arrow.on").click()
        row.locator(".arrow.back").wait_for(state="visible")
        expect(row.locator(".reel")).not_to_have_js_property("scrollLeft", 0)


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_no_page_shuts_anybody_out(visiting: Callable[..., Any], scheme: str) -> None:
    with visiting(color_scheme=scheme) as visit:
        found = {path: violations(visit, path) for path in PUBLIC}
        visit.join()
        rate_five(visit)
        found |= {f"mine {path}": violations(visit, path) for path in MINE}
    assert {path: said for path, said in found.items() if said} == {}


def violations(visit: Visit, path: str) -> list[str]:
    visit.go(path)
    results: dict[str, Any] = Axe().run(visit.page).response
    return [
        f"{found['id']}: {node['html']} {node.get('failureSummary', '')}"
        for found in results["violations"]
        if found["impact"] in SERIOUS
        for node in found["nodes"]
    ]


def test_an_error_page_shuts_nobody_out(visiting: Callable[..., Any]) -> None:
    for scheme in ("dark", "light"):
        with visiting(color_scheme=scheme) as visit:
            assert violations(visit, "/nowhere") == []
            # The page itself is what the console complains of.
            visit.complaints[:] = [said for said in visit.complaints if "404" not in said]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_no_page_is_wider_than_a_small_phone(
    visiting: Callable[..., Any],
    scripts: bool,  # noqa: FBT001 - a parameter
) -> None:
    with visiting(viewport=NARROW, java_script_enabled=scripts) as visit:
        beyond = {}
        for path in PUBLIC:
            visit.go(path)
            beyond[path] = width_beyond(visit)
        visit.join()
        rate_five(visit)
        for path in MINE:
            visit.go(path)
            beyond[f"mine {path}"] = width_beyond(visit)
    assert {path: width for path, width in beyond.items() if width > 0} == {}


def test_every_poster_of_a_page_is_drawn(visiting: Callable[..., Any]) -> None:
    with visiting() as visit:
        visit.go("/catalog")
        pictures = visit.page.locator("main img")
        for place in range(pictures.count()):
            picture = pictures.nth(place)
            picture.scroll_into_view_if_needed()
            picture.evaluate("e => e.decode()")
            assert picture.evaluate("e => e.naturalWidth") > 0


def test_titles_stay_within_their_posters_in_this_machines_fonts(
    visiting: Callable[..., Any],
) -> None:
    with visiting() as visit:
        visit.go("/catalog?sort=title_asc")
        addresses = visit.page.locator("main .poster").evaluate_all("all => all.map(e => e.src)")
        assert len(addresses) == 36
        for address in addresses:
            visit.page.goto(address)
            widest = visit.page.evaluate(
                "Math.max(...[...document.querySelectorAll('text')]"
                ".map(e => e.getBBox().x + e.getBBox().width))"
            )
            assert widest <= 400 - 15, address
