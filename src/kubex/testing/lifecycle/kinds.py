"""In what the built-in kinds differ from one another when they are changed; as seen on the API server."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from kubex.testing.failures import ResourceName
from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.registry import Resource
from kubex.testing.storage import JsonObject, Key

__all__ = [
    "MetadataChecks",
    "answers_with_object",
    "checks_metadata",
    "counts_generations",
    "is_cached",
    "may_create_by_update",
    "name_in_refusals",
    "metadata_checks",
    "needs_version",
    "next_generation",
    "orphans_by_default",
    "storage_place",
    "stores_first_update",
]

# "" before the slash is the core group.
_GENERATIONS: Final = frozenset(
    {
        "/pods",
        "/podtemplates",
        "/replicationcontrollers",
        "apps/daemonsets",
        "apps/deployments",
        "apps/replicasets",
        "apps/statefulsets",
        "batch/cronjobs",
        "batch/jobs",
        "networking.k8s.io/ingressclasses",
        "networking.k8s.io/ingresses",
        "networking.k8s.io/networkpolicies",
        "policy/poddisruptionbudgets",
        "discovery.k8s.io/endpointslices",
        "scheduling.k8s.io/priorityclasses",
        "admissionregistration.k8s.io/mutatingadmissionpolicies",
        "admissionregistration.k8s.io/mutatingadmissionpolicybindings",
        "admissionregistration.k8s.io/mutatingwebhookconfigurations",
        "admissionregistration.k8s.io/validatingadmissionpolicies",
        "admissionregistration.k8s.io/validatingadmissionpolicybindings",
        "admissionregistration.k8s.io/validatingwebhookconfigurations",
        "apiextensions.k8s.io/customresourcedefinitions",
        "resource.k8s.io/deviceclasses",
        "resource.k8s.io/devicetaintrules",
        "resource.k8s.io/resourceslices",
        "flowcontrol.apiserver.k8s.io/flowschemas",
        "flowcontrol.apiserver.k8s.io/prioritylevelconfigurations",
    }
)
_NEED_VERSION: Final = frozenset(
    {
        "policy/poddisruptionbudgets",
        "coordination.k8s.io/leases",
        "storage.k8s.io/csidrivers",
        "storage.k8s.io/csinodes",
        "storage.k8s.io/csistoragecapacities",
        "storage.k8s.io/volumeattachments",
        "storagemigration.k8s.io/storageversionmigrations",
        "certificates.k8s.io/clustertrustbundles",
        "certificates.k8s.io/podcertificaterequests",
        "node.k8s.io/runtimeclasses",
        "admissionregistration.k8s.io/mutatingadmissionpolicies",
        "admissionregistration.k8s.io/mutatingadmissionpolicybindings",
        "admissionregistration.k8s.io/mutatingwebhookconfigurations",
        "admissionregistration.k8s.io/validatingadmissionpolicies",
        "admissionregistration.k8s.io/validatingadmissionpolicybindings",
        "admissionregistration.k8s.io/validatingwebhookconfigurations",
        "apiextensions.k8s.io/customresourcedefinitions",
        "apiregistration.k8s.io/apiservices",
    }
)
_CREATED_BY_UPDATE: Final = frozenset(
    {
        "/services",
        "/endpoints",
        "/events",
        "/limitranges",
        "events.k8s.io/events",
        "coordination.k8s.io/leases",
        "node.k8s.io/runtimeclasses",
        "rbac.authorization.k8s.io/clusterrolebindings",
        "rbac.authorization.k8s.io/clusterroles",
        "rbac.authorization.k8s.io/rolebindings",
        "rbac.authorization.k8s.io/roles",
    }
)
_ANSWER_WITH_OBJECT: Final = frozenset(
    {
        "/persistentvolumeclaims",
        "/persistentvolumes",
        "/pods",
        "/podtemplates",
        "/resourcequotas",
        "/serviceaccounts",
        "/services",
        "storage.k8s.io/csidrivers",
        "storage.k8s.io/csinodes",
        "storage.k8s.io/storageclasses",
        "storage.k8s.io/volumeattachments",
        "storage.k8s.io/volumeattributesclasses",
        "resource.k8s.io/deviceclasses",
        "resource.k8s.io/devicetaintrules",
        "resource.k8s.io/resourceclaims",
        "resource.k8s.io/resourceclaimtemplates",
        "resource.k8s.io/resourceslices",
    }
)
_ORPHAN: Final = frozenset({"/replicationcontrollers", "batch/jobs"})
# Where a real server stores what isn't under its plural.
_FOLDERS: Final = {
    "/endpoints": "services/endpoints",
    "/nodes": "minions",
    "/replicationcontrollers": "controllers",
    "/services": "services/specs",
    "apiextensions.k8s.io/customresourcedefinitions": "apiextensions.k8s.io/customresourcedefinitions",
    "apiregistration.k8s.io/apiservices": "apiregistration.k8s.io/apiservices",
    "networking.k8s.io/ingresses": "ingress",
}
_STORE_FIRST_UPDATE: Final = frozenset({"/persistentvolumeclaims", "batch/jobs"})

# Their annotations are part of what a rollout looks at.
_COUNT_ANNOTATIONS: Final = frozenset({"apps/deployments"})
# They have no generation until they are changed.
_COUNTED_LATER: Final = frozenset({"storage.k8s.io/csidrivers"})
_LEAVE_METADATA: Final = frozenset({"/events", "policy/poddisruptionbudgets"})
_NEVER_COUNTED: Final = frozenset({"scheduling.k8s.io/priorityclasses"})


class MetadataChecks(NamedTuple):
    """How often the server checks parts of `metadata` when an object changes: each check tells its own causes."""

    labels: int
    """Of labels, annotations and owners."""
    finalizers: int
    names: int
    """Of `generateName`."""
    kept: int
    """Of what may not change."""
    spelled: int = 0
    """Of how finalizers are spelled: so much more often than of what they are, and than once."""


# The rest is as deployments are.
_USUAL_CHECKS: Final = MetadataChecks(3, 1, 0, 2)
_CUSTOM_CHECKS: Final = MetadataChecks(3, 0, 0, 2)
_UNCHECKED_STATUS: Final = MetadataChecks(2, 0, 0, 1)
_CHECKS: Final[dict[str, MetadataChecks]] = {
    **dict.fromkeys(
        (
            "apps/controllerrevisions",
            "/configmaps",
            "/endpoints",
            "/namespaces",
            "/nodes",
            "/persistentvolumeclaims",
            "/pods",
            "/secrets",
            "/serviceaccounts",
            "batch/jobs",
            "networking.k8s.io/ingressclasses",
            "networking.k8s.io/ingresses",
            "networking.k8s.io/ipaddresses",
            "networking.k8s.io/networkpolicies",
            "rbac.authorization.k8s.io/clusterrolebindings",
            "rbac.authorization.k8s.io/clusterroles",
            "rbac.authorization.k8s.io/rolebindings",
            "rbac.authorization.k8s.io/roles",
            "storage.k8s.io/storageclasses",
        ),
        MetadataChecks(4, 2, 1, 2),
    ),
    **dict.fromkeys(
        ("apiextensions.k8s.io/customresourcedefinitions", "apiregistration.k8s.io/apiservices"), _CUSTOM_CHECKS
    ),
    "/persistentvolumes": MetadataChecks(4, 2, 2, 1, 1),
    "/limitranges": MetadataChecks(3, 1, 1, 1),
    "discovery.k8s.io/endpointslices": MetadataChecks(3, 1, 1, 1, 1),
    "node.k8s.io/runtimeclasses": MetadataChecks(4, 0, 1, 2, 1),
    "coordination.k8s.io/leases": MetadataChecks(3, 0, 0, 2),
    "/events": MetadataChecks(2, 0, 0, 1),
    "policy/poddisruptionbudgets": MetadataChecks(2, 0, 0, 1),
}


def metadata_checks(resource: Resource, subresource: str | None = None) -> MetadataChecks:
    """Give how often the parts of `metadata` are checked when an object changes, or a subresource of it."""
    if resource.custom is not None:
        return _CUSTOM_CHECKS
    checks = _CHECKS.get(_name(resource), _USUAL_CHECKS)
    if subresource != "status":
        return checks
    if _name(resource) == "batch/cronjobs":
        return _UNCHECKED_STATUS
    return _USUAL_CHECKS if checks.names else checks  # as deployments: the rules of the kind itself are not asked


def checks_metadata(resource: Resource) -> bool:
    """Say whether the rules of a kind are about metadata too, and not only those of every kind."""
    return _name(resource) not in _LEAVE_METADATA


def name_in_refusals(resource: Resource) -> ResourceName:
    """Give the name of a resource where its objects are invalid: events of their own group are those of the core."""
    return resource.name._replace(group="") if _name(resource) == "events.k8s.io/events" else resource.name


def _name(resource: Resource) -> str:
    return f"{resource.name.group}/{resource.name.plural}"


def is_cached(resource: Resource) -> bool:
    """Whether the server's watch cache has the resource: events are too many to be in it."""
    return resource.kind != "Event"


def counts_generations(resource: Resource) -> bool:
    """Say whether objects have a generation."""
    return resource.custom is not None or _name(resource) in _GENERATIONS


def needs_version(resource: Resource) -> bool:
    """Say whether a replacement must tell the version that it replaces."""
    return resource.custom is not None or _name(resource) in _NEED_VERSION


def may_create_by_update(resource: Resource) -> bool:
    """Say whether a replacement of what is not there creates it."""
    return _name(resource) in _CREATED_BY_UPDATE


def answers_with_object(resource: Resource) -> bool:
    """Say whether a deletion that is done at once answers with the object, not with a Status."""
    return _name(resource) in _ANSWER_WITH_OBJECT


def orphans_by_default(resource: Resource) -> bool:
    """Say whether a deletion that names no policy leaves dependents alone."""
    return _name(resource) in _ORPHAN


def storage_place(resource: Resource, key: Key, *, dry_run: bool = False) -> str:
    """Give the place of an object in the storage of a real server, which some refusals name.

    Args:
        resource: of the object.
        key: of the object.
        dry_run: whether nothing is to be stored, and the root of the storage is not known.
    """
    folder = _FOLDERS.get(_name(resource), resource.name.plural)
    if resource.custom is not None:
        folder = f"{resource.name.group}/{resource.name.plural}"
    return "/".join(("" if dry_run else "/registry", folder, *filter(None, key)))


def stores_first_update(resource: Resource) -> bool:
    """Say whether the first update of an object is a change even where nothing is another than before."""
    return _name(resource) in _STORE_FIRST_UPDATE


def next_generation(resource: Resource, old: JsonObject, new: JsonObject) -> int | None:
    """Give the generation that an object has after a change; `None` if it has none."""
    generation: int | None = object_at(old, "metadata").get("generation")
    counted = counts_generations(resource) or _name(resource) in _COUNTED_LATER
    if not counted or _name(resource) in _NEVER_COUNTED:
        return generation
    changed = _without(old, resource) != _without(new, resource)
    if not changed and _name(resource) in _COUNT_ANNOTATIONS:
        changed = _annotations(old) != _annotations(new)
    if not changed and _name(resource) == "discovery.k8s.io/endpointslices":
        changed = _labels(old) != _labels(new)
    return (generation or 0) + changed or None


def _without(object_: JsonObject, resource: Resource) -> JsonObject:
    """Give what a generation counts: all but the status, where that has an endpoint of its own, and metadata."""
    left_out = {"metadata", "apiVersion"} | ({"status"} if "status" in resource.subresources else set[str]())
    return {name: value for name, value in object_.items() if name not in left_out}


def _annotations(object_: JsonObject) -> Any:
    return object_at(object_at(object_, "metadata"), "annotations")


def _labels(object_: JsonObject) -> Any:
    return object_at(object_at(object_, "metadata"), "labels")
