"""`Request`: one call of the Kubernetes API, before a backend sends it."""

from __future__ import annotations

from types import EllipsisType

import msgspec

from kubex.core.params import Timeout, TimeoutTypes

__all__ = ["Request", "RequestAction"]


class RequestAction(msgspec.Struct, frozen=True, gc=False):
    """What a request does to which object: the subject of its errors."""

    verb: str
    resource: str
    name: str | None = None
    namespace: str | None = None
    subresource: str | None = None

    def described(self) -> str:
        """Give it as errors name it: `pods "web-0" in namespace "shop" (get)`."""
        text = self.resource
        if self.name is not None:
            text += f' "{self.name}"'
        if self.namespace is not None:
            text += f' in namespace "{self.namespace}"'
        verb = f"{self.verb} {self.subresource}" if self.subresource else self.verb
        return f"{text} ({verb})"


class Request:
    """One call of the Kubernetes API.

    Args:
        method: HTTP method in capitals.
        url: path below the server's address, e.g. `/api/v1/nodes`.
        query_params: query parameters, each once.
        body: body, already encoded.
        headers: headers beside those of the client (authorization, user agent).
        timeout: `...` the client's default, `None` no timeout, a number total seconds, or a `Timeout`.
        query_param_pairs: further query parameters, for names that are given more than once.
        action: what the request does, for the text of errors.
        waits_for_content: the server sends even its headers only with the first byte of content, as for a followed log
            that is silent yet: a stream's opening is then bounded up to the connection, not up to the headers.
    """

    __slots__ = (
        "action",
        "body",
        "headers",
        "method",
        "query_param_pairs",
        "query_params",
        "timeout",
        "url",
        "waits_for_content",
    )

    def __init__(
        self,
        method: str,
        url: str,
        query_params: dict[str, str] | None = None,
        body: str | bytes | None = None,
        headers: dict[str, str] | None = None,
        timeout: TimeoutTypes | EllipsisType = ...,
        query_param_pairs: list[tuple[str, str]] | None = None,
        action: RequestAction | None = None,
        waits_for_content: bool = False,
    ) -> None:
        self.method: str = method
        self.url: str = url
        self.query_params: dict[str, str] | None = query_params
        self.body: str | bytes | None = body
        self.headers: dict[str, str] | None = headers
        self.timeout: Timeout | EllipsisType | None = timeout if timeout is ... else Timeout.coerce(timeout)
        self.query_param_pairs: list[tuple[str, str]] | None = query_param_pairs
        self.action: RequestAction | None = action
        self.waits_for_content: bool = waits_for_content

    @property
    def query(self) -> list[tuple[str, str]]:
        """All query parameters, in order."""
        return [*(self.query_params or {}).items(), *(self.query_param_pairs or ())]

    def described(self) -> str:
        """Say what the request does; method and path where it does nothing known."""
        return self.action.described() if self.action is not None else f"{self.method} {self.url}"

    def __repr__(self) -> str:
        # No headers and no body: they may hold credentials and secrets.
        return f"<Request {self.method} {self.url} {self.query}>"
