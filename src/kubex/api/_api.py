"""`Api[T]`: every call on one resource class."""

# Long because every verb of the API stands here with all its parameters spelled out: editors show them, type checkers
# check them, and each body is a few lines.

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Generic, Self, TypeVar, cast

from pydantic import BaseModel

from kubex.api._editing import create_or_replace, edit, with_version
from kubex.api._namespace import check_namespace, described, required_namespace, resolve_namespace
from kubex.api._paging import check_page_size, follow_pages, items_of
from kubex.api._protocol import CachedSubresourceDescriptor, imported
from kubex.api._transport import (
    check_client,
    fetch_list,
    fetch_object,
    fetch_object_with_body,
    status_or_list,
    status_or_object,
    stream_events,
)
from kubex.client.base import BaseClient
from kubex.core._resource_class import config_of
from kubex.core.exceptions import InvalidArgument, InvalidType, NotFound
from kubex.core.params import (
    ApiNamespaceTypes,
    ApiRequestTimeoutTypes,
    DryRunTypes,
    FieldValidation,
    NamespaceTypes,
    Precondition,
    PropagationPolicyTypes,
    ResourceVersionTypes,
    VersionMatch,
)
from kubex.core.request_builder import RequestBuilder
from kubex.core.watch_event import WatchEvent
from kubex_core.models.base_struct import BaseStruct
from kubex_core.models.dynamic_object import DynamicObject
from kubex_core.models.entity import Entity
from kubex_core.models.interfaces import (
    Evictable,
    HasApproval,
    HasAttach,
    HasBinding,
    HasEphemeralContainers,
    HasExec,
    HasFinalize,
    HasLogs,
    HasPortForward,
    HasResize,
    HasScaleSubresource,
    HasStatusSubresource,
    HasTokenRequest,
)
from kubex_core.models.list_entity import ListEntity
from kubex_core.models.resource_config import Scope
from kubex_core.models.status import Status

# Each accessor is imported by the programs that use it: together they are the larger part of this layer.
if TYPE_CHECKING:
    from kubex.api._approval import ApprovalAccessor
    from kubex.api._attach import AttachAccessor
    from kubex.api._binding import BindingAccessor
    from kubex.api._copy import CopyAccessor
    from kubex.api._ephemeral_containers import EphemeralContainersAccessor
    from kubex.api._eviction import EvictionAccessor
    from kubex.api._exec import ExecAccessor
    from kubex.api._finalize import FinalizeAccessor
    from kubex.api._logs import LogsAccessor
    from kubex.api._metadata import MetadataAccessor
    from kubex.api._portforward import PortforwardAccessor
    from kubex.api._resize import ResizeAccessor
    from kubex.api._scale import ScaleAccessor
    from kubex.api._status import StatusAccessor
    from kubex.api._subresource import SubresourceAccessor
    from kubex.api._token import TokenAccessor
    from kubex.core.patch import Patch, PatchBody
    from kubex.core.selectors import FieldSelector, LabelSelector

__all__ = ["Api", "create_api"]

T = TypeVar("T", bound=Entity)
M = TypeVar("M", bound=BaseStruct | BaseModel | DynamicObject)


class Api(Generic[T]):
    """Every call on one resource class.

    Accessors (`logs`, `scale`, `status`, …) are there only where the class carries their marker: elsewhere they are a
    type error in mypy and pyright, and when read an `UnsupportedSubresource`, which is a `NotImplementedError` and, for
    `hasattr`, an `AttributeError`.

    Every method takes `namespace` (`...` the Api's own; `None` all namespaces on lists and watches) and
    `request_timeout` (`...` the client's default, `None` none, a number total seconds, or a `Timeout`), and raises
    `InvalidArgument` before any request, a `KubexApiError` where the server says no, and another
    `KubexClientException` where there is no answer.

    Args:
        resource_type: class of the resource, a generated model or one of your own.
        client: sends the requests.
        namespace: the namespace of calls that name none; `None` for resources outside namespaces, or to list and watch
            them all.

    Raises:
        InvalidArgument: a namespace for a resource that lives outside them.
        InvalidType: no class of a resource, or no client.

    Example:
        ```python
        async with await create_client() as client:
            pods = Api(Pod, client, namespace="shop")
            pod = await pods.get("web-0")
        ```

    https://kubernetes.io/docs/reference/using-api/api-concepts/
    """

    logs: CachedSubresourceDescriptor[HasLogs, LogsAccessor] = CachedSubresourceDescriptor(
        HasLogs, imported("kubex.api._logs", "LogsAccessor")
    )
    """What containers wrote."""
    exec: CachedSubresourceDescriptor[HasExec, ExecAccessor] = CachedSubresourceDescriptor(
        HasExec, imported("kubex.api._exec", "ExecAccessor")
    )
    """Commands in running containers."""
    attach: CachedSubresourceDescriptor[HasAttach, AttachAccessor] = CachedSubresourceDescriptor(
        HasAttach, imported("kubex.api._attach", "AttachAccessor")
    )
    """The main process of running containers."""
    copy: CachedSubresourceDescriptor[HasExec, CopyAccessor] = CachedSubresourceDescriptor(
        HasExec, imported("kubex.api._copy", "CopyAccessor")
    )
    """Files and trees, into running containers and out of them."""
    scale: CachedSubresourceDescriptor[HasScaleSubresource, ScaleAccessor] = CachedSubresourceDescriptor(
        HasScaleSubresource, imported("kubex.api._scale", "ScaleAccessor")
    )
    """The replica count."""
    status: CachedSubresourceDescriptor[HasStatusSubresource, StatusAccessor[T]] = CachedSubresourceDescriptor(
        HasStatusSubresource, imported("kubex.api._status", "StatusAccessor")
    )
    """The status, which controllers write."""
    eviction: CachedSubresourceDescriptor[Evictable, EvictionAccessor] = CachedSubresourceDescriptor(
        Evictable, imported("kubex.api._eviction", "EvictionAccessor")
    )
    """Removal as disruption budgets allow."""
    ephemeral_containers: CachedSubresourceDescriptor[HasEphemeralContainers, EphemeralContainersAccessor[T]] = (
        CachedSubresourceDescriptor(
            HasEphemeralContainers, imported("kubex.api._ephemeral_containers", "EphemeralContainersAccessor")
        )
    )
    """Containers added to a running pod."""
    resize: CachedSubresourceDescriptor[HasResize, ResizeAccessor[T]] = CachedSubresourceDescriptor(
        HasResize, imported("kubex.api._resize", "ResizeAccessor")
    )
    """A running pod's CPU and memory."""
    portforward: CachedSubresourceDescriptor[HasPortForward, PortforwardAccessor] = CachedSubresourceDescriptor(
        HasPortForward, imported("kubex.api._portforward", "PortforwardAccessor")
    )
    """Connections to ports of a pod."""

    token: CachedSubresourceDescriptor[HasTokenRequest, TokenAccessor] = CachedSubresourceDescriptor(
        HasTokenRequest, imported("kubex.api._token", "TokenAccessor")
    )
    """Tokens of a service account."""
    binding: CachedSubresourceDescriptor[HasBinding, BindingAccessor] = CachedSubresourceDescriptor(
        HasBinding, imported("kubex.api._binding", "BindingAccessor")
    )
    """Placement of a pod on a node."""
    approval: CachedSubresourceDescriptor[HasApproval, ApprovalAccessor[T]] = CachedSubresourceDescriptor(
        HasApproval, imported("kubex.api._approval", "ApprovalAccessor")
    )
    """Approval of a certificate signing request."""
    finalize: CachedSubresourceDescriptor[HasFinalize, FinalizeAccessor[T]] = CachedSubresourceDescriptor(
        HasFinalize, imported("kubex.api._finalize", "FinalizeAccessor")
    )
    """Finalizers in a namespace's spec."""

    def __init__(self, resource_type: type[T], client: BaseClient, *, namespace: NamespaceTypes = None) -> None:
        config = config_of(resource_type)
        check_client(client)
        self._resource_type = resource_type
        self._client = client
        self._scope: Scope = config.scope
        self._requests = RequestBuilder(config)
        check_namespace(namespace, self._scope, resource_type)
        self._namespace = namespace

    @property
    def resource_type(self) -> type[T]:
        """Class of the resource."""
        return self._resource_type

    @property
    def client(self) -> BaseClient:
        """Client that sends the requests."""
        return self._client

    @property
    def namespace(self) -> str | None:
        """Namespace of calls that name none."""
        return self._namespace

    @property
    def request_builder(self) -> RequestBuilder:
        """Builder of the requests."""
        return self._requests

    @cached_property
    def metadata(self) -> MetadataAccessor:
        """The same objects, their metadata alone."""
        from kubex.api._metadata import MetadataAccessor

        return MetadataAccessor(self._client, self._requests, self._namespace, self._scope, self._resource_type)

    def subresource(self, name: str, model: type[M]) -> SubresourceAccessor[M]:
        """Give an accessor of any subresource, for those that have none of their own.

        Args:
            name: the subresource's path below its object.
            model: class that it is read and written as.
        """
        from kubex.api._subresource import SubresourceAccessor

        return SubresourceAccessor(
            self._client,
            self._requests,
            self._namespace,
            self._scope,
            self._resource_type,
            subresource=name,
            model=model,
        )

    async def get(
        self,
        name: str,
        *,
        resource_version: ResourceVersionTypes = None,
        namespace: ApiNamespaceTypes = ...,
        request_timeout: ApiRequestTimeoutTypes = ...,
    ) -> T:
        """Read one object.

        Args:
            name: the object's name.
            resource_version: a version that the answer must not be older than; `"0"` takes any, from the server's
                cache.
            namespace: see the class.
            request_timeout: see the class.

        Raises:
            NotFound: no such object.
        """
        request = self._requests.get(
            name, self._one_namespace(namespace), resource_version=resource_version, timeout=request_timeout
        )
        return await fetch_object(self._client, request, self._resource_type)

    async def get_or_none(
        self,
        name: str,
        *,
        resource_version: ResourceVersionTypes = None,
        namespace: ApiNamespaceTypes = ...,
        request_timeout: ApiRequestTimeoutTypes = ...,
    ) -> T | None:
        """Read one object, `None` where there is none; parameters as `get`.

        Raises:
            NotFound: the server does not have the resource itself: a CustomResourceDefinition that is not there.
        """
        try:
            return await self.get(
                name, resource_version=resource_version, namespace=namespace, request_timeout=request_timeout
            )
        except NotFound as error:
            if error.details is None or error.details.name is None:
                raise
            return None

    async def list(
        self,
        *,
        label_selector: str | LabelSelector | None = None,
        field_selector: str | FieldSelector | None = None,
        timeout_seconds: int | None = None,
        limit: int | None = None,
        continue_token: str | None = None,
        version_match: VersionMatch | None = None,
        resource_version: ResourceVersionTypes = None,
        namespace: ApiNamespaceTypes = ...,
        request_timeout: ApiRequestTimeoutTypes = ...,
    ) -> ListEntity[T]:
        """List objects; all in one answer unless `limit` is given (`pages` and `iterate` follow the pages for you).

        Args:
            label_selector: only objects with these labels, e.g. `app=web,tier in (a, b)`.
            field_selector: only objects with these fields, e.g. `status.phase=Running`.
            timeout_seconds: the server's own bound.
            limit: objects of a page.
            continue_token: `metadata.continue_` of the page before.
            version_match: how `resource_version` is meant.
            resource_version: version of the list; `"0"` takes any, from the server's cache.
            namespace: see the class; `None` is all namespaces.
            request_timeout: see the class.

        Raises:
            Gone: the continue token or the resource version is too old.
        """
        request = self._requests.list(
            self._any_namespace(namespace),
            label_selector=label_selector,
            field_selector=field_selector,
            timeout_seconds=timeout_seconds,
            limit=limit,
            continue_token=continue_token,
            version_match=version_match,
            resource_version=resource_version,
            timeout=request_timeout,
        )
        return await fetch_list(self._client, request, self._resource_type)

    def pages(
        self,
        page_size: int = 500,
        *,
        label_selector: str | LabelSelector | None = None,
        field_selector: str | FieldSelector | None = None,
        timeout_seconds: int | None = None,
        version_match: VersionMatch | None = None,
        resource_version: ResourceVersionTypes = None,
        namespace: ApiNamespaceTypes = ...,
        request_timeout: ApiRequestTimeoutTypes = ...,
    ) -> AsyncGenerator[ListEntity[T], None]:
        """List objects page by page, holding one page; parameters as `list`, time-outs for each page.

        A continue token that expires on the way is replaced by the one the server offers: from then on the pages are
        of a later moment, but nothing is given twice.

        Args:
            page_size: objects of a page.

        Raises:
            Gone: a token expired and the server offered none.
        """
        check_page_size(page_size)
        self._any_namespace(namespace)  # a wrong one is refused here, not at the first page

        async def fetch_page(token: str | None) -> ListEntity[T]:
            return await self.list(
                label_selector=label_selector,
                field_selector=field_selector,
                timeout_seconds=timeout_seconds,
                limit=page_size,
                continue_token=token,
                # The token carries the version; the API refuses both beside it.
                version_match=version_match if token is None else None,
                resource_version=resource_version if token is None else None,
                namespace=namespace,
                request_timeout=request_timeout,
            )

        return follow_pages(fetch_page)

    def iterate(
        self,
        page_size: int = 500,
        *,
        label_selector: str | LabelSelector | None = None,
        field_selector: str | FieldSelector | None = None,
        timeout_seconds: int | None = None,
        version_match: VersionMatch | None = None,
        resource_version: ResourceVersionTypes = None,
        namespace: ApiNamespaceTypes = ...,
        request_timeout: ApiRequestTimeoutTypes = ...,
    ) -> AsyncGenerator[T, None]:
        """Give objects one by one, holding one page; parameters and errors as `pages`."""
        return items_of(
            self.pages(
                page_size,
                label_selector=label_selector,
                field_selector=field_selector,
                timeout_seconds=timeout_seconds,
                version_match=version_match,
                resource_version=resource_version,
                namespace=namespace,
                request_timeout=request_timeout,
            )
        )

    async def create(
        self,
        data: T,
        *,
        dry_run: DryRunTypes = None,
        field_manager: str | None = None,
        field_validation: FieldValidation | None = None,
        namespace: ApiNamespaceTypes = ...,
        request_timeout: ApiRequestTimeoutTypes = ...,
    ) -> T:
        """Create an object and give it as the server has it.

        Args:
            data: the object; its `metadata.namespace` is used where neither the call nor the Api has one.
            dry_run: only try.
            field_manager: name of the program, for managedFields.
            field_validation: what the server does about fields it does not know.
            namespace: see the class.
            request_timeout: see the class.

        Raises:
            AlreadyExists: an object of this name is there.
            InvalidType: `data` is None.
            UnprocessableEntity: the object is invalid.
        """
        request = self._requests.create(
            self._one_namespace(self._namespace_of(data, namespace)),
            data,
            dry_run=dry_run,
            field_manager=field_manager,
            field_validation=field_validation,
            timeout=request_timeout,
        )
        return await fetch_object(self._client, request, self._resource_type)

    async def replace(
        self,
        name: str,
        data: T,
        *,
        dry_run: DryRunTypes = None,
        field_manager: str | None = None,
        field_validation: FieldValidation | None = None,
        namespace: ApiNamespaceTypes = ...,
        request_timeout: ApiRequestTimeoutTypes = ...,
    ) -> T:
        """Write an object whole and give it as the server has it.

        What the class has no field for is lost: use `patch` to change a part of an object.

        Args:
            name: the object's name.
            data: the object; with `metadata.resource_version` it is written only if no one else has in the meantime.
            dry_run: only try.
            field_manager: name of the program, for managedFields.
            field_validation: what the server does about fields it does not know.
            namespace: see the class.
            request_timeout: see the class.

        Raises:
            Conflict: the object changed since `data` was read.
            NotFound: no such object.
            UnprocessableEntity: the object is invalid.
        """
        if data is None:  # pyright: ignore[reportUnnecessaryComparison]
            raise self._no_object()
        request = self._requests.replace(
            name,
            self._one_namespace(namespace),
            data,
            dry_run=dry_run,
            field_manager=field_manager,
            field_validation=field_validation,
            timeout=request_timeout,
        )
        return await fetch_object(self._client, request, self._resource_type)

    async def patch(
        self,
        name: str,
        patch: Patch,
        *,
        dry_run: DryRunTypes = None,
        field_manager: str | None = None,
        force: bool | None = None,
        field_validation: FieldValidation | None = None,
        namespace: ApiNamespaceTypes = ...,
        request_timeout: ApiRequestTimeoutTypes = ...,
    ) -> T:
        """Change parts of an object and give it as the server has it.

        Args:
            name: the object's name.
            patch: a `MergePatch`, `StrategicMergePatch`, `JsonPatch` or `ApplyPatch`.
            dry_run: only try.
            field_manager: name of the program, for managedFields; an `ApplyPatch` needs it.
            force: take fields that another manager owns (`ApplyPatch` only).
            field_validation: what the server does about fields it does not know.
            namespace: see the class.
            request_timeout: see the class.

        Raises:
            NotFound: no such object (an `ApplyPatch` creates it).
            Conflict: another manager owns a field that is applied, or a version in the patch is not the current one.
            UnprocessableEntity: the object would be invalid, or a test of a `JsonPatch` failed.
        """
        request = self._requests.patch(
            name,
            self._one_namespace(namespace),
            patch,
            dry_run=dry_run,
            field_manager=field_manager,
            force=force,
            field_validation=field_validation,
            timeout=request_timeout,
        )
        return await fetch_object(self._client, request, self._resource_type)

    async def create_or_replace(
        self,
        data: T,
        *,
        dry_run: DryRunTypes = None,
        field_manager: str | None = None,
        field_validation: FieldValidation | None = None,
        namespace: ApiNamespaceTypes = ...,
        request_timeout: ApiRequestTimeoutTypes = ...,
    ) -> T:
        """Create an object, or write it whole over the one of its name, whatever that one's version.

        What the class has no field for is lost, as with `replace`; `apply` changes no more than what it is given.

        Args:
            data: the object; its `metadata.resource_version` is not sent.
            dry_run: only try.
            field_manager: name of the program, for managedFields.
            field_validation: what the server does about fields it does not know.
            namespace: as in `create`.
            request_timeout: see the class; bounds each of the requests.

        Raises:
            Conflict: each time, others wrote the object between the reading of its version and the writing.
            UnprocessableEntity: the object is invalid.
        """
        namespace = self._one_namespace(self._namespace_of(data, namespace))

        async def create() -> T:
            return await self.create(
                with_version(data, None),
                dry_run=dry_run,
                field_manager=field_manager,
                field_validation=field_validation,
                namespace=namespace,
                request_timeout=request_timeout,
            )

        async def replace(name: str) -> T:
            current = await self.metadata.get(name, namespace=namespace, request_timeout=request_timeout)
            return await self.replace(
                name,
                with_version(data, current.metadata.resource_version),
                dry_run=dry_run,
                field_manager=field_manager,
                field_validation=field_validation,
                namespace=namespace,
                request_timeout=request_timeout,
            )

        return await create_or_replace(data.metadata.name, create, replace)

    async def apply(
        self,
        data: T | DynamicObject,
        *,
        field_manager: str,
        force: bool | None = None,
        dry_run: DryRunTypes = None,
        field_validation: FieldValidation | None = None,
        namespace: ApiNamespaceTypes = ...,
        request_timeout: ApiRequestTimeoutTypes = ...,
    ) -> T:
        """Server-side apply: create the object, or make the fields of the one there is what they are in `data`.

        Fields that `data` does not have stay as they are, unless this manager had applied them before: those go.

        Args:
            data: what is wanted, and nothing more: what is `None` is not sent. A `DynamicObject`, such as `extract`
                gives, has no fields that are required.
            field_manager: name of the program; it becomes the owner of the fields.
            force: take fields that another manager owns.
            dry_run: only try.
            field_validation: what the server does about fields it does not know.
            namespace: as in `create`.
            request_timeout: see the class.

        Raises:
            InvalidArgument: `data` has no name, or is an object as the server gave it, with managed fields.
            Conflict: another manager owns a field that would change; its text says which.
            UnprocessableEntity: the object would be invalid.

        Example:
            ```python
            await deployments.apply(desired, field_manager="shop-bot")
            ```

        https://kubernetes.io/docs/reference/using-api/server-side-apply/
        """
        from kubex.core.patch import ApplyPatch

        if data is None:  # pyright: ignore[reportUnnecessaryComparison]
            raise self._no_object()
        name = data.metadata.name
        if not name:
            raise InvalidArgument(f"apply of a {type(data).__name__}: metadata.name is needed")
        if data.metadata.managed_fields:
            raise InvalidArgument(
                f'apply of {type(data).__name__} "{name}": this is the object as the server gave it, every field of it '
                "would become this manager's; apply an object with the wanted fields alone, or use edit"
            )
        return await self.patch(
            name,
            ApplyPatch(cast("PatchBody", data)),
            dry_run=dry_run,
            field_manager=field_manager,
            force=force,
            field_validation=field_validation,
            namespace=self._namespace_of(data, namespace),
            request_timeout=request_timeout,
        )

    async def edit(
        self,
        name: str,
        change: Callable[[T], T | None],
        *,
        dry_run: DryRunTypes = None,
        field_manager: str | None = None,
        field_validation: FieldValidation | None = None,
        namespace: ApiNamespaceTypes = ...,
        request_timeout: ApiRequestTimeoutTypes = ...,
    ) -> T:
        """Read an object, change it, and send the difference, guarded by the version; all again on a conflict.

        What the class has no field for stays as it is on the server: nothing but the difference is sent.

        Args:
            name: the object's name.
            change: changes the object in place, or gives a changed one. It runs once for each try, on the object as it
                is then.
            dry_run: only try.
            field_manager: name of the program, for managedFields.
            field_validation: what the server does about fields it does not know.
            namespace: see the class.
            request_timeout: see the class; bounds each of the requests.

        Returns:
            The object as the server has it; nothing is sent where `change` changes nothing.

        Raises:
            NotFound: no such object.
            Conflict: others changed it each time, five times in a row.
            UnprocessableEntity: the object would be invalid.
            InvalidType: `change` gives something else than an object of this class or `None`.
            InvalidArgument: the object has another name or namespace than before.

        Example:
            ```python
            def scale_up(web: Deployment) -> None:
                web.spec.replicas += 1

            await deployments.edit("web", scale_up)
            ```

        https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply
        """
        place = self._one_namespace(namespace)

        async def read() -> tuple[T, bytes]:
            request = self._requests.get(name, place, timeout=request_timeout)
            return await fetch_object_with_body(self._client, request, self._resource_type)

        async def write(patch: Patch) -> T:
            return await self.patch(
                name,
                patch,
                dry_run=dry_run,
                field_manager=field_manager,
                field_validation=field_validation,
                namespace=place,
                request_timeout=request_timeout,
            )

        return await edit(read, write, change)

    async def delete(
        self,
        name: str,
        *,
        dry_run: DryRunTypes = None,
        grace_period_seconds: int | None = None,
        propagation_policy: PropagationPolicyTypes = None,
        preconditions: Precondition | None = None,
        namespace: ApiNamespaceTypes = ...,
        request_timeout: ApiRequestTimeoutTypes = ...,
    ) -> Status | T:
        """Delete an object.

        Args:
            name: the object's name.
            dry_run: only try.
            grace_period_seconds: time to stop in, in seconds; 0 at once.
            propagation_policy: what becomes of the objects it owns.
            preconditions: uid or version that the object must have.
            namespace: see the class.
            request_timeout: see the class.

        Returns:
            The object where it takes time to go (finalizers, a grace period), else a `Status`.

        Raises:
            NotFound: no such object.
            Conflict: the preconditions don't hold.
        """
        request = self._requests.delete(
            name,
            self._one_namespace(namespace),
            dry_run=dry_run,
            grace_period_seconds=grace_period_seconds,
            propagation_policy=propagation_policy,
            preconditions=preconditions,
            timeout=request_timeout,
        )
        return await status_or_object(self._client, request, self._resource_type)

    async def delete_collection(
        self,
        *,
        label_selector: str | LabelSelector | None = None,
        field_selector: str | FieldSelector | None = None,
        timeout_seconds: int | None = None,
        limit: int | None = None,
        continue_token: str | None = None,
        version_match: VersionMatch | None = None,
        resource_version: ResourceVersionTypes = None,
        dry_run: DryRunTypes = None,
        grace_period_seconds: int | None = None,
        propagation_policy: PropagationPolicyTypes = None,
        preconditions: Precondition | None = None,
        namespace: ApiNamespaceTypes = ...,
        request_timeout: ApiRequestTimeoutTypes = ...,
    ) -> Status | ListEntity[T]:
        """Delete the objects that `list` with the same parameters gives, of one namespace; the rest as `delete`."""
        request = self._requests.delete_collection(
            self._one_namespace(namespace),
            list_params={
                "label_selector": label_selector,
                "field_selector": field_selector,
                "timeout_seconds": timeout_seconds,
                "limit": limit,
                "continue_token": continue_token,
                "version_match": version_match,
                "resource_version": resource_version,
            },
            dry_run=dry_run,
            grace_period_seconds=grace_period_seconds,
            propagation_policy=propagation_policy,
            preconditions=preconditions,
            timeout=request_timeout,
        )
        return await status_or_list(self._client, request, self._resource_type)

    def watch(
        self,
        *,
        label_selector: str | LabelSelector | None = None,
        field_selector: str | FieldSelector | None = None,
        allow_bookmarks: bool | None = None,
        send_initial_events: bool | None = None,
        timeout_seconds: int | None = None,
        resource_version: ResourceVersionTypes = None,
        namespace: ApiNamespaceTypes = ...,
        request_timeout: ApiRequestTimeoutTypes = ...,
    ) -> AsyncGenerator[WatchEvent[T], None]:
        """Follow the changes of objects until the server ends the stream (after some minutes, or `timeout_seconds`).

        One stream and no more: it does not resume. Cancelling the task closes the connection at once; to leave the
        loop early, wrap the generator in `contextlib.aclosing`, as any async generator that holds a connection.

        Args:
            label_selector: only objects with these labels.
            field_selector: only objects with these fields.
            allow_bookmarks: also give BOOKMARK events, which say how far the stream has come.
            send_initial_events: first give all objects there are as ADDED events, then a bookmark (servers of
                Kubernetes 1.32 and later).
            timeout_seconds: when the server is to end the stream.
            resource_version: version to start after, from a list or an earlier event; `None` starts with the objects
                there are.
            namespace: see the class; `None` is all namespaces.
            request_timeout: `...` bounds only the opening where the client's own `timeout` is `...`; a number or
                `Timeout` bounds the whole stream as written.

        Raises:
            Gone: the version is too old, at the start or later: list again.
            KubexClientException: the stream broke off.

        Example:
            ```python
            pods = await api.list()
            async with aclosing(api.watch(resource_version=pods.metadata.resource_version)) as events:
                async for event in events:
                    if event.type is EventType.DELETED:
                        break
            ```

        https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
        """
        request = self._requests.watch(
            self._any_namespace(namespace),
            label_selector=label_selector,
            field_selector=field_selector,
            allow_bookmarks=allow_bookmarks,
            send_initial_events=send_initial_events,
            timeout_seconds=timeout_seconds,
            resource_version=resource_version,
            timeout=request_timeout,
        )
        return stream_events(self._client, request, self._resource_type)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Leave the client open: whoever made it closes it."""

    def __repr__(self) -> str:
        where = f" in namespace {self._namespace!r}" if self._namespace is not None else ""
        return f"<Api of {self._resource_type.__name__}{where}>"

    def __str__(self) -> str:
        """Name what it is about as errors do."""
        return described(self._requests.config, self._namespace)

    def _namespace_of(self, data: T | DynamicObject, namespace: ApiNamespaceTypes) -> ApiNamespaceTypes:
        """Give the namespace of a call that writes an object: the object's own where neither call nor Api has one.

        Raises:
            InvalidType: there is no object.
        """
        if data is None:  # pyright: ignore[reportUnnecessaryComparison]
            raise self._no_object()
        if namespace is ... and self._namespace is None and self._scope is Scope.NAMESPACE:
            return data.metadata.namespace
        return namespace

    def _no_object(self) -> InvalidType:
        """Give the error of a write whose object is None."""
        return InvalidType.of("data", f"an object of {self._resource_type.__name__}", None)

    def _any_namespace(self, namespace: ApiNamespaceTypes) -> str | None:
        return resolve_namespace(namespace, self._namespace, self._scope, self._resource_type)

    def _one_namespace(self, namespace: ApiNamespaceTypes) -> str | None:
        if namespace is ... and self._namespace is not None:
            return self._namespace  # checked when the Api was made
        return required_namespace(namespace, self._namespace, self._scope, self._resource_type)


async def create_api(
    resource_type: type[T], *, client: BaseClient | None = None, namespace: NamespaceTypes = None
) -> Api[T]:
    """Make an Api, and a client for it where none is given.

    Args:
        resource_type: class of the resource.
        client: sends the requests; without one, `create_client()` makes it, and leaving `async with api` closes it.
        namespace: as in `Api`.

    Raises:
        ConfigurationError: no client is given, and no configuration is found.
        InvalidArgument: a namespace for a resource that lives outside them.

    Example:
        ```python
        async with await create_api(Pod, namespace="shop") as pods:
            print(await pods.get("web-0"))
        ```
    """
    if client is not None:
        return Api(resource_type, client, namespace=namespace)
    from kubex.client import create_client

    check_namespace(namespace, config_of(resource_type).scope, resource_type)
    return _ApiWithItsOwnClient(resource_type, await create_client(), namespace=namespace)


class _ApiWithItsOwnClient(Api[T]):
    """An Api whose client was made for it, and is closed with it."""

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._client.close()
