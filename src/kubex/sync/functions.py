"""The functions of kubex that talk to a cluster, for programs without `await`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Any, TypeVar, overload

from kubex.api import Discovery
from kubex.api import discover as discover_asynchronously
from kubex.api import dynamic_api as dynamic_api_asynchronously
from kubex.core.params import ApiNamespaceTypes, ApiRequestTimeoutTypes, NamespaceTypes
from kubex.manifests import AppliedManifest, AppliedManifests, Manifest
from kubex.manifests import apply_manifests as apply_asynchronously
from kubex.runtime import wait_for as wait_asynchronously
from kubex.runtime.conditions import Absence, Condition
from kubex.sync._api import Api
from kubex.sync._api_face import check_api, check_client
from kubex.sync.client import Client, create_client
from kubex_core.models.dynamic_object import DynamicObject
from kubex_core.models.entity import Entity

__all__ = ["apply_manifests", "create_api", "discover", "dynamic_api", "wait_for"]

T = TypeVar("T", bound=Entity)


def create_api(resource_type: type[T], *, client: Client | None = None, namespace: NamespaceTypes = None) -> Api[T]:
    """Make an Api, and a client for it where none is given; parameters and errors as `kubex.create_api`.

    Example:
        ```python
        with create_api(Pod, namespace="shop") as pods:
            print(pods.get("web-0"))
        ```
    """
    if client is not None:
        return Api(resource_type, client, namespace=namespace)
    made = create_client()
    try:
        return _ApiWithItsOwnClient(resource_type, made, namespace=namespace)
    except BaseException:
        made.close()
        raise


class _ApiWithItsOwnClient(Api[T]):
    """An Api whose client was made for it, and is closed with it."""

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.client.close()


def discover(client: Client, *, refresh: bool = False, request_timeout: ApiRequestTimeoutTypes = ...) -> Discovery:
    """Find out what a server serves; parameters and errors as `kubex.discover`."""
    check_client(client)
    return client.thread.run(
        lambda: discover_asynchronously(client.asynchronous, refresh=refresh, request_timeout=request_timeout)
    )


def dynamic_api(client: Client, api_version: str, kind: str, *, namespace: NamespaceTypes = None) -> Api[DynamicObject]:
    """Make an Api of a kind that there is no class of; parameters and errors as `kubex.dynamic_api`.

    Example:
        ```python
        deployments = dynamic_api(client, "apps/v1", "Deployment", namespace="shop")
        print(deployments.get("web")["spec"]["replicas"])
        ```
    """
    check_client(client)
    made = client.thread.run(
        lambda: dynamic_api_asynchronously(client.asynchronous, api_version, kind, namespace=namespace)
    )
    return Api[DynamicObject].of(client, made)


@overload
def wait_for(  # pyright: ignore[reportOverlappingOverload]  # an Absence is the one Condition that holds of nothing
    api: Api[T], name: str, condition: Absence, *, timeout: float | None, namespace: ApiNamespaceTypes = ...
) -> T | None: ...
@overload
def wait_for(
    api: Api[T],
    name: str,
    condition: Condition[T] | Callable[[T], object],
    *,
    timeout: float | None,
    namespace: ApiNamespaceTypes = ...,
) -> T: ...
def wait_for(
    api: Api[T],
    name: str,
    condition: Condition[Any] | Callable[[T], object],
    *,
    timeout: float | None,
    namespace: ApiNamespaceTypes = ...,
) -> T | None:
    """Wait until a condition holds of an object; parameters and errors as `kubex.wait_for`.

    Example:
        ```python
        wait_for(deployments, "web", kubex.conditions.rollout_complete, timeout=300)
        ```
    """
    check_api(api)
    return api.client.thread.run(
        lambda: wait_asynchronously(api.asynchronous, name, condition, timeout=timeout, namespace=namespace)
    )


def apply_manifests(
    client: Client,
    manifests: Iterable[Manifest | Entity | Mapping[str, Any]],
    *,
    field_manager: str,
    namespace: str | None = None,
    force: bool | None = None,
    dry_run: bool = False,
    prune: str | None = None,
    wait: float | None = None,
    on_result: Callable[[AppliedManifest], object] | None = None,
) -> AppliedManifests:
    """Apply objects, each after what it needs; parameters and errors as `kubex.apply_manifests`.

    Example:
        ```python
        apply_manifests(client, load_manifests(Path("manifests/")), field_manager="shop-bot").check()
        ```
    """
    check_client(client)
    return client.thread.run(
        lambda: apply_asynchronously(
            client.asynchronous,
            manifests,
            field_manager=field_manager,
            namespace=namespace,
            force=force,
            dry_run=dry_run,
            prune=prune,
            wait=wait,
            on_result=on_result,
        )
    )
