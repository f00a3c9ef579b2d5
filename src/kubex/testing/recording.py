"""What a server was asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal
from urllib.parse import parse_qsl

from kubex.testing.access.users import User

if TYPE_CHECKING:
    from multidict import CIMultiDictProxy

__all__ = ["RecordedRequest"]

# A WebSocket may carry a bearer token in its protocols.
_CREDENTIALS = ("Authorization", "Proxy-Authorization", "Cookie", "Sec-WebSocket-Protocol")


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
    user: User | None
    """Who asked; `None` if the answer was 401. On a server without authentication it is always the administrator."""
    impersonated_user: User | None
    """In whose name, if not in the asker's own."""
    decision: Literal["allow", "forbid"] | None
    """Of authorization; `None` if nobody knows who asked."""
    reason: str
    """Of the decision, as access reviews give it."""
    _received: CIMultiDictProxy[str] = field(repr=False)

    @cached_property
    def query(self) -> dict[str, str]:
        """The query's parameters; of one that is there again the first, as the server reads them."""
        found: dict[str, str] = {}
        for name, value in parse_qsl(self.query_string, keep_blank_values=True):
            found.setdefault(name, value)
        return found

    @property
    def user_agent(self) -> str:
        """What the client calls itself."""
        return self._received.get("User-Agent", "")

    @cached_property
    def headers(self) -> Mapping[str, str]:
        """The headers, in any case, without credentials."""
        shown = self._received.copy()
        for name in _CREDENTIALS:
            shown.popall(name, None)
        return shown

    def __repr__(self) -> str:
        place = f"{self.namespace}/" if self.namespace else ""
        return f"<{self.verb} {self.resource or self.path} {place}{self.name}>"
