"""What the server decides about an object, whatever the request says: its status, what belongs to its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from kubex.testing.access.users import User
from kubex.testing.lifecycle.addresses import drop_addresses, give_addresses, keep_addresses
from kubex.testing.lifecycle.admission import add_tolerations, admit, quality_of_service
from kubex.testing.lifecycle.app_armor import copy_app_armor
from kubex.testing.lifecycle.autoscaler_versions import SPEC_ANNOTATIONS, STATUS_ANNOTATIONS
from kubex.testing.lifecycle.claim_sources import same_sources
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.defaults.workloads import TEMPLATE_GENERATION
from kubex.testing.lifecycle.job_labels import label_pods
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.label_keys import merge_label_keys
from kubex.testing.lifecycle.namespaces import NAMESPACE_LABEL
from kubex.testing.lifecycle.node_ports import drop_node_ports, give_node_ports, keep_node_ports
from kubex.testing.lifecycle.signing_requests import keep_decisions, note_requester
from kubex.testing.lifecycle.switched_off import (
    drop_switched_off,
    drop_switched_off_of_pod,
    drop_switched_off_status,
)
from kubex.testing.registry import Resource
from kubex.testing.schema.zero_values import zero_object
from kubex.testing.storage import JsonObject

__all__ = ["prepare_create", "prepare_subresource_update", "prepare_update", "reset_status"]

_DEFINITION: Final = ("apiextensions.k8s.io", "CustomResourceDefinition")
_SIGNING_REQUEST: Final = ("certificates.k8s.io", "CertificateSigningRequest")
_SERVICE_RANGE: Final = ("networking.k8s.io", "ServiceCIDR")
# They may be created with a status.
_STATUS_GIVEN: Final = frozenset({("", "Node"), _SERVICE_RANGE})


def prepare_create(cluster: Cluster, resource: Resource, object_: JsonObject, user: User) -> None:
    """Make an object what it is when it begins, in place.

    Args:
        cluster: where.
        resource: of the object.
        object_: the object.
        user: who creates it.

    Raises:
        ApiFailure: admission refuses it (403).
    """
    kind = (resource.name.group, resource.kind)
    if "status" in resource.subresources and kind not in _STATUS_GIVEN:
        reset_status(resource, object_)
    drop_switched_off(cluster, resource, object_, None)
    begin = _BEGIN.get(kind)
    if begin is not None:
        begin(cluster, resource, object_)
    elif kind == _SIGNING_REQUEST:
        note_requester(object_, user)


def prepare_update(cluster: Cluster, resource: Resource, old: JsonObject, new: JsonObject) -> None:
    """Put back what a change of the object itself leaves alone, in place."""
    kind = (resource.name.group, resource.kind)
    if "status" in resource.subresources and kind != _SERVICE_RANGE:
        _carry_over(old, new, "status")
    drop_switched_off(cluster, resource, new, old)
    if kind == ("", "Service"):
        keep_addresses(old, new)
        keep_node_ports(old, new)
        give_addresses(cluster, resource, new, old)
        give_node_ports(cluster, resource, new, old)
        drop_addresses(old, new)
        drop_node_ports(old, new)
    elif kind == ("", "Namespace"):
        _carry_over(object_at(old, "spec"), new.setdefault("spec", {}), "finalizers")
    elif kind == _DEFINITION:
        _note_storage_version(new)
    elif kind == _SIGNING_REQUEST:  # what was asked for stays as it was
        _carry_over(old, new, "spec")
    elif kind == ("", "PersistentVolumeClaim"):
        same_sources(new, old)
    elif kind == ("autoscaling", "HorizontalPodAutoscaler"):
        _carry_over_annotations(old, new, STATUS_ANNOTATIONS)
    elif kind == ("apps", "DaemonSet"):
        count = int(object_at(old["metadata"], "annotations").get(TEMPLATE_GENERATION, "1"))
        changed = old["spec"].get("template") != new["spec"].get("template")
        new["metadata"].setdefault("annotations", {})[TEMPLATE_GENERATION] = str(count + changed)
    elif kind == ("", "Pod"):
        add_tolerations(new["spec"])
        for name in ("priority", "preemptionPolicy", "serviceAccountName", "serviceAccount", "enableServiceLinks"):
            if name not in new["spec"]:
                _carry_over(old["spec"], new["spec"], name)
    elif kind == ("", "ServiceAccount"):
        _keep_names_of_secrets(cluster, resource, new)


def _begin_pod(cluster: Cluster, resource: Resource, pod: JsonObject) -> None:
    admit(cluster, resource, pod)
    merge_label_keys(pod)
    copy_app_armor(pod)
    status: JsonObject = {"phase": "Pending", "qosClass": quality_of_service(pod["spec"])}
    if pod["spec"].get("schedulingGates"):
        status["conditions"] = [
            {
                "type": "PodScheduled",
                "status": "False",
                "lastProbeTime": None,
                "lastTransitionTime": cluster.now(),
                "reason": "SchedulingGated",
                "message": "Scheduling is blocked due to non-empty scheduling gates",
            }
        ]
    pod["status"] = status


def _begin_namespace(cluster: Cluster, resource: Resource, namespace: JsonObject) -> None:
    finalizers = namespace.setdefault("spec", {}).setdefault("finalizers", [])
    if "kubernetes" not in finalizers:
        finalizers.append("kubernetes")
    namespace["status"] = {"phase": "Active"}
    # A generated name is known only now.
    namespace["metadata"].setdefault("labels", {})[NAMESPACE_LABEL] = namespace["metadata"].get("name", "")


def _begin_claim(cluster: Cluster, resource: Resource, claim: JsonObject) -> None:
    admit(cluster, resource, claim)
    claim["status"] = {"phase": "Pending"}
    same_sources(claim, None)
    _protect(claim, "kubernetes.io/pvc-protection")


def _begin_volume(cluster: Cluster, resource: Resource, volume: JsonObject) -> None:
    volume["status"] = {"phase": "Pending", "lastPhaseTransitionTime": cluster.now()}
    _protect(volume, "kubernetes.io/pv-protection")


def _protect(object_: JsonObject, finalizer: str) -> None:
    finalizers = object_["metadata"].setdefault("finalizers", [])
    if finalizer not in finalizers:
        finalizers.append(finalizer)


def _begin_node(cluster: Cluster, resource: Resource, node: JsonObject) -> None:
    taint = {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}
    taints = node.setdefault("spec", {}).setdefault("taints", [])
    if not any(each.get("key") == taint["key"] and each.get("effect") == taint["effect"] for each in taints):
        taints.append(taint)


def _begin_limit_range(cluster: Cluster, resource: Resource, object_: JsonObject) -> None:
    if not object_["metadata"].get("name"):
        object_["metadata"]["name"] = cluster.new_uid()


def _begin_api_service(cluster: Cluster, resource: Resource, api: JsonObject) -> None:
    if api["spec"].get("service") is None:
        available = {
            "type": "Available",
            "status": "True",
            "lastTransitionTime": cluster.now(),
            "reason": "Local",
            "message": "Local APIServices are always available",
        }
        api["status"] = {"conditions": [available]}


def _begin_service(cluster: Cluster, resource: Resource, service: JsonObject) -> None:
    give_addresses(cluster, resource, service)
    give_node_ports(cluster, resource, service)


def _keep_names_of_secrets(cluster: Cluster, resource: Resource, account: JsonObject) -> None:
    """Leave of the secrets of an account their names alone, in place."""
    secrets = list_at(account, "secrets")
    if secrets:
        account["secrets"] = [{"name": each["name"]} if each.get("name") else {} for each in secrets]


def _begin_daemon_set(cluster: Cluster, resource: Resource, object_: JsonObject) -> None:
    annotations = object_["metadata"].setdefault("annotations", {})
    annotations[TEMPLATE_GENERATION] = str(max(1, int(annotations.get(TEMPLATE_GENERATION, "1"))))


def _begin_autoscaler(cluster: Cluster, resource: Resource, autoscaler: JsonObject) -> None:
    _carry_over_annotations({"metadata": {}}, autoscaler, STATUS_ANNOTATIONS)


def _begin_job(cluster: Cluster, resource: Resource, job: JsonObject) -> None:
    label_pods(job)


def _begin_definition(cluster: Cluster, resource: Resource, definition: JsonObject) -> None:
    storage = [each["name"] for each in list_at(definition["spec"], "versions") if each.get("storage")]
    definition["status"] = {
        "conditions": None,
        "acceptedNames": {"plural": "", "kind": ""},
        "storedVersions": storage[:1],
    }


def _note_storage_version(definition: JsonObject) -> None:
    """Add the version that objects are stored in to those that they ever were, in place."""
    status = object_at(definition, "status")
    stored: list[str] = list_at(status, "storedVersions")
    storage = [each["name"] for each in list_at(definition["spec"], "versions") if each.get("storage")]
    if storage and storage[0] not in stored:
        definition["status"] = {**status, "storedVersions": [*stored, storage[0]]}


_BEGIN: Final[Mapping[tuple[str, str], Callable[[Cluster, Resource, JsonObject], None]]] = {
    ("", "LimitRange"): _begin_limit_range,
    ("", "Namespace"): _begin_namespace,
    ("", "Node"): _begin_node,
    ("", "PersistentVolume"): _begin_volume,
    ("", "PersistentVolumeClaim"): _begin_claim,
    ("", "Pod"): _begin_pod,
    ("", "Service"): _begin_service,
    ("", "ServiceAccount"): _keep_names_of_secrets,
    ("apiregistration.k8s.io", "APIService"): _begin_api_service,
    ("apps", "DaemonSet"): _begin_daemon_set,
    _DEFINITION: _begin_definition,
    ("autoscaling", "HorizontalPodAutoscaler"): _begin_autoscaler,
    ("batch", "Job"): _begin_job,
    ("networking.k8s.io", "Ingress"): admit,
}


def reset_status(resource: Resource, object_: JsonObject) -> None:
    """Make the status that of a new object, in place."""
    object_.pop("status", None)
    if resource.custom is None:
        zero: Any = zero_object(resource.schema).get("status")
        if zero is not None:
            object_["status"] = dict(zero)


def _carry_over(old: JsonObject, new: JsonObject, name: str) -> None:
    if name in old:
        new[name] = old[name]
    else:
        new.pop(name, None)


def _carry_over_annotations(old: JsonObject, new: JsonObject, names: tuple[str, ...]) -> None:
    before, annotations = object_at(old["metadata"], "annotations"), object_at(new["metadata"], "annotations")
    if any(before.get(name) != annotations.get(name) for name in names):
        kept = {name: value for name, value in annotations.items() if name not in names}
        kept |= {name: before[name] for name in names if name in before}
        new["metadata"] = {**new["metadata"], "annotations": kept}
        if not kept:
            del new["metadata"]["annotations"]


def _carry_over_all_but(old: JsonObject, new: JsonObject, *changed: str) -> None:
    for name in {*old, *new} - {"metadata", "apiVersion", "kind", *changed}:
        _carry_over(old, new, name)


def prepare_subresource_update(
    cluster: Cluster, resource: Resource, old: JsonObject, new: JsonObject, subresource: str
) -> None:
    """Put back what a change of a subresource leaves alone, in place."""
    for name in _kept_metadata(resource, subresource):
        _carry_over(old["metadata"], new["metadata"], name)
    if subresource == "resize":
        _keep_all_but_resources(old, new)
        return
    if subresource == "ephemeralcontainers":
        given = object_at(new, "spec").get("ephemeralContainers")
        _carry_over_all_but(old, new)
        kept = {name: value for name, value in new["spec"].items() if name != "ephemeralContainers"}
        new["spec"] = {**kept, **({"ephemeralContainers": given} if given is not None else {})}
        drop_switched_off_of_pod(cluster, new, old)
        return
    changed = _CHANGED.get(subresource, ("status",))
    _carry_over_all_but(old, new, *changed)
    kind = (resource.name.group, resource.kind)
    if kind == ("", "Pod") and subresource == "status":
        status, before = new.setdefault("status", {}), object_at(old, "status")
        if not status.get("qosClass"):
            _carry_over(before, status, "qosClass")
        _keep_generations(before, status)
        drop_switched_off_status(cluster, resource, new, old)
    elif kind == ("", "Node"):
        drop_switched_off_status(cluster, resource, new, old)
    elif kind == ("autoscaling", "HorizontalPodAutoscaler"):
        _carry_over_annotations(old, new, SPEC_ANNOTATIONS)
    elif kind == ("", "PersistentVolume"):
        _note_phase(cluster, object_at(old, "status"), new.setdefault("status", {}))
    elif kind == _SIGNING_REQUEST:
        keep_decisions(old, new, subresource, cluster.now())


def _keep_generations(old: JsonObject, new: JsonObject) -> None:
    """Let a pod's status and its conditions tell the generation that they told, if they tell none now; in place."""
    name = "observedGeneration"
    if not new.get(name):
        _carry_over(old, new, name)
    told: dict[str, list[int]] = {}
    for each in list_at(old, "conditions"):
        told.setdefault(each.get("type", ""), []).append(each.get(name) or 0)
    kept: list[JsonObject] = []
    for each in list_at(new, "conditions"):
        before = told.get(each.get("type", ""))
        generation = before.pop(0) if before else 0
        kept.append(each if each.get(name) or not generation else {**each, name: generation})
    if kept:
        new["conditions"] = kept


def _note_phase(cluster: Cluster, old: JsonObject, new: JsonObject) -> None:
    """Note when a volume has come into its phase, unless whoever changes it says so, in place."""
    name = "lastPhaseTransitionTime"
    if new.get(name) is None:
        _carry_over(old, new, name)
    if old.get("phase") != new.get("phase") and new.get(name) == old.get(name):
        new[name] = cluster.now()


_METADATA: Final = ("labels", "annotations", "finalizers", "ownerReferences")
# Metadata that a change of the status leaves alone: of most kinds it takes all that a client may set.
_KEPT: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("", "Pod"): ("ownerReferences",),
    ("apps", "Deployment"): ("labels",),
    ("networking.k8s.io", "ServiceCIDR"): _METADATA,
    ("storage.k8s.io", "VolumeAttachment"): _METADATA,
}
# They change containers, and leave metadata alone.
_OF_CONTAINERS: Final = ("ephemeralcontainers", "resize")
_KEEP_METADATA: Final = frozenset(
    {
        "admissionregistration.k8s.io",
        "apiregistration.k8s.io",
        "flowcontrol.apiserver.k8s.io",
        "resource.k8s.io",
    }
)


def _kept_metadata(resource: Resource, subresource: str) -> tuple[str, ...]:
    if resource.custom is not None:
        return (*_METADATA, "generateName", "uid", "deletionTimestamp", "deletionGracePeriodSeconds")
    if subresource in _OF_CONTAINERS or resource.name.group in _KEEP_METADATA:
        return _METADATA
    return _KEPT.get((resource.name.group, resource.kind), ())


_CONTAINERS: Final = ("containers", "initContainers")
_RESIZED: Final = ("resources", "resizePolicy")

# What each subresource is for; the rest of the object stays as it is.
_CHANGED: Final[Mapping[str, tuple[str, ...]]] = {"status": ("status",), "approval": ("status",), "finalize": ("spec",)}


def _keep_all_but_resources(old: JsonObject, new: JsonObject) -> None:
    """Take over the resources of containers, and their resize policies, alone.

    Containers that are others than before stay as they are given: what is checked then refuses them.
    """
    given = object_at(new, "spec")
    if any(len(list_at(given, kind)) != len(list_at(old["spec"], kind)) for kind in _CONTAINERS):
        return
    _carry_over_all_but(old, new)
    spec = dict(old["spec"])
    for kind in _CONTAINERS:
        if spec.get(kind):
            spec[kind] = _resized(list_at(given, kind), spec[kind])
    new["spec"] = spec


def _resized(given: list[JsonObject], before: list[JsonObject]) -> list[JsonObject]:
    if [each.get("name") for each in given] != [each["name"] for each in before]:
        return given
    return [
        {
            **{name: value for name, value in was.items() if name not in _RESIZED},
            **{name: is_[name] for name in _RESIZED if name in is_},
        }
        for is_, was in zip(given, before, strict=True)
    ]
