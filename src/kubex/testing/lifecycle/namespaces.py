"""The life of namespaces: what is there from the start, what may be created in one, and its end.

The namespace controller's work is done here as well: once a namespace is being deleted, everything in it is deleted
before the request is answered; what finalizers hold keeps the namespace until they are gone.
"""

from __future__ import annotations

from typing import Any, Final

from kubex.testing.failures import ApiFailure, not_found
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.registry import Resource
from kubex.testing.storage import Key

__all__ = [
    "INITIAL_NAMESPACES",
    "NAMESPACE_LABEL",
    "PROTECTED_NAMESPACES",
    "check_namespace",
    "create_initial",
    "namespace_resource",
    "terminating",
]

INITIAL_NAMESPACES: Final = ("default", "kube-node-lease", "kube-public", "kube-system")
PROTECTED_NAMESPACES: Final = frozenset({"default", "kube-system", "kube-public"})
NAMESPACE_LABEL: Final = "kubernetes.io/metadata.name"


def namespace_resource(cluster: Cluster) -> Resource | None:
    """Give the resource of namespaces, if they are served."""
    return cluster.registry.find("", "v1", "namespaces")


def create_initial(cluster: Cluster) -> None:
    """Create the namespaces that every cluster has, where they are missing."""
    resource = namespace_resource(cluster)
    if resource is None:
        return
    for name in INITIAL_NAMESPACES:
        key = Key("", name)
        if cluster.get(resource, key) is None:
            metadata = {
                "name": name,
                "uid": cluster.new_uid(),
                "creationTimestamp": cluster.now(),
                "labels": {NAMESPACE_LABEL: name},
            }
            namespace = {
                "kind": "Namespace",
                "apiVersion": "v1",
                "metadata": metadata,
                "spec": {"finalizers": ["kubernetes"]},
                "status": {"phase": "Active"},
            }
            cluster.put(resource, key, namespace)


def terminating(namespace: dict[str, Any]) -> bool:
    """Say whether a namespace is being deleted."""
    return "deletionTimestamp" in namespace["metadata"]


def check_namespace(cluster: Cluster, resource: Resource, namespace: str, name: str) -> None:
    """Check that something can be created in a namespace.

    Raises:
        ApiFailure: there is none of that name (404), or it is being deleted (403).
    """
    namespaces = namespace_resource(cluster)
    if namespaces is None:
        return
    entry = cluster.get(namespaces, Key("", namespace))
    if entry is None:
        raise not_found(namespaces.name, namespace)
    if terminating(entry.state):
        details = resource.name.details(name)
        details["causes"] = [
            {
                "reason": "NamespaceTerminating",
                "message": f"namespace {namespace} is being terminated",
                "field": "metadata.namespace",
            }
        ]
        why = f"unable to create new content in namespace {namespace} because it is being terminated"
        message = f'{resource.name.qualified} "{name}" is forbidden: {why}'
        raise ApiFailure(403, "Forbidden", message, details=details)
