"""What a server was asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qsl

__all__ = ["RecordedRequest"]

# A WebSocket may carry a bearer token in its protocols.
_CREDENTIALS = frozenset({"authorization", "proxy-authorization", "cookie", "sec-websocket-protocol"})


@dataclass(frozen=True)
class RecordedRequest:
    """One request that came in, for the assertions of tests."""

    method: str
    path: str
    verb: str
    """`get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`; the method in lower case
    where the path is no resource's."""
    group: str
    version: str
    resource: str
    """Plural: `pods`; `""` where the path is no resource's."""
    namespace: str | None
    name: str
    subresource: str
    query_string: str
    all_headers: Mapping[str, str]

    @cached_property
    def query(self) -> dict[str, str]:
        """The query's parameters."""
        return dict(parse_qsl(self.query_string, keep_blank_values=True))

    @property
    def user_agent(self) -> str:
        """What the client calls itself."""
        return self.all_headers.get("User-Agent", "")

    @cached_property
    def headers(self) -> dict[str, str]:
        """The headers, without credentials."""
        return {name: value for name, value in self.all_headers.items() if name.lower() not in _CREDENTIALS}

    def __repr__(self) -> str:
        place = f"{self.namespace}/" if self.namespace else ""
        return f"<{self.verb} {self.resource or self.path} {place}{self.name}>"
