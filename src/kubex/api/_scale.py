"""`Api.scale`: the replica count of anything that has one."""

from __future__ import annotations

from kubex.api._accessor import ObjectSubresource
from kubex.core.params import ApiNamespaceTypes, ApiRequestTimeoutTypes, DryRunTypes, FieldValidation
from kubex_core.models.scale import Scale

__all__ = ["ScaleAccessor"]


class ScaleAccessor(ObjectSubresource[Scale]):
    """Reads and writes the `Scale` of an object.

    Example:
        ```python
        await deployments.scale.patch("web", MergePatch({"spec": {"replicas": 3}}))
        ```

    https://kubernetes.io/docs/reference/kubernetes-api/autoscaling-resources/scale-v1/
    """

    subresource = "scale"

    @property
    def _model(self) -> type[Scale]:
        return Scale

    # Its parameter has a name of its own: users write `scale=`.
    async def replace(  # pyright: ignore[reportIncompatibleMethodOverride]
        self,
        name: str,
        scale: Scale,
        *,
        dry_run: DryRunTypes = None,
        field_manager: str | None = None,
        field_validation: FieldValidation | None = None,
        namespace: ApiNamespaceTypes = ...,
        request_timeout: ApiRequestTimeoutTypes = ...,
    ) -> Scale:
        """Write the scale of one object whole; parameters and errors as `Api.replace`."""
        return await super().replace(
            name,
            scale,
            dry_run=dry_run,
            field_manager=field_manager,
            field_validation=field_validation,
            namespace=namespace,
            request_timeout=request_timeout,
        )
