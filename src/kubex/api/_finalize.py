"""`Api.finalize`: letting go of a namespace whose content is gone."""

from __future__ import annotations

from typing import Generic, TypeVar

from kubex.api._accessor import Accessor
from kubex.api._transport import fetch_object
from kubex.core.params import ApiNamespaceTypes, ApiRequestTimeoutTypes, DryRunTypes
from kubex_core.models.entity import Entity

__all__ = ["FinalizeAccessor"]

T = TypeVar("T", bound=Entity)


class FinalizeAccessor(Accessor, Generic[T]):
    """Writes the finalizers in a namespace's spec.

    https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/
    """

    async def replace(
        self,
        name: str,
        data: T,
        *,
        dry_run: DryRunTypes = None,
        field_manager: str | None = None,
        namespace: ApiNamespaceTypes = ...,
        request_timeout: ApiRequestTimeoutTypes = ...,
    ) -> T:
        """Write the object with the finalizers that are left; parameters and errors as `Api.replace`."""
        request = self._requests.replace(
            name,
            self._required_namespace(namespace),
            data,
            subresource="finalize",
            dry_run=dry_run,
            field_manager=field_manager,
            timeout=request_timeout,
        )
        return await fetch_object(self._client, request, self._resource_type)
