"""The few requests to the API server that starting a cluster takes, by the standard library alone."""

from __future__ import annotations

import http.client
import json
import ssl
import urllib.request
from typing import Any

from testbed.settings import Settings

__all__ = ("ApiServer",)

_TIMEOUT = 5  # seconds


class ApiServer:
    """The testbed's API server, asked as its administrator."""

    def __init__(self, settings: Settings) -> None:
        context = ssl.create_default_context(cafile=str(settings.directory / "ca.crt"))
        context.load_cert_chain(settings.directory / "admin.crt", settings.directory / "admin.key")
        self._url = settings.api_url
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        )

    def answers(self, path: str) -> bool:
        """Tell whether a GET of `path` (or of a whole URL) succeeds."""
        try:
            self._request("GET", path)
        except (OSError, http.client.HTTPException):
            return False
        return True

    def get(self, path: str) -> Any:
        """Return the object at `path`; `OSError` (the base of urllib's errors) where there is none."""
        return json.loads(self._request("GET", path))

    def merge(self, path: str, changes: dict[str, Any]) -> None:
        """Merge `changes` into the object at `path`."""
        self._request("PATCH", path, json.dumps(changes).encode())

    def _request(self, method: str, path: str, body: bytes | None = None) -> bytes:
        url = path if "://" in path else self._url + path
        headers = {"Content-Type": "application/merge-patch+json"} if body else {}
        request = urllib.request.Request(url, body, headers, method=method)  # noqa: S310 - our own URLs
        with self._opener.open(request, timeout=_TIMEOUT) as response:
            content: bytes = response.read()
        return content
