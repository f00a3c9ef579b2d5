"""What the server's built-in admission allows of a claim that is bound to grow.

https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from kubex.core.quantity import Quantity
from kubex.testing.failures import ApiFailure
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.registry import Resource
from kubex.testing.storage import JsonObject, Key

__all__ = ["check_growth"]

_CANNOT: Final = (
    "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize"
)


def check_growth(cluster: Cluster, resource: Resource, old: JsonObject, new: JsonObject) -> None:
    """Check that a claim grows only where its class lets it.

    Raises:
        ApiFailure: it does not (403).
    """
    if (resource.name.group, resource.kind) != ("", "PersistentVolumeClaim"):
        return
    if object_at(old, "status").get("phase") != "Bound" or _asked(new) <= _asked(old):
        return
    classes = cluster.registry.find("storage.k8s.io", "v1", "storageclasses")
    name = old["spec"].get("storageClassName")
    found = cluster.get(classes, Key("", name)) if classes is not None and name else None
    if found is None or not found.object.get("allowVolumeExpansion"):
        claim = new["metadata"]["name"]
        message = f'{resource.name.qualified} "{claim}" is forbidden: {_CANNOT}'
        raise ApiFailure(403, "Forbidden", message, details=resource.name.details(claim))


def _asked(claim: JsonObject) -> Decimal:
    asked = object_at(object_at(claim["spec"], "resources"), "requests").get("storage", "0")
    return Quantity(asked).to_decimal()
