"""What the server in memory is known to answer otherwise than a real one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

__all__ = ["DIFFERENCES", "Difference", "differs"]


class Difference(NamedTuple):
    """Changes of objects that are not answered alike, and why."""

    why: str
    kinds: Sequence[str]
    """None stands for all."""
    paths: Sequence[str]
    """Beginnings of the paths of fields."""
    verbs: Sequence[str] = ("create", "replace")


_WORKLOADS = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "ReplicationController")
DIFFERENCES: Sequence[Difference] = (
    Difference(
        "of these kinds little more than the shape is checked",
        ("Endpoints", "Node", "Event"),
        (
            "spec",
            "status",
            "addressType",
            "endpoints",
            "ports",
            "subsets",
            "involvedObject",
            "eventTime",
            "metadata",
            "apiVersion",
            "kind",
        ),
    ),
    Difference("a name is needed", ("LimitRange",), ("metadata.name",), ("create",)),
    Difference("an empty map of labels is none", _WORKLOADS, ("spec.template.metadata.labels",)),
    Difference("a name that a controller can't use is refused", ("ReplicationController",), ("metadata.",)),
    Difference("addresses are not checked against a range", ("Service",), ("spec.clusterIP", "spec.ipFamilies")),
    Difference("ports of nodes are not given when the type changes", ("Service",), ("spec.type",), ("replace",)),
    Difference("the key of the storage is another", ("Service", "Ingress"), ("metadata.uid",), ("replace",)),
    Difference("the search paths of DNS may not have underscores", ("Pod",), ("spec.dnsConfig",)),
    Difference(
        "some rules of changes are the same as those of new pods",
        ("Pod",),
        ("spec.activeDeadlineSeconds", "spec.preemptionPolicy", "spec.schedulingGates"),
        ("replace",),
    ),
    Difference(
        "internal types are not shown, labels of pods not checked, when a job changes",
        ("Job",),
        ("spec.podFailurePolicy", "spec.successPolicy", "spec.template", "spec.selector", "metadata."),
    ),
    Difference(
        "claims that are bound are not told from others, nor sources of data followed",
        ("PersistentVolumeClaim",),
        ("spec.resources", "spec.storageClassName", "spec.volumeMode", "spec.dataSource"),
    ),
    Difference(
        "what a volume is may be changed",
        ("PersistentVolume",),
        ("spec.hostPath", "spec.nfs", "spec.volumeMode", "spec.capacity"),
    ),
    Difference("fields that are switched off are owned", ("Lease",), ("spec.strategy", "spec.preferredHolder")),
)


def differs(kind: str, verb: str, path: str, value: Any) -> bool:
    """Say whether a difference is known."""
    return any(
        verb in each.verbs and (not each.kinds or kind in each.kinds) and any(map(path.startswith, each.paths))
        for each in DIFFERENCES
    )
