"""`Api.metadata`: objects without their contents, at a fraction of the cost."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Any

from kubex.api._accessor import Accessor
from kubex.api._namespace import described, resolve_namespace
from kubex.api._paging import check_page_size, follow_pages, items_of
from kubex.api._transport import fetch_list, fetch_object, stream_events
from kubex.client.base import BaseClient
from kubex.core.params import (
    ApiNamespaceTypes,
    ApiRequestTimeoutTypes,
    DryRunTypes,
    FieldValidation,
    ResourceVersionTypes,
    VersionMatch,
)
from kubex.core.request_builder import RequestBuilder
from kubex.core.watch_event import WatchEvent
from kubex_core.models.list_entity import ListEntity
from kubex_core.models.partial_object_meta import PartialObjectMetadata
from kubex_core.models.resource_config import Scope

if TYPE_CHECKING:
    from kubex.core.patch import Patch
    from kubex.core.selectors import FieldSelector, LabelSelector

__all__ = ["MetadataAccessor"]

# A server that can't give metadata alone gives the whole object: its metadata is read from that.
_ACCEPT = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json"
_ACCEPT_LIST = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"


class MetadataAccessor(Accessor):
    """Reads, watches and patches objects, giving back their metadata alone.

    https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches
    """

    def __init__(
        self,
        client: BaseClient,
        request_builder: RequestBuilder,
        namespace: str | None,
        scope: Scope,
        resource_type: type[Any],
    ) -> None:
        builder = RequestBuilder(request_builder.config, accept=_ACCEPT, accept_list=_ACCEPT_LIST)
        super().__init__(client, builder, namespace, scope, resource_type)

    @property
    def resource_type(self) -> type[PartialObjectMetadata]:
        """Class of the objects that it gives."""
        return PartialObjectMetadata

    @property
    def request_builder(self) -> RequestBuilder:
        """Builder of the requests."""
        return self._requests

    def __str__(self) -> str:
        """Name what it is about as errors do."""
        return described(self._requests.config, self._namespace)

    async def get(
        self,
        name: str,
        *,
        resource_version: ResourceVersionTypes = None,
        namespace: ApiNamespaceTypes = ...,
        request_timeout: ApiRequestTimeoutTypes = ...,
    ) -> PartialObjectMetadata:
        """Read one object's metadata; parameters and errors as `Api.get`."""
        request = self._requests.get(
            name,
            self._required_namespace(namespace),
            resource_version=resource_version,
            timeout=request_timeout,
        )
        return await fetch_object(self._client, request, PartialObjectMetadata)

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
    ) -> ListEntity[PartialObjectMetadata]:
        """List the metadata of objects; parameters and errors as `Api.list`."""
        request = self._requests.list(
            resolve_namespace(namespace, self._namespace, self._scope, self._resource_type),
            label_selector=label_selector,
            field_selector=field_selector,
            timeout_seconds=timeout_seconds,
            limit=limit,
            continue_token=continue_token,
            version_match=version_match,
            resource_version=resource_version,
            timeout=request_timeout,
        )
        return await fetch_list(self._client, request, PartialObjectMetadata)

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
    ) -> AsyncGenerator[ListEntity[PartialObjectMetadata], None]:
        """List the metadata of objects page by page; parameters and errors as `Api.pages`."""
        check_page_size(page_size)

        async def fetch_page(token: str | None) -> ListEntity[PartialObjectMetadata]:
            return await self.list(
                label_selector=label_selector,
                field_selector=field_selector,
                timeout_seconds=timeout_seconds,
                limit=page_size,
                continue_token=token,
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
    ) -> AsyncGenerator[PartialObjectMetadata, None]:
        """Give the metadata of objects one by one, holding one page; parameters and errors as `Api.pages`."""
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
    ) -> PartialObjectMetadata:
        """Change parts of one object and give its metadata; parameters and errors as `Api.patch`."""
        request = self._requests.patch(
            name,
            self._required_namespace(namespace),
            patch,
            dry_run=dry_run,
            field_manager=field_manager,
            force=force,
            field_validation=field_validation,
            timeout=request_timeout,
        )
        return await fetch_object(self._client, request, PartialObjectMetadata)

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
    ) -> AsyncGenerator[WatchEvent[PartialObjectMetadata], None]:
        """Follow the metadata of objects; parameters and errors as `Api.watch`."""
        request = self._requests.watch(
            resolve_namespace(namespace, self._namespace, self._scope, self._resource_type),
            label_selector=label_selector,
            field_selector=field_selector,
            allow_bookmarks=allow_bookmarks,
            send_initial_events=send_initial_events,
            timeout_seconds=timeout_seconds,
            resource_version=resource_version,
            timeout=request_timeout,
        )
        return stream_events(self._client, request, PartialObjectMetadata)
