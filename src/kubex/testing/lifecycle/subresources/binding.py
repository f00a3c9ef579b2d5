"""The `binding` subresource of pods: puts a pod on a node, once.

https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/binding-v1/
"""

from __future__ import annotations

from collections.abc import Callable

from kubex.testing.access.rbac import joined_errors
from kubex.testing.failures import ApiFailure, bad_request, conflict, failed_precondition, not_found
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.kinds import storage_place
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
    binding: JsonObject,
    options: ChangeOptions,
    validate: Callable[[], None],
) -> Outcome:
    """Bind a pod to a node.

    Args:
        cluster: where.
        resource: pods.
        key: of the pod; without a name where the Binding is created as such, and has none.
        binding: a Binding, as it was read.
        options: of the request.
        validate: has others decide about a Binding that is good.

    Raises:
        ApiFailure: there is no pod (404), it is bound already (409), or the Binding is no good (400, 500).
    """
    metadata, target = binding["metadata"], object_at(binding, "target")
    if metadata.get("name", "") != key.name:
        raise bad_request("name in URL does not match name in Binding object")
    _check_target(target)
    validate()
    if not key.name:
        raise bad_request("Name parameter required.")
    entry = cluster.get(resource, key)
    if entry is None:
        raise not_found(resource.name, key.name)
    pod = entry.state
    _check_preconditions(resource, key, entry, metadata, options)
    _check_free(key, pod, target["name"])
    own = dict(pod["metadata"])
    for name in ("labels", "annotations"):
        if metadata.get(name):
            own[name] = {**object_at(own, name), **metadata[name]}
    conditions = [each for each in list_at(pod["status"], "conditions") if each.get("type") != "PodScheduled"]
    scheduled = {"type": "PodScheduled", "status": "True", "lastProbeTime": None, "lastTransitionTime": cluster.now()}
    status = {name: value for name, value in pod["status"].items() if name != "nominatedNodeName"}
    bound: JsonObject = {
        **pod,
        "metadata": own,
        "spec": {**pod["spec"], "nodeName": target["name"]},
        "status": {**status, "conditions": [*conditions, scheduled]},
    }
    if not options.dry_run:
        cluster.put(resource, key, bound, carried_owners(entry))
    return Outcome(Entry(CREATED, cluster.storage.revision), 201)


def _check_target(target: JsonObject) -> None:
    problems: list[str] = []
    if target.get("kind", "") not in ("", "Node"):
        supported = '"Node", "<empty>"'
        problems.append(f'target.kind: Unsupported value: "{target["kind"]}": supported values: {supported}')
    if not target.get("name"):
        problems.append("target.name: Required value")
    if problems:
        raise ApiFailure(500, "", joined_errors(problems))


def _check_preconditions(
    resource: Resource, key: Key, entry: Entry, metadata: JsonObject, options: ChangeOptions
) -> None:
    """Check that a pod is the one that a Binding means, where it says so."""
    own = entry.state["metadata"]
    for what, name in (("UID", "uid"), ("ResourceVersion", "resourceVersion")):
        given = metadata.get(name)
        if given and given != own[name]:
            place = storage_place(resource, key, dry_run=options.dry_run)
            raise conflict(resource.name, key.name, failed_precondition(place, what, given, own[name]))


def _check_free(key: Key, pod: JsonObject, node: str) -> None:
    bound = pod["spec"].get("nodeName")
    why = ""
    if "deletionTimestamp" in pod["metadata"]:
        why = f"pod {key.name} is being deleted, cannot be assigned to a host"
    elif bound:
        why = f'pod {key.name} is already assigned to node "{bound}"'
    elif pod["spec"].get("schedulingGates"):
        why = f"pod {key.name} has non-empty .spec.schedulingGates"
    if why:
        message = f'Operation cannot be fulfilled on pods/binding "{key.name}": {why}'
        raise ApiFailure(409, "Conflict", message, details={"name": key.name, "kind": "pods/binding"})
