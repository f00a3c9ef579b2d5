"""`Api.eviction`: removing pods as their disruption budgets allow."""

from __future__ import annotations

from kubex.api._accessor import Accessor
from kubex.api._transport import fetch_status
from kubex.core.params import ApiNamespaceTypes, ApiRequestTimeoutTypes, DryRunTypes
from kubex_core.models.eviction import Eviction
from kubex_core.models.status import Status

__all__ = ["EvictionAccessor"]


class EvictionAccessor(Accessor):
    """Evicts pods.

    https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/
    """

    async def create(
        self,
        name: str,
        eviction: Eviction,
        *,
        dry_run: DryRunTypes = None,
        field_manager: str | None = None,
        namespace: ApiNamespaceTypes = ...,
        request_timeout: ApiRequestTimeoutTypes = ...,
    ) -> Status:
        """Evict a pod.

        Args:
            name: the pod's name.
            eviction: how; an `Eviction()` without a name gets the pod's.
            dry_run: only try.
            field_manager: name of the program, for managedFields.
            namespace: `...` the Api's own, or another one.
            request_timeout: `...` the client's default, `None` none, or seconds.

        Raises:
            TooManyRequests: a disruption budget does not allow it now.
            NotFound: no such pod.
        """
        if eviction.metadata.name is None:
            eviction = eviction.model_copy(update={"metadata": eviction.metadata.model_copy(update={"name": name})})
        request = self._requests.create(
            self._required_namespace(namespace),
            eviction,
            name=name,
            subresource="eviction",
            dry_run=dry_run,
            field_manager=field_manager,
            timeout=request_timeout,
        )
        return await fetch_status(self._client, request)
