"""`discover`: asks a server what it serves, and remembers the answer.

https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api
"""

from __future__ import annotations

from weakref import WeakKeyDictionary

import anyio

from kubex.api._transport import check_client, fetch
from kubex.client.base import BaseClient
from kubex.core._discovery_documents import ACCEPT, aggregated_groups, group_versions, legacy_group, resources_of
from kubex.core.discovery import (
    DiscoveredGroup,
    DiscoveredResource,
    DiscoveredSubresource,
    DiscoveredVersion,
    Discovery,
)
from kubex.core.exceptions import InvalidResponse, KubexApiError, KubexClientException, NotFound
from kubex.core.params import ApiRequestTimeoutTypes
from kubex.core.request import Request, RequestAction

__all__ = [
    "DiscoveredGroup",
    "DiscoveredResource",
    "DiscoveredSubresource",
    "DiscoveredVersion",
    "Discovery",
    "discover",
]

_AT_ONCE = 8  # requests to an older server, which has a document for each version


class _Remembered:
    """What one client's server serves, as far as it was asked."""

    def __init__(self) -> None:
        self.asking = anyio.Lock()
        self.discovery: Discovery | None = None


_remembered: WeakKeyDictionary[BaseClient, _Remembered] = WeakKeyDictionary()


async def discover(
    client: BaseClient, *, refresh: bool = False, request_timeout: ApiRequestTimeoutTypes = ...
) -> Discovery:
    """Find out what a server serves: groups, versions, resources and subresources.

    Asked once for each client and remembered. Two requests; to servers that don't give all at once (before Kubernetes
    1.26), one more for each version.

    Args:
        client: of the server.
        refresh: ask again; after a CustomResourceDefinition was created, for instance.
        request_timeout: bounds each request.

    Raises:
        InvalidType: no client.
        KubexClientException: the server does not answer, or refuses. A group whose own API service does not answer is
            no error: see `Discovery.unavailable`.

    Example:
        ```python
        discovery = await discover(client)
        for resource in discovery.in_category("all"):
            print(resource.api_version, resource.kind, resource.short_names)
        ```
    """
    check_client(client)
    remembered = _remembered.get(client)
    if remembered is None:
        remembered = _remembered.setdefault(client, _Remembered())
    before = remembered.discovery
    if before is not None and not refresh:
        return before
    async with remembered.asking:
        if remembered.discovery is None or remembered.discovery is before:  # nobody has asked meanwhile
            remembered.discovery = await _ask(client, request_timeout)
        return remembered.discovery


async def _ask(client: BaseClient, request_timeout: ApiRequestTimeoutTypes) -> Discovery:
    groups: list[DiscoveredGroup] = []
    unavailable: dict[str, str] = {}
    for path in ("/api", "/apis"):
        try:
            body = await _fetch(client, path, request_timeout, accept=ACCEPT)
        except NotFound:
            if path == "/api":  # an API server that extends another has groups alone
                continue
            raise
        aggregated = aggregated_groups(body, path)
        if aggregated is not None:
            groups += aggregated[0]
            unavailable |= aggregated[1]
        else:
            groups += await _ask_each(client, group_versions(body, path), unavailable, request_timeout)
    return Discovery(groups, unavailable)


async def _ask_each(
    client: BaseClient,
    versions: dict[str, list[str]],
    unavailable: dict[str, str],
    request_timeout: ApiRequestTimeoutTypes,
) -> list[DiscoveredGroup]:
    """Ask for each version by itself."""
    resources: dict[str, tuple[DiscoveredResource, ...]] = {}
    failures: list[KubexClientException] = []
    limiter = anyio.CapacityLimiter(_AT_ONCE)

    async def ask(group: str, group_version: str) -> None:
        async with limiter:
            if failures:
                return
            path = f"/apis/{group_version}" if group else f"/api/{group_version}"
            try:
                body = await _fetch(client, path, request_timeout)
                resources[group_version] = resources_of(body, group, group_version.rpartition("/")[2])
            except (KubexApiError, InvalidResponse) as error:
                unavailable[group_version] = str(error)
            except KubexClientException as error:
                failures.append(error)

    async with anyio.create_task_group() as tasks:
        for group, each in versions.items():
            for group_version in each:
                tasks.start_soon(ask, group, group_version)
    if failures:
        raise failures[0]
    found = (legacy_group(name, each, resources) for name, each in versions.items())
    return [group for group in found if group is not None]


async def _fetch(
    client: BaseClient, path: str, request_timeout: ApiRequestTimeoutTypes, *, accept: str | None = None
) -> bytes:
    headers = None if accept is None else {"Accept": accept}
    action = RequestAction("get", path)
    return await fetch(client, Request("GET", path, headers=headers, timeout=request_timeout, action=action))
