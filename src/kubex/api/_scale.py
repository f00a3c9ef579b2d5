"""`Api.scale`: the replica count of anything that has one."""

from __future__ import annotations

from kubex.api._accessor import ObjectSubresource
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
