"""What all accessors share: where they send their requests, and what a subresource of objects offers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from kubex.api._editing import edit
from kubex.api._namespace import required_namespace
from kubex.api._transport import fetch_object, fetch_object_with_body
from kubex.client.base import BaseClient
from kubex.core.params import (
    ApiNamespaceTypes,
    ApiRequestTimeoutTypes,
    DryRunTypes,
    FieldValidation,
    ResourceVersionTypes,
)
from kubex.core.request_builder import RequestBuilder
from kubex_core.models.resource_config import Scope

if TYPE_CHECKING:
    from kubex.core.patch import Patch

__all__ = ["Accessor", "ObjectSubresource"]

M = TypeVar("M")


class Accessor:
    """Base of accessors; made by `Api`.

    Args:
        client: sends the requests.
        request_builder: builds them.
        namespace: the Api's namespace.
        scope: whether the resource lives in namespaces.
        resource_type: class of the resource.
    """

    def __init__(
        self,
        client: BaseClient,
        request_builder: RequestBuilder,
        namespace: str | None,
        scope: Scope,
        resource_type: type[Any],
    ) -> None:
        self._client = client
        self._requests = request_builder
        self._namespace = namespace
        self._scope = scope
        self._resource_type = resource_type

    @property
    def resource_type(self) -> type[Any]:
        """Class of the resource that it belongs to."""
        return self._resource_type

    @property
    def namespace(self) -> str | None:
        """Namespace of calls that name none."""
        return self._namespace

    def _required_namespace(self, namespace: ApiNamespaceTypes) -> str | None:
        return required_namespace(namespace, self._namespace, self._scope, self._resource_type)


class ObjectSubresource(Accessor, Generic[M]):
    """A subresource that is read, patched and replaced as objects of class M."""

    subresource: str

    @property
    def _model(self) -> type[M]:
        return self._resource_type

    async def get(
        self,
        name: str,
        *,
        resource_version: ResourceVersionTypes = None,
        namespace: ApiNamespaceTypes = ...,
        request_timeout: ApiRequestTimeoutTypes = ...,
    ) -> M:
        """Read the subresource of one object.

        Args:
            name: the object's name.
            resource_version: a version that the answer must not be older than.
            namespace: `...` the Api's own, or another one.
            request_timeout: `...` the client's default, `None` none, or seconds.

        Raises:
            NotFound: no such object.
            KubexApiError: the server said no.
            KubexClientException: no answer.
        """
        request = self._requests.get(
            name,
            self._required_namespace(namespace),
            subresource=self.subresource,
            resource_version=resource_version,
            timeout=request_timeout,
        )
        return await fetch_object(self._client, request, self._model)

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
    ) -> M:
        """Change parts of the subresource of one object; parameters and errors as `Api.patch`."""
        request = self._requests.patch(
            name,
            self._required_namespace(namespace),
            patch,
            subresource=self.subresource,
            dry_run=dry_run,
            field_manager=field_manager,
            force=force,
            field_validation=field_validation,
            timeout=request_timeout,
        )
        return await fetch_object(self._client, request, self._model)

    async def edit(
        self,
        name: str,
        change: Callable[[M], M | None],
        *,
        dry_run: DryRunTypes = None,
        field_manager: str | None = None,
        field_validation: FieldValidation | None = None,
        namespace: ApiNamespaceTypes = ...,
        request_timeout: ApiRequestTimeoutTypes = ...,
    ) -> M:
        """Read the subresource, change it, and send the difference; parameters and errors as `Api.edit`."""
        place = self._required_namespace(namespace)

        async def read() -> tuple[M, bytes]:
            request = self._requests.get(name, place, subresource=self.subresource, timeout=request_timeout)
            return await fetch_object_with_body(self._client, request, self._model)

        async def write(patch: Patch) -> M:
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

    async def replace(
        self,
        name: str,
        data: M,
        *,
        dry_run: DryRunTypes = None,
        field_manager: str | None = None,
        field_validation: FieldValidation | None = None,
        namespace: ApiNamespaceTypes = ...,
        request_timeout: ApiRequestTimeoutTypes = ...,
    ) -> M:
        """Write the subresource of one object whole; parameters and errors as `Api.replace`."""
        request = self._requests.replace(
            name,
            self._required_namespace(namespace),
            data,
            subresource=self.subresource,
            dry_run=dry_run,
            field_manager=field_manager,
            field_validation=field_validation,
            timeout=request_timeout,
        )
        return await fetch_object(self._client, request, self._model)
