"""Takes the paths of resources apart."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

__all__ = ["Address", "parse_path"]


class Address(NamedTuple):
    """What a path names."""

    group: str
    version: str
    namespace: str | None
    """`None` where the path has none, `""` where its place is empty."""
    plural: str
    name: str
    subresource: str
    rest: str
    """What follows the subresource: the path that a proxy passes on."""
    watched: bool
    """Whether it is one of the old paths below `watch/`."""


@lru_cache(maxsize=4096)
def parse_path(path: str) -> Address | None:
    """Take a path apart: `/apis/apps/v1/namespaces/shop/deployments/web/scale`; `None` if it names no resource.

    Args:
        path: as it stands in the request line, without the query.
    """
    match unquote(path).removesuffix("/").split("/"):
        case ["", "api", version, *parts] if any(parts):
            group = ""
        case ["", "apis", group, version, *parts] if any(parts) and group:
            pass
        case _:
            return None
    watched = parts[0] == "watch" and len(parts) > 1
    if watched:
        del parts[0]
    namespace: str | None = None
    # `finalize` and `status` of a namespace, and not resources in it.
    if parts[0] == "namespaces" and len(parts) > 2 and not (len(parts) == 3 and parts[2] in ("finalize", "status")):
        namespace = parts[1]
        del parts[:2]
    plural, name, subresource, *rest = [*parts, "", "", ""][: max(len(parts), 3)]
    return Address(group, version, namespace, plural, name, subresource, "/".join(filter(None, rest)), watched)
