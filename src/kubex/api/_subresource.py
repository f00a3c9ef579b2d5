"""`Api.subresource(name, Model)`: any subresource, with the class that it is read and written as."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel

from kubex.api._accessor import ObjectSubresource
from kubex.api._transport import fetch_object
from kubex.client.base import BaseClient
from kubex.core.params import ApiNamespaceTypes, ApiRequestTimeoutTypes, DryRunTypes, FieldValidation
from kubex.core.request_builder import RequestBuilder
from kubex_core.models.base_struct import BaseStruct
from kubex_core.models.dynamic_object import DynamicObject
from kubex_core.models.resource_config import Scope

__all__ = ["SubresourceAccessor"]

M = TypeVar("M", bound=BaseStruct | BaseModel | DynamicObject)


class SubresourceAccessor(ObjectSubresource[M]):
    """Reads, patches, replaces and creates one named subresource; made by `Api.subresource`."""

    def __init__(
        self,
        client: BaseClient,
        request_builder: RequestBuilder,
        namespace: str | None,
        scope: Scope,
        resource_type: type[Any],
        *,
        subresource: str,
        model: type[M],
    ) -> None:
        super().__init__(client, request_builder, namespace, scope, resource_type)
        self.subresource = subresource
        self._subresource_model = model

    @property
    def _model(self) -> type[M]:
        return self._subresource_model

    async def create(
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
        """Post to the subresource of one object; parameters and errors as `Api.create`."""
        request = self._requests.create(
            self._required_namespace(namespace),
            data,
            name=name,
            subresource=self.subresource,
            dry_run=dry_run,
            field_manager=field_manager,
            field_validation=field_validation,
            timeout=request_timeout,
        )
        return await fetch_object(self._client, request, self._model)
