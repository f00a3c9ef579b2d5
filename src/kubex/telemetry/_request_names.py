"""What a request is about, in few different words: names of objects would make a time series of each."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from kubex.core.request import Request

__all__ = ["RequestName", "name_of", "request_name"]

_VERBS: Final = {"GET": "get", "POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}


class RequestName(NamedTuple):
    """Path and resource of a request."""

    template: str
    """Path with `{namespace}` and `{name}` for what differs."""
    group: str = ""
    resource: str = ""
    """Plural of the resource, with its subresource: `pods/log`; `""` where the path is of none."""
    namespace: str | None = None
    name: str | None = None

    def verb(self, method: str) -> str:
        """Give the verb as rules of RBAC have it, watches aside."""
        verb = _VERBS.get(method, method.lower())
        if self.resource and self.name is None:
            return {"get": "list", "delete": "deletecollection"}.get(verb, verb)
        return verb


def name_of(request: Request) -> RequestName:
    """Give what a request is about; queries make no difference."""
    return request_name(request.url.partition("?")[0])


@lru_cache(maxsize=2048)
def request_name(path: str) -> RequestName:
    """Take a path apart.

    Args:
        path: below the server's address, without a query: `/api/v1/namespaces/shop/pods/web-0/log`.
    """
    parts = path.strip("/").split("/")
    if parts[0] == "api" and len(parts) > 2:
        group, root, rest = "", parts[:2], parts[2:]
    elif parts[0] == "apis" and len(parts) > 3:
        group, root, rest = parts[1], parts[:3], parts[3:]
    else:
        # Discovery, health, versions: as many as the server has, but for the documents of single group versions.
        return RequestName(path if parts[:2] != ["openapi", "v3"] else "/openapi/v3/{path}")
    namespace = None
    if rest[0] == "namespaces" and len(rest) > 2:
        namespace = rest[1]
        if rest[2] in ("status", "finalize"):  # of the namespace itself
            return _named([*root, "namespaces"], group, "namespaces", None, namespace, rest[2:])
        root, rest = [*root, "namespaces", "{namespace}"], rest[2:]
    name = rest[1] if len(rest) > 1 else None
    return _named([*root, rest[0]], group, rest[0], namespace, name, rest[2:])


def _named(
    root: list[str], group: str, resource: str, namespace: str | None, name: str | None, beyond: list[str]
) -> RequestName:
    parts = root if name is None else [*root, "{name}"]
    if beyond:
        resource = f"{resource}/{beyond[0]}"
        parts = [*parts, beyond[0], *(["{path}"] if len(beyond) > 1 else [])]
    return RequestName("/" + "/".join(parts), group, resource, namespace, name)
