"""The built site on a local port, and a headless Chromium that visits it.

Playwright is only in the environment that builds the site, so its types are not named here.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from threading import Thread
from typing import Any

import pytest

from testbed.errors import TestbedError
from testbed.packages import PATH, install_packages
from tests.site.visitor import ROOT, Visit, Visitor

SITE = ROOT / "site"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing of each request."""


@pytest.fixture(scope="session")
def pages() -> list[str]:
    """The addresses of all pages, below that of the site."""
    found = sorted(SITE.rglob("index.html"))
    if not found:
        pytest.fail(f"there is no site in {SITE}: `make docs-check` builds it and runs these tests")
    return [f"{path.parent.relative_to(SITE)}/".removeprefix("./") for path in found]


@pytest.fixture(scope="session")
def address(pages: list[str]) -> Iterator[str]:
    """Where the site is served."""
    assert "tutorial/" in pages
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(SITE))) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium; installed where it is missing and the user is root, and otherwise a failure that says so."""
    try:
        install_packages({"chromium": "chromium"})
    except TestbedError as error:
        pytest.fail(f"the site can't be looked at without Chromium: {error}", pytrace=False)
    playwright: Any = import_module("playwright.sync_api")
    with playwright.sync_playwright() as started:
        launched = started.chromium.launch(executable_path=shutil.which("chromium", path=PATH))
        yield launched
        launched.close()


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Visit]:
    """Begins a visit: `visit(page, width=390, dark=True)`. What browsers complain of fails the test at its end."""
    visitors: list[Visitor] = []

    def begin(page: str = "", *, width: int = 1280, height: int = 860, dark: bool = False) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            permissions=["clipboard-read", "clipboard-write"],
        )
        visitor = Visitor(context, address)
        visitors.append(visitor)
        visitor.go(page)
        return visitor

    yield begin
    for visitor in visitors:
        visitor.context.close()
    assert [problem for visitor in visitors for problem in visitor.problems] == []
