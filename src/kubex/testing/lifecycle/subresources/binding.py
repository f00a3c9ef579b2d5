"""The `binding` subresource of pods: puts a pod on a node, once.

https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/binding-v1/
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kubex.core._json_value import is_object
from kubex.testing.failures import ApiFailure, bad_request, not_found
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.ownership import carried_owners
from kubex.testing.lifecycle.requests import ChangeOptions, Outcome
from kubex.testing.lifecycle.subresources.eviction import CREATED
from kubex.testing.registry import Resource
from kubex.testing.storage import Entry, JsonObject, Key

__all__ = ["bind"]


def bind(
    cluster: Cluster,
    resource: Resource,
    key: Key,
    body: Any,
    options: ChangeOptions,
    validate: Callable[[], None],
) -> Outcome:
    """Bind a pod to a node.

    Args:
        cluster: where.
        resource: pods.
        key: of the pod.
        body: a Binding.
        options: of the request.
        validate: has others decide about a Binding that is good.

    Raises:
        ApiFailure: there is no pod (404), it is bound already (409), or the Binding is no good (400, 500).
    """
    metadata: Any = body.get("metadata") if is_object(body) else None
    target: Any = body.get("target") if is_object(body) else None
    if not is_object(metadata) or metadata.get("name") != key.name:
        raise bad_request("name in URL does not match name in Binding object")
    target = target if is_object(target) else {}
    if target.get("kind") not in (None, "", "Node"):
        supported = '"Node", "<empty>"'
        raise ApiFailure(500, "", f'target.kind: Unsupported value: "{target["kind"]}": supported values: {supported}')
    if not target.get("name"):
        raise ApiFailure(500, "", "target.name: Required value")
    validate()
    entry = cluster.get(resource, key)
    if entry is None:
        raise not_found(resource.name, key.name)
    pod = entry.state
    _check_free(key, pod, target["name"])
    own = dict(pod["metadata"])
    for name in ("labels", "annotations"):
        if metadata.get(name):
            own[name] = {**object_at(own, name), **metadata[name]}
    conditions = [each for each in list_at(pod["status"], "conditions") if each.get("type") != "PodScheduled"]
    scheduled = {"type": "PodScheduled", "status": "True", "lastProbeTime": None, "lastTransitionTime": cluster.now()}
    bound: JsonObject = {
        **pod,
        "metadata": own,
        "spec": {**pod["spec"], "nodeName": target["name"]},
        "status": {**pod["status"], "conditions": [*conditions, scheduled]},
    }
    if not options.dry_run:
        cluster.put(resource, key, bound, carried_owners(entry))
    return Outcome(Entry(CREATED, cluster.storage.revision), 201)


def _check_free(key: Key, pod: JsonObject, node: str) -> None:
    bound = pod["spec"].get("nodeName")
    why = ""
    if "deletionTimestamp" in pod["metadata"]:
        why = f"pod {key.name} is being deleted, cannot be assigned to a host"
    elif bound:
        why = f'pod {key.name} is already assigned to node "{bound}"'
    if why:
        message = f'Operation cannot be fulfilled on pods/binding "{key.name}": {why}'
        raise ApiFailure(409, "Conflict", message, details={"name": key.name, "kind": "pods/binding"})
