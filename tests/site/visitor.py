"""`Visitor`: one page in the browser, and all that it complained of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ("ROOT", "Visit", "Visitor")

ROOT = Path(__file__).parents[2]


class Visitor:
    """A tab of its own.

    Args:
        context: Playwright's, with nothing in it.
        address: of the site.
    """

    def __init__(self, context: Any, address: str) -> None:
        self.context = context
        self.problems: list[str] = []
        self.page: Any = context.new_page()
        self.page.set_default_timeout(30_000)
        self._address = address
        self._path = ""
        self.page.on("console", self._note_message)
        self.page.on("pageerror", self._note_error)
        self.page.on("request", self._note_request)
        self.page.on("response", self._note_response)

    def go(self, path: str) -> None:
        """Open a page of the site, and wait until it is whole."""
        self._path = path
        self.page.goto(self._address + path, wait_until="load")

    @property
    def path(self) -> str:
        """The present page, below the site's address."""
        url: str = self.page.url
        return url.removeprefix(self._address)

    def evaluate(self, script: str) -> Any:
        """Give what a script says of the page."""
        return self.page.evaluate(script)

    def colours(self, selector: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Give the colours of a text and of what is behind it, red, green and blue."""
        script = """element => {
            const pixel = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
            const read = colour => {
                pixel.clearRect(0, 0, 1, 1); pixel.fillStyle = colour; pixel.fillRect(0, 0, 1, 1);
                return [...pixel.getImageData(0, 0, 1, 1).data];
            };
            const text = read(getComputedStyle(element).color);
            for (let behind = element; behind; behind = behind.parentElement) {
                const colour = read(getComputedStyle(behind).backgroundColor);
                if (colour[3] === 255) return [text, colour];
            }
            return [text, [255, 255, 255, 255]];
        }"""
        text, behind = self.page.locator(selector).first.evaluate(script)
        opaque = text[3] / 255
        seen = [round(front * opaque + back * (1 - opaque)) for front, back in zip(text[:3], behind[:3], strict=True)]
        return tuple(seen), tuple(behind[:3])

    def _note(self, problem: str) -> None:
        self.problems.append(f"{self._path or 'the landing page'}: {problem}")

    def _note_message(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self._note(f"console: {message.text}")

    def _note_error(self, error: Any) -> None:
        self._note(f"script: {error}")

    def _note_request(self, request: Any) -> None:
        if not request.url.startswith((self._address, "data:", "blob:")):
            self._note(f"asks for {request.url}, which is not of the site")

    def _note_response(self, response: Any) -> None:
        if response.status >= 400:
            self._note(f"{response.status} for {response.url}")


Visit = Callable[..., Visitor]
