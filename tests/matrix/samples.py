"""A small object of every kind that can be created: what the document requires, and what validation wants besides."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Final, cast

from kubex.core._json_value import is_object
from tests.matrix.certificates import certificate_samples
from tests.matrix.kinds import Served
from tests.unit.k8s.samples import sample_of
from tests.unit.k8s.version import Version

__all__ = ["NAMESPACE", "NOT_CREATED", "sample_for"]

Object = dict[str, Any]

NAMESPACE: Final = "matrix"
"""Where the tests make their objects."""

NOT_CREATED: Final[dict[tuple[str, str], str]] = {
    ("v1", "Binding"): 'pods "sample" not found',  # it is no object of its own: it binds a pod that is there
}
"""Kinds with the verb `create` whose objects can't be tried alone, and what the server says to that."""

_CONTAINERS: Final[Object] = {"containers": [{"name": "main", "image": "example.com/main:1"}]}
_POD: Final[Object] = {"pod": {"name": "sample", "uid": "1b671a64-40d5-491e-99b0-da01ff1f3341"}}
_LABELS: Final[Object] = {"app": "sample"}
_TEMPLATE: Final[Object] = {"metadata": {"labels": _LABELS}, "spec": _CONTAINERS}
_WORKLOAD: Final[Object] = {"spec": {"selector": {"matchLabels": _LABELS}, "template": _TEMPLATE}}
_RUNS_ONCE: Final[Object] = {"template": {"spec": {**_CONTAINERS, "restartPolicy": "Never"}}}
_MATCHING: Final[Object] = {
    "resourceRules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}]
}
_READING: Final[Object] = {"resourceAttributes": {"verb": "get", "resource": "pods"}, "user": "anna"}
_ROLE: Final[Object] = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"}

_SPECIAL: Final[dict[str, Object]] = {
    "APIService": {
        "metadata": {"name": "v1.example.com"},
        "spec": {"group": "example.com", "version": "v1", "groupPriorityMinimum": 100, "versionPriority": 10}
        | {"service": {"name": "sample", "namespace": NAMESPACE}, "insecureSkipTLSVerify": True},
    },
    "Binding": {"target": {"kind": "Node", "name": "sample"}},
    "ClusterRoleBinding": {"roleRef": _ROLE},
    "CompositePodGroup": {"spec": {"schedulingPolicy": {"basic": {}}}},
    "ControllerRevision": {"data": {"a": 1}},
    "CronJob": {"spec": {"schedule": "0 0 * * *", "jobTemplate": {"spec": _RUNS_ONCE}}},
    "CustomResourceDefinition": {
        "metadata": {"name": "samples.example.com"},
        "spec": {"group": "example.com", "scope": "Namespaced", "names": {"kind": "Sample", "plural": "samples"}}
        | {
            "versions": [
                {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}
            ]
        },
    },
    "DaemonSet": _WORKLOAD,
    "Deployment": _WORKLOAD,
    "DeviceTaintRule": {"spec": {"taint": {"key": "example.com/k", "effect": "NoSchedule"}}},
    "EndpointSlice": {"addressType": "IPv4", "endpoints": [{"addresses": ["10.0.0.1"]}]},
    "Eviction": {"spec": {"target": _POD}},
    "EvictionRequest": {"spec": {"target": _POD, "requester": "example.com/r", "intent": "Eviction"}},
    "FlowSchema": {"spec": {"priorityLevelConfiguration": {"name": "exempt"}, "matchingPrecedence": 1000}},
    "HorizontalPodAutoscaler": {
        "spec": {
            "maxReplicas": 2,
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "sample"},
        }
    },
    "IPAddress": {
        "metadata": {"name": "10.9.8.7"},
        "spec": {"parentRef": {"resource": "services", "name": "sample", "namespace": NAMESPACE}},
    },
    "Ingress": {"spec": {"defaultBackend": {"service": {"name": "sample", "port": {"number": 80}}}}},
    "IngressClass": {"spec": {"controller": "example.com/ingress"}},
    "Job": {"spec": _RUNS_ONCE},
    "LeaseCandidate": {
        "spec": {"leaseName": "sample", "binaryVersion": "1.0.0", "emulationVersion": "1.0.0"}
        | {"strategy": "OldestEmulationVersion"}
    },
    "LocalSubjectAccessReview": {
        "spec": {**_READING, "resourceAttributes": {"verb": "get", "resource": "pods", "namespace": NAMESPACE}},
    },
    "MutatingAdmissionPolicy": {
        "spec": {
            "matchConstraints": _MATCHING,
            "reinvocationPolicy": "Never",
            "mutations": [
                {
                    "patchType": "ApplyConfiguration",
                    "applyConfiguration": {"expression": 'Object{metadata: Object.metadata{labels: {"a": "b"}}}'},
                }
            ],
        }
    },
    "MutatingAdmissionPolicyBinding": {"spec": {"policyName": "sample"}},
    "PersistentVolume": {
        "spec": {"accessModes": ["ReadWriteOnce"], "capacity": {"storage": "1Gi"}, "hostPath": {"path": "/sample"}}
    },
    "PersistentVolumeClaim": {
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    },
    "Pod": {"spec": _CONTAINERS},
    "PodGroup": {"spec": {"schedulingPolicy": {"basic": {}}}},
    "PodTemplate": {"template": {"spec": _CONTAINERS}},
    "PriorityLevelConfiguration": {"spec": {"type": "Limited", "limited": {"limitResponse": {"type": "Reject"}}}},
    "ReplicaSet": _WORKLOAD,
    "ReplicationController": {"spec": {"selector": _LABELS, "template": _TEMPLATE}},
    "ResourceSlice": {
        "spec": {"nodeName": "sample", "driver": "example.com", "pool": {"name": "p", "resourceSliceCount": 1}}
    },
    "RoleBinding": {"roleRef": _ROLE},
    "SelfSubjectAccessReview": {"spec": {"resourceAttributes": _READING["resourceAttributes"]}},
    "SelfSubjectRulesReview": {"spec": {"namespace": NAMESPACE}},
    "Service": {"spec": {"ports": [{"port": 80}]}},
    "ServiceCIDR": {"spec": {"cidrs": ["10.96.0.0/24"]}},
    "StatefulSet": {"spec": {**_WORKLOAD["spec"], "serviceName": "sample"}},
    "StorageVersionMigration": {"spec": {"resource": {"group": "apps", "resource": "deployments"}}},
    "StorageVersion": {"metadata": {"name": "example.com.samples"}},
    "SubjectAccessReview": {"spec": _READING},
    "TokenReview": {"spec": {"token": "sample"}},
    "ValidatingAdmissionPolicy": {"spec": {"matchConstraints": _MATCHING, "validations": [{"expression": "true"}]}},
    "ValidatingAdmissionPolicyBinding": {"spec": {"policyName": "sample", "validationActions": ["Deny"]}},
    "VolumeAttachment": {"spec": {"source": {"persistentVolumeName": "sample"}}},
    "VolumeAttributesClass": {"parameters": {"iops": "100"}},
    "Workload": {"spec": {"podGroups": [{"name": "g", "policy": {"basic": {}}}]}},
    "v1_37 Workload": {"spec": {"podGroupTemplates": [{"name": "g", "schedulingPolicy": {"basic": {}}}]}},
    "events.k8s.io/v1 Event": {
        "eventTime": "2026-01-02T03:04:05.000006Z",
        "reportingController": "example.com/c",
        "reportingInstance": "c-0",
        "action": "Testing",
        "reason": "Sample",
        "type": "Normal",
        "regarding": {"kind": "Pod", "name": "sample", "namespace": NAMESPACE},
    },
    "storagemigration.k8s.io/v1alpha1 StorageVersionMigration": {
        "spec": {"resource": {"group": "apps", "version": "v1", "resource": "deployments"}}
    },
    "v1 Event": {"involvedObject": {"kind": "Pod", "name": "sample", "namespace": NAMESPACE}},
    **certificate_samples(),
}
"""What the server's validation wants beyond the document, by kind; the version or the release stands before it where
others want something else. It is merged into what the document requires."""


def sample_for(generated: Version, kind: Served, definition: str) -> Object:
    """Give an object of a kind, which has a definition in the release's document."""
    made: Object = sample_of(generated.document, definition, -1)
    has_name = not kind.is_question or (kind.api_version, kind.kind) in NOT_CREATED
    made["metadata"] = {"name": "sample"} if has_name else {}
    names = (f"{generated.name} {kind.kind}", f"{kind.api_version} {kind.kind}", kind.kind)
    special = next((_SPECIAL[name] for name in names if name in _SPECIAL), None)
    return made if special is None else cast("Object", _merged(made, special))


def _merged(below: Any, above: Any) -> Any:
    if is_object(below) and is_object(above):
        return {name: _merged(below.get(name), above.get(name, below.get(name))) for name in [*below, *above]}
    return deepcopy(above)
