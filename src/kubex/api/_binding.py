"""`Api.binding`: placing pods on nodes, as schedulers do."""

from __future__ import annotations

from kubex.api._accessor import Accessor
from kubex.api._transport import fetch_status
from kubex.core.params import ApiNamespaceTypes, ApiRequestTimeoutTypes, DryRunTypes
from kubex_core.models.status import Status
from kubex_core.models.struct_entity import StructEntity

__all__ = ["BindingAccessor"]


class BindingAccessor(Accessor):
    """Binds pods.

    https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/binding-v1/
    """

    async def create(
        self,
        name: str,
        binding: StructEntity,
        *,
        dry_run: DryRunTypes = None,
        field_manager: str | None = None,
        namespace: ApiNamespaceTypes = ...,
        request_timeout: ApiRequestTimeoutTypes = ...,
    ) -> Status:
        """Bind a pod to a node.

        Args:
            name: the pod's name.
            binding: a `Binding` of any Kubernetes version, whose `target` is the node.
            dry_run: only try.
            field_manager: name of the program, for managedFields.
            namespace: `...` the Api's own, or another one.
            request_timeout: `...` the client's default, `None` none, or seconds.

        Raises:
            Conflict: the pod is bound already.
            NotFound: no such pod.
        """
        request = self._requests.create(
            self._required_namespace(namespace),
            binding,
            name=name,
            subresource="binding",
            dry_run=dry_run,
            field_manager=field_manager,
            timeout=request_timeout,
        )
        return await fetch_status(self._client, request)
