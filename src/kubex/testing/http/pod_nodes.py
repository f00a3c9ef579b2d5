"""The node of a pod: who answers for it is asked there."""

from __future__ import annotations

from kubex.testing.failures import not_found
from kubex.testing.http.objects import ObjectRequest
from kubex.testing.storage import JsonObject, Key

__all__ = ["check_node"]


def check_node(asked: ObjectRequest, pod: JsonObject) -> None:
    """Check that the node of a pod is there, if it has one.

    Raises:
        ApiFailure: there is no such Node (404).
    """
    node = pod["spec"].get("nodeName")
    cluster = asked.cluster.operations.cluster
    nodes = cluster.registry.find("", "v1", "nodes")
    if node and (nodes is None or cluster.get(nodes, Key("", node)) is None):
        raise not_found(asked.resource.name, node)  # the server does call the node a pod
