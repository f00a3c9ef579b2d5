"""The kinds that sequences are about, each with what its objects may hold, and none that needs a controller to be."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from tests.e2e.custom_kind import CUSTOM_GROUP, WHOLE_PLURAL

__all__ = ["KINDS", "Kind"]

Object = dict[str, Any]


class Kind(NamedTuple):
    """A kind, and contents of its objects besides their metadata."""

    api_version: str
    kind: str
    plural: str
    contents: Sequence[Object]
    statuses: Sequence[Object] = ()
    """None: it has no subresource `status`."""
    scale: bool = False
    namespaced: bool = True
    name: str = ""
    """Where its kind is that of another version or group too."""

    def object_name(self, namespace: str, name: str) -> str:
        """Give the name of an object: one that no other sequence has."""
        return name if self.namespaced else f"{namespace}-{name}"

    @property
    def key(self) -> str:
        """Name it among the kinds."""
        return self.name or self.kind

    def content(self, namespace: str, index: int = 0) -> Object:
        """Give a content of its own."""
        found: Object = json.loads(json.dumps(self.contents[index]).replace("NAMESPACE", namespace))
        return found

    def named(self, name: str, metadata: Object) -> Object:
        """Give the beginning of an object."""
        return {"apiVersion": self.api_version, "kind": self.kind, "metadata": {"name": name, **metadata}}

    def collection(self, namespace: str) -> str:
        root = "/apis" if "/" in self.api_version else "/api"
        if not self.namespaced:
            return f"{root}/{self.api_version}/{self.plural}"
        return f"{root}/{self.api_version}/namespaces/{namespace}/{self.plural}"


_LABELS: Object = {"labels": {"x": "1"}}
_CONTAINERS: Sequence[Object] = ({"name": "c", "image": "x:1"},)


def _pod(**more: Any) -> Object:
    # The scheduler isn't there: the pod never gets a node.
    return {"containers": [dict(each) for each in _CONTAINERS], "schedulerName": "nobody", **more}


def _workload(**more: Any) -> Object:
    template = {"metadata": dict(_LABELS), "spec": _pod()}
    return {"spec": {"replicas": 0, "selector": {"matchLabels": {"x": "1"}}, "template": template, **more}}


def _controller(**more: Any) -> Object:
    template = {"metadata": dict(_LABELS), "spec": _pod()}
    return {"spec": {"replicas": 0, "selector": {"x": "1"}, "template": template, **more}}


def _job(**more: Any) -> Object:
    return {"spec": {"suspend": True, "template": {"spec": _pod(restartPolicy="Never")}, **more}}


def _daemons(**more: Any) -> Object:
    spec = {name: value for name, value in _workload(**more)["spec"].items() if name != "replicas"}
    return {"spec": spec}


def _claim(**more: Any) -> Object:
    return {"spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, **more}}


def _volume(**more: Any) -> Object:
    spec = {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/x"}}
    return {"spec": {**spec, **more}}


_BACKEND = {"service": {"name": "s", "port": {"number": 80}}}
_BUDGET_ALLOWS = {"disruptionsAllowed": 1, "currentHealthy": 2, "desiredHealthy": 1, "expectedPods": 2}
_ROLE = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "a"}
_RULE = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}
_MICRO = "2026-01-01T00:00:00.000000Z"
_EVENT: Object = {"involvedObject": {"kind": "Pod", "name": "p", "namespace": "NAMESPACE"}, "reason": "R"}
_NEW_EVENT: Object = {
    "eventTime": _MICRO,
    "reportingController": "a.b/c",
    "reportingInstance": "i",
    "action": "A",
    "reason": "R",
    "type": "Normal",
    "regarding": {"kind": "Pod", "name": "p", "namespace": "NAMESPACE"},
}
_SUBSET: Object = {"addresses": [{"ip": "1.2.3.4"}], "ports": [{"port": 80}]}
_SCALER: Object = {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "d"}, "maxReplicas": 3}
_KINDS: Sequence[Kind] = (
    Kind("v1", "ConfigMap", "configmaps", ({}, {"data": {"k": "v"}}, {"data": {"k": "w"}, "immutable": True})),
    Kind("v1", "Secret", "secrets", ({}, {"stringData": {"k": "v"}}, {"data": {"k": "dg=="}, "type": "a.b/c"})),
    Kind(
        "v1",
        "Service",
        "services",
        (
            {"spec": {"ports": [{"port": 80}]}},
            {"spec": {"ports": [{"port": 81, "name": "p"}], "selector": {"x": "1"}}},
            {"spec": {"clusterIP": "None"}},
        ),
        ({"loadBalancer": {}},),
    ),
    Kind("v1", "ServiceAccount", "serviceaccounts", ({}, {"automountServiceAccountToken": False})),
    Kind(
        "v1",
        "Pod",
        "pods",
        (
            {"spec": _pod()},
            {"spec": _pod(terminationGracePeriodSeconds=0)},
            {"spec": _pod(activeDeadlineSeconds=5)},
        ),
        (
            {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]},
            {"phase": "Succeeded"},
            {"phase": "Pending", "message": "m"},
        ),
    ),
    Kind("apps/v1", "ReplicaSet", "replicasets", (_workload(), _workload(minReadySeconds=1)), ({"replicas": 0},), True),
    Kind(
        "apps/v1",
        "Deployment",
        "deployments",
        (_workload(), _workload(paused=True)),
        ({"observedGeneration": 1}, {"replicas": 0}),
        True,
    ),
    Kind("batch/v1", "Job", "jobs", (_job(), _job(backoffLimit=1)), ({"active": 0},)),
    Kind(
        "policy/v1",
        "PodDisruptionBudget",
        "poddisruptionbudgets",
        (
            {"spec": {"minAvailable": 1, "selector": {"matchLabels": {"x": "1"}}}},
            {"spec": {"maxUnavailable": "50%", "selector": {"matchLabels": {"x": "2"}}}},
        ),
        ({**_BUDGET_ALLOWS, "observedGeneration": 1}, {**_BUDGET_ALLOWS, "disruptionsAllowed": 0}),
    ),
    Kind("coordination.k8s.io/v1", "Lease", "leases", ({}, {"spec": {"holderIdentity": "h"}})),
    Kind("rbac.authorization.k8s.io/v1", "Role", "roles", ({"rules": []}, {"rules": [_RULE]})),
    Kind(
        "rbac.authorization.k8s.io/v1",
        "RoleBinding",
        "rolebindings",
        (
            {"roleRef": _ROLE},
            {"roleRef": _ROLE, "subjects": [{"kind": "ServiceAccount", "name": "a"}]},
            {"roleRef": {**_ROLE, "name": "b"}},
        ),
    ),
    Kind(
        "apps/v1",
        "StatefulSet",
        "statefulsets",
        (_workload(serviceName="s"), _workload(serviceName="s", podManagementPolicy="Parallel")),
        ({"replicas": 0},),
        True,
    ),
    Kind("apps/v1", "DaemonSet", "daemonsets", (_daemons(), _daemons(minReadySeconds=1)), ({"numberReady": 0},)),
    Kind(
        "batch/v1",
        "CronJob",
        "cronjobs",
        (
            {"spec": {"schedule": "* * * * *", "jobTemplate": _job()}},
            {"spec": {"schedule": "@daily", "suspend": True, "jobTemplate": _job()}},
        ),
        ({"lastScheduleTime": "2026-01-01T00:00:00Z"},),
    ),
    Kind(
        "networking.k8s.io/v1",
        "Ingress",
        "ingresses",
        ({"spec": {"defaultBackend": _BACKEND}}, {"spec": {"rules": [{"host": "a.example.com"}]}}),
        ({"loadBalancer": {}},),
    ),
    Kind(
        "networking.k8s.io/v1",
        "NetworkPolicy",
        "networkpolicies",
        ({"spec": {"podSelector": {}}}, {"spec": {"podSelector": {"matchLabels": {"x": "1"}}, "egress": [{}]}}),
    ),
    Kind(
        "v1",
        "PersistentVolumeClaim",
        "persistentvolumeclaims",
        (
            _claim(),
            _claim(storageClassName="s"),
            _claim(volumeName="v"),
            _claim(resources={"requests": {"storage": "2Gi"}}),
            _claim(resources={"requests": {"storage": "512Mi"}}),
        ),
        ({"phase": "Bound"}, {"phase": "Bound", "capacity": {"storage": "1Gi"}}, {"phase": "Pending"}),
    ),
    Kind(
        "v1",
        "PersistentVolume",
        "persistentvolumes",
        (_volume(), _volume(persistentVolumeReclaimPolicy="Delete"), _volume(mountOptions=["ro"])),
        ({"phase": "Available"}, {"phase": "Failed", "reason": "r"}),
        namespaced=False,
    ),
    Kind(
        "v1",
        "ReplicationController",
        "replicationcontrollers",
        (_controller(), _controller(minReadySeconds=1)),
        ({"replicas": 0}, {"replicas": 1, "observedGeneration": 1}),
        True,
    ),
    Kind("v1", "PodTemplate", "podtemplates", ({"template": {"spec": _pod()}}, {"template": {"metadata": _LABELS}})),
    Kind("v1", "Event", "events", (_EVENT, {**_EVENT, "count": 2}, {**_EVENT, "eventTime": _MICRO})),
    Kind(
        "events.k8s.io/v1",
        "Event",
        "events",
        (_NEW_EVENT, {**_NEW_EVENT, "note": "n"}, {**_NEW_EVENT, "series": {"count": 2, "lastObservedTime": _MICRO}}),
        name="NewEvent",
    ),
    Kind("v1", "Endpoints", "endpoints", ({}, {"subsets": [_SUBSET]}, {"subsets": [{"ports": [{"port": 1}]}]})),
    Kind(
        "discovery.k8s.io/v1",
        "EndpointSlice",
        "endpointslices",
        (
            {"addressType": "IPv4", "endpoints": []},
            {"addressType": "IPv4", "endpoints": [{"addresses": ["1.2.3.4"]}], "ports": [{"port": 80}]},
            {"addressType": "FQDN", "endpoints": []},
        ),
    ),
    Kind(
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        "horizontalpodautoscalers",
        ({"spec": _SCALER}, {"spec": {**_SCALER, "minReplicas": 2, "behavior": {"scaleUp": {}}}}),
        ({"currentReplicas": 0, "desiredReplicas": 1}, {"currentMetrics": [], "conditions": []}),
    ),
    Kind(
        "autoscaling/v1",
        "HorizontalPodAutoscaler",
        "horizontalpodautoscalers",
        ({"spec": _SCALER}, {"spec": {**_SCALER, "targetCPUUtilizationPercentage": 50}}),
        ({"currentReplicas": 0, "desiredReplicas": 1},),
        name="OldAutoscaler",
    ),
    Kind(
        "apps/v1",
        "ControllerRevision",
        "controllerrevisions",
        ({"revision": 1, "data": {}}, {"revision": 2, "data": {"a": 1}}, {"revision": 1}),
    ),
    Kind(
        "v1",
        "Node",
        "nodes",
        ({}, {"spec": {"podCIDR": "10.1.0.0/24", "podCIDRs": ["10.1.0.0/24"]}}, {"spec": {"unschedulable": True}}),
        ({"capacity": {"cpu": "1"}}, {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}),
        namespaced=False,
    ),
    Kind(
        "networking.k8s.io/v1",
        "IngressClass",
        "ingressclasses",
        ({"spec": {"controller": "a.b/c"}}, {"spec": {"controller": "a.b/d"}}),
        namespaced=False,
    ),
    Kind(
        "node.k8s.io/v1",
        "RuntimeClass",
        "runtimeclasses",
        ({"handler": "h"}, {"handler": "h", "overhead": {"podFixed": {"cpu": "0.0001"}}}, {"handler": "g"}),
        namespaced=False,
    ),
    Kind(
        "storage.k8s.io/v1",
        "CSIDriver",
        "csidrivers",
        ({"spec": {}}, {"spec": {"podInfoOnMount": True}}, {"spec": {"attachRequired": False}}),
        namespaced=False,
    ),
    Kind(
        "rbac.authorization.k8s.io/v1",
        "ClusterRoleBinding",
        "clusterrolebindings",
        (
            {"roleRef": {**_ROLE, "kind": "ClusterRole"}},
            {"roleRef": {**_ROLE, "kind": "ClusterRole"}, "subjects": [{"kind": "User", "name": "u"}]},
            {"roleRef": _ROLE},
        ),
        namespaced=False,
    ),
    Kind(
        f"{CUSTOM_GROUP}/v1",
        "Whole",
        WHOLE_PLURAL,
        ({"spec": {"replicas": 1}}, {"spec": {"replicas": 2, "text": "t"}}, {"spec": {"text": "t"}}),
        ({"replicas": 1, "selector": "x=1"}, {"replicas": -1}, {"replicas": "many"}),
        True,
        namespaced=False,
    ),
    Kind("v1", "Namespace", "namespaces", ({}, {"spec": {"finalizers": ["a.b/c"]}}), (), namespaced=False),
    Kind("rbac.authorization.k8s.io/v1", "ClusterRole", "clusterroles", ({}, {"rules": [_RULE]}), namespaced=False),
    Kind(
        "scheduling.k8s.io/v1",
        "PriorityClass",
        "priorityclasses",
        ({"value": 5}, {"value": 6}, {"value": 5, "preemptionPolicy": "Never"}),
        namespaced=False,
    ),
    Kind(
        "storage.k8s.io/v1",
        "StorageClass",
        "storageclasses",
        ({"provisioner": "p"}, {"provisioner": "p", "reclaimPolicy": "Retain"}),
        namespaced=False,
    ),
    Kind(
        f"{CUSTOM_GROUP}/v1",
        "Backup",
        "backups",
        ({}, {"spec": {"text": "t"}}, {"spec": {"items": [{"name": "n"}]}}),
        ({"done": True},),
    ),
)
KINDS = {kind.key: kind for kind in _KINDS}
