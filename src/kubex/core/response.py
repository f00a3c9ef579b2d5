"""`Response`: a whole answer of the API server."""

from __future__ import annotations

from collections.abc import Mapping

from kubex.core.exceptions import error_from_body
from kubex.core.request import Request

__all__ = ["Response", "raise_for_status"]


class Response:
    """A whole answer.

    Args:
        content: body, decompressed.
        headers: headers; the clients' own are case-insensitive.
        status_code: HTTP status code.
    """

    __slots__ = ("content", "headers", "status_code")

    def __init__(self, content: bytes | str, headers: Mapping[str, str], status_code: int) -> None:
        self.content: bytes = content.encode() if isinstance(content, str) else content
        self.headers: Mapping[str, str] = headers
        self.status_code: int = status_code

    def __repr__(self) -> str:
        return f"<Response {self.status_code}, {len(self.content)} bytes>"


def raise_for_status(response: Response, request: Request) -> None:
    """Raise the typed error of an answer of 400 or more.

    Raises:
        KubexApiError: the subclass of the answer's status.
    """
    if response.status_code >= 400:
        raise error_from_body(response.content, response.status_code, request.action)
