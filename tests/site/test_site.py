"""The built site as its readers see it: navigation, search, copying of code, narrow screens, dark mode, no complaints.

`make docs-check` builds the site and runs this; the pictures of the main pages are then in `.screenshots/`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.site.visitor import ROOT, Visit, Visitor

pytestmark = pytest.mark.timeout(600)  # all pages, one after the other, on whatever machine
SCREENSHOTS = ROOT / ".screenshots"
NARROW = 390
MAIN_PAGES = {
    "landing": "",
    "tutorial": "tutorial/",
    "install": "install/",
    "guide": "writing/",
    "guide-controllers": "controllers/",
    "guide-exec": "exec/",
    "server": "testing-server/",
    "coming-from": "coming-from/kopf/",
    "reference": "reference/kubex.api/",
    "models": "reference/models/",
    "figures": "figures/",
    "questions": "faq/",
}


def broken_images(visitor: Visitor) -> list[str]:
    images = "[...document.images].filter(each => !each.complete || !each.naturalWidth)"
    return list(visitor.evaluate(f"{images}.map(each => each.src)"))


def widest(visitor: Visitor) -> str:
    """Give what is wider than the screen, and makes the whole page move sideways; empty if nothing is."""
    found: str = visitor.evaluate(
        """(() => {
            const width = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= width) return '';
            const wide = [...document.querySelectorAll('article *')].find(
                each => each.getBoundingClientRect().right > width + 1
            );
            return `${document.documentElement.scrollWidth} of ${width}: ${wide ? wide.outerHTML.slice(0, 200) : '?'}`;
        })()"""
    )
    return found


def cut(visitor: Visitor, selector: str) -> list[str]:
    """Give the texts of what is wider than the place that it has."""
    cut_off = "each => each.offsetWidth > 0 && each.scrollWidth > each.clientWidth"
    elements = f"[...document.querySelectorAll({selector!r})]"
    return list(visitor.evaluate(f"{elements}.filter({cut_off}).map(each => each.innerText.slice(0, 200))"))


def contrast(colours: tuple[tuple[int, ...], tuple[int, ...]]) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""

    def luminance(colour: tuple[int, ...]) -> float:
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (each / 255 for each in colour)]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    lighter, darker = sorted(map(luminance, colours), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_every_page_is_whole_on_wide_and_narrow_screens(visit: Visit, pages: list[str]) -> None:
    insides = [page for page in pages if page.startswith("reference/kubex.testing.")]
    chosen = [page for page in pages if page not in insides] + insides[::10]  # which all are made alike
    assert len(chosen) > 100
    visitor = visit()
    wrong: list[str] = []
    for page in chosen:
        visitor.page.set_viewport_size({"width": 1280, "height": 860})
        visitor.go(page)
        if visitor.page.locator("h1").count() != 1:
            wrong.append(f"{page}: not one heading")
        wrong += [f"{page}: no image {each}" for each in broken_images(visitor)]
        visitor.page.set_viewport_size({"width": NARROW, "height": 860})
        if too_wide := widest(visitor):
            wrong.append(f"{page}: moves sideways, {too_wide}")
    assert wrong == []


def test_navigation_by_tabs_menu_and_footer(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    page.locator(".md-tabs").get_by_role("link", name="Guides").click()
    page.wait_for_url("**/install/")
    page.locator(".md-sidebar--primary").get_by_role("link", name="Write a controller").click()
    page.wait_for_url("**/controllers/")
    assert page.locator("h1").inner_text().strip("¶ ") == "Write a controller"
    page.locator(".md-footer__link--next").click()
    page.wait_for_url("**/leader-election/")
    page.locator(".md-header__button.md-logo").first.click()
    page.wait_for_function("document.querySelector('h1').innerText.startsWith('kubex')")


def test_navigation_by_the_drawer_of_a_narrow_screen(visit: Visit) -> None:
    page = visit(width=NARROW).page
    link = page.locator(".md-sidebar--primary").get_by_role("link", name="Tutorial", exact=True)
    assert not link.is_visible() or link.bounding_box()["x"] < 0
    page.locator("label.md-header__button[for=__drawer]").click()
    link.click()
    page.wait_for_url("**/tutorial/")


def test_the_reference_is_in_the_menu_by_packages(visit: Visit) -> None:
    page = visit("reference/").page
    menu = page.locator(".md-sidebar--primary")
    assert menu.get_by_role("link", name="kubex.core.patch", exact=True).count() == 0, "folded until one looks into it"
    menu.get_by_role("link", name="kubex.core", exact=True).click()
    page.wait_for_url("**/reference/kubex.core/")
    menu.get_by_role("link", name="kubex.core.patch", exact=True).click()
    page.wait_for_url("**/reference/kubex.core.patch/")


@pytest.mark.parametrize("path", ["reference/kubex.api/", "reference/accessors/", "reference/kubex.core.params/"])
def test_signatures_and_names_in_menus_are_whole(visit: Visit, path: str) -> None:
    visitor = visit(path)
    assert cut(visitor, ".doc-signature code") == []
    assert cut(visitor, ".md-nav__link .md-ellipsis") == []


def test_attributes_are_shown_by_their_types_and_not_by_what_makes_them(visit: Visit) -> None:
    page = visit("reference/kubex.api/").page
    shown = [text.strip() for text in page.locator(".doc-attribute > .doc-signature").all_inner_texts()]
    assert "logs: CachedSubresourceDescriptor[HasLogs, LogsAccessor]" in shown
    assert not [text for text in shown if text.endswith(")")]


def test_the_table_of_models_is_whole(visit: Visit) -> None:
    assert cut(visit("reference/models/"), "article .md-typeset__scrollwrap") == []


def test_search_finds_and_leads_there(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    page.keyboard.press("/")
    page.locator(".md-search__input").press_sequentially("leader election", delay=20)
    first = page.locator(".md-search-result__item a").first
    first.wait_for(state="visible")
    assert "leader" in first.inner_text().lower()
    first.click()
    page.wait_for_url(re.compile("leader-election"))
    page.locator("mark").first.wait_for(state="attached")


def test_code_is_copied_as_it_stands(visit: Visit) -> None:
    visitor = visit("tutorial/")
    page = visitor.page
    block = page.locator("div.highlight:has(code)").filter(has_text="ApiServer()").first
    text = copied(visitor, block)
    assert text.rstrip("\n") == block.locator("code").inner_text().rstrip("\n")
    assert "cluster = ApiServer()\ncluster.start()" in text


def test_commands_are_copied_without_prompts_and_without_what_they_print(visit: Visit) -> None:
    visitor = visit("install/")
    blocks = visitor.page.locator("div.highlight:has(.gp)")
    assert copied(visitor, blocks.nth(0)).strip() == 'pip install "kubex[aiohttp]"'
    assert copied(visitor, blocks.nth(1)).startswith('pip install "kubex[cli,testing]"\nkubex serve')
    visitor = visit("command/")
    printing = visitor.page.locator("div.highlight:has(.gp):has(.go)").first
    text = copied(visitor, printing)
    assert "kubex apply -f shop.yaml" in text
    assert "created" in printing.inner_text()
    assert "created" not in text


def copied(visitor: Visitor, block: Any) -> str:
    """Give what the button of a block of code copies."""
    visitor.evaluate("navigator.clipboard.writeText('')")
    block.hover()
    block.locator("[data-clipboard-target], [data-md-type=copy]").first.click()
    visitor.page.wait_for_function("navigator.clipboard.readText().then(text => text.length > 0)")
    text: str = visitor.evaluate("navigator.clipboard.readText()")
    return text


def test_code_of_two_clients_stands_side_by_side(visit: Visit) -> None:
    visitor = visit("coming-from/kubernetes/")
    page = visitor.page
    ours = page.locator("code", has_text="settings.iterate(")
    assert not ours.is_visible()
    page.locator(".tabbed-labels label", has_text="kubex").first.click()
    ours.wait_for(state="visible")  # one click is for all tasks of the page


@pytest.mark.parametrize("path", ["", "writing/", "reference/kubex.api/"])
def test_dark_mode(visit: Visit, path: str) -> None:
    visitor = visit(path, dark=True)
    page = visitor.page
    assert visitor.evaluate("document.body.dataset.mdColorScheme") == "slate"
    assert sum(visitor.colours("article p")[1]) < 3 * 80
    check_contrast(visitor)
    page.locator("form.md-header__option label:visible").first.click()
    page.wait_for_function("document.body.dataset.mdColorScheme === 'default'")
    assert sum(visitor.colours("article p")[1]) > 3 * 220
    check_contrast(visitor)
    visitor.go(path)
    assert visitor.evaluate("document.body.dataset.mdColorScheme") == "default", "the choice is forgotten"


def check_contrast(visitor: Visitor) -> None:
    for selector in ("article p", "article h1", "article code", ".md-header__title"):
        assert contrast(visitor.colours(selector)) >= 4.5, f"{selector} can't be read: {visitor.colours(selector)}"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_charts_are_those_of_the_scheme(visit: Visit, dark: bool) -> None:
    visitor = visit("figures/", dark=dark)
    images = "[...document.querySelectorAll('img.chart')]"
    shown = visitor.evaluate(f"{images}.map(each => [each.src, each.offsetWidth > 0])")
    scheme = "dark" if dark else "light"
    drawn = sorted((ROOT / "benchmarks" / "results" / "charts").glob("*.svg"))
    assert len(shown) == 2 * len(drawn)
    assert all(is_shown == (f"-{scheme}.svg" in source) for source, is_shown in shown)


def test_charts_are_whole_on_a_narrow_screen(visit: Visit) -> None:
    visitor = visit("figures/", width=NARROW)
    right = "[...document.querySelectorAll('img.chart')].map(each => each.getBoundingClientRect().right)"
    assert 0 < max(visitor.evaluate(right)) <= NARROW, "what is cut off are the longer bars, and the numbers of all"


@pytest.mark.parametrize("name", MAIN_PAGES)
def test_pictures_of_the_main_pages(visit: Visit, name: str) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    pictures: list[Path] = []
    for what, options in screens():
        path = SCREENSHOTS / f"{name}-{what}.png"
        visit(MAIN_PAGES[name], **options).page.screenshot(path=str(path))
        pictures.append(path)
    assert all(path.stat().st_size > 10_000 for path in pictures)


def screens() -> list[tuple[str, dict[str, Any]]]:
    return [
        ("wide", {"height": 1600}),
        ("narrow", {"width": NARROW, "height": 1600}),
        ("dark", {"height": 1600, "dark": True}),
    ]
