"""Objects that between them have every kind of value that is not in JSON what it is in protobuf."""

from __future__ import annotations

from typing import Any

__all__ = ["DEFINITION", "OBJECTS"]

SCHEMA: dict[str, Any] = {
    "type": "object",
    "x-kubernetes-preserve-unknown-fields": True,
    "properties": {
        "port": {"x-kubernetes-int-or-string": True, "anyOf": [{"type": "integer"}, {"type": "string"}]},
        "factor": {"type": "number", "minimum": 0.5, "maximum": 2, "exclusiveMaximum": True, "multipleOf": 0.5},
        "size": {"type": "string", "enum": ["small", "large"], "default": "small", "example": {"any": [1, None]}},
        "tags": {"type": "array", "items": {"type": "string", "maxLength": 5}, "x-kubernetes-list-type": "set"},
        "labels": {"type": "object", "additionalProperties": {"type": "string", "nullable": True}},
        "anything": {"type": "object", "additionalProperties": True},
        "rule": {
            "type": "object",
            "properties": {"a": {"type": "integer", "default": 0}},
            "x-kubernetes-validations": [{"rule": "self.a >= 0", "message": "no"}],
        },
        "not": {"type": "string", "not": {"maxLength": 1, "pattern": "^x"}},
    },
    "required": ["size"],
    "externalDocs": {"url": "https://example.com"},
}
DEFINITION: dict[str, Any] = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "things.protobuf.example.com"},
    "spec": {
        "group": "protobuf.example.com",
        "scope": "Namespaced",
        "names": {"plural": "things", "singular": "thing", "kind": "Thing", "shortNames": ["th"]},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "subresources": {
                    "status": {},
                    "scale": {"specReplicasPath": ".spec.n", "statusReplicasPath": ".status.n"},
                },
                "schema": {
                    "openAPIV3Schema": {"type": "object", "properties": {"spec": SCHEMA, "status": {"type": "object"}}}
                },
                "additionalPrinterColumns": [
                    {"name": "Size", "type": "string", "jsonPath": ".spec.size", "priority": 1}
                ],
            }
        ],
    },
}
CONTAINER: dict[str, Any] = {
    "name": "main",
    "image": "example.com/image:1",
    "command": ["a", ""],
    "env": [
        {"name": "EMPTY", "value": ""},
        {"name": "CPU", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu", "divisor": "1m"}}},
    ],
    "ports": [{"containerPort": 80, "name": "http"}],
    "resources": {"limits": {"cpu": "1500m", "memory": "1Gi"}, "requests": {"cpu": "0.5"}},
    "livenessProbe": {
        "httpGet": {"port": "http", "path": "/"},
        "initialDelaySeconds": 3,
        "terminationGracePeriodSeconds": 5,
    },
    "readinessProbe": {"tcpSocket": {"port": 80}},
    "securityContext": {"runAsUser": 0, "allowPrivilegeEscalation": False, "capabilities": {"add": ["SYS_TIME"]}},
    "volumeMounts": [{"name": "config", "mountPath": "/config", "readOnly": True}],
}
POD_SPEC: dict[str, Any] = {
    "automountServiceAccountToken": False,
    "containers": [CONTAINER],
    "securityContext": {
        "supplementalGroups": [1, 4294967],
        "sysctls": [{"name": "kernel.shm_rmid_forced", "value": "0"}],
    },
    "tolerations": [{"key": "a", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 0}],
    "volumes": [
        {"name": "config", "configMap": {"name": "one", "defaultMode": 0o400, "optional": True}},
        {"name": "cache", "emptyDir": {"sizeLimit": "1.5Gi"}},
        {"name": "token", "projected": {"sources": [{"serviceAccountToken": {"path": "t", "expirationSeconds": 900}}]}},
    ],
    "nodeSelector": {"a": "b", "c": ""},
    "hostAliases": [{"ip": "1.2.3.4", "hostnames": ["a", "b"]}],
}
TEMPLATE: dict[str, Any] = {"metadata": {"labels": {"app": "a"}}, "spec": POD_SPEC}
SELECTOR: dict[str, Any] = {"matchLabels": {"app": "a"}}


def _object(api_version: str, kind: str, **members: Any) -> dict[str, Any]:
    return {
        "apiVersion": api_version,
        "kind": kind,
        "metadata": {"name": "one", "labels": {"a": ""}},
        **members,
    }


OBJECTS: list[dict[str, Any]] = [
    DEFINITION,
    _object(
        "v1",
        "ConfigMap",
        data={"b": "é", "a": "", "c": "\u2028<&>"},
        binaryData={"x": "AAEC/w==", "e": ""},
        immutable=True,
    ),
    _object("v1", "Secret", data={"x": "AAEC/w==", "e": ""}, stringData={"s": "t"}, type="Opaque"),
    _object("v1", "Pod", spec=POD_SPEC),
    _object(
        "v1",
        "Service",
        spec={"ports": [{"name": "a", "port": 80, "targetPort": "http"}, {"name": "b", "port": 81, "targetPort": 8}]},
    ),
    _object("v1", "ResourceQuota", spec={"hard": {"pods": "10", "requests.cpu": "1500m", "limits.memory": "1Ti"}}),
    _object("v1", "LimitRange", spec={"limits": [{"type": "Container", "default": {"cpu": "1"}, "max": {"cpu": "2"}}]}),
    _object(
        "apps/v1",
        "Deployment",
        spec={
            "replicas": 0,
            "selector": SELECTOR,
            "template": TEMPLATE,
            "strategy": {"rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 0}},
        },
    ),
    _object("apps/v1", "StatefulSet", spec={"selector": SELECTOR, "template": TEMPLATE, "serviceName": "a"}),
    _object("apps/v1", "ControllerRevision", data={"spec": {"a": [1, 2.5, None, "x", {"b": {}}]}}, revision=3),
    _object(
        "batch/v1",
        "CronJob",
        spec={
            "schedule": "* * * * *",
            "jobTemplate": {
                "spec": {
                    "template": {"spec": {**POD_SPEC, "restartPolicy": "Never"}},
                    "podFailurePolicy": {
                        "rules": [{"action": "FailJob", "onExitCodes": {"operator": "In", "values": [1, 2, 300]}}]
                    },
                }
            },
        },
    ),
    _object("policy/v1", "PodDisruptionBudget", spec={"minAvailable": "50%", "selector": SELECTOR}),
    _object(
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        spec={
            "maxReplicas": 3,
            "scaleTargetRef": {"kind": "Deployment", "name": "a", "apiVersion": "apps/v1"},
            "metrics": [
                {
                    "type": "Resource",
                    "resource": {"name": "cpu", "target": {"type": "AverageValue", "averageValue": "100m"}},
                }
            ],
        },
    ),
    _object(
        "coordination.k8s.io/v1",
        "Lease",
        spec={
            "holderIdentity": "a",
            "acquireTime": "2026-01-02T03:04:05.123456Z",
            "renewTime": "2026-01-02T03:04:05.000000Z",
            "leaseDurationSeconds": 15,
        },
    ),
    _object(
        "networking.k8s.io/v1",
        "NetworkPolicy",
        spec={
            "podSelector": {},
            "ingress": [
                {},
                {
                    "ports": [{"port": "http"}, {"port": 80, "endPort": 90}],
                    "from": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}}],
                },
            ],
        },
    ),
    _object(
        "networking.k8s.io/v1",
        "Ingress",
        spec={
            "rules": [
                {
                    "host": "a.b",
                    "http": {
                        "paths": [
                            {
                                "path": "/",
                                "pathType": "Prefix",
                                "backend": {"service": {"name": "a", "port": {"number": 80}}},
                            }
                        ]
                    },
                }
            ]
        },
    ),
    _object(
        "rbac.authorization.k8s.io/v1",
        "ClusterRole",
        rules=[{"verbs": ["get"], "apiGroups": ["", "apps"], "resources": ["*"]}],
        aggregationRule={"clusterRoleSelectors": [SELECTOR]},
    ),
    _object(
        "admissionregistration.k8s.io/v1",
        "ValidatingWebhookConfiguration",
        webhooks=[
            {
                "name": "a.b.c",
                "sideEffects": "None",
                "admissionReviewVersions": ["v1"],
                "clientConfig": {"url": "https://example.com"},
                "timeoutSeconds": 1,
            }
        ],
    ),
    _object("storage.k8s.io/v1", "StorageClass", provisioner="a.b/c", allowVolumeExpansion=False, parameters={"a": ""}),
    _object("scheduling.k8s.io/v1", "PriorityClass", value=-5, preemptionPolicy="Never"),
    _object(
        "discovery.k8s.io/v1",
        "EndpointSlice",
        addressType="IPv4",
        endpoints=[{"addresses": ["10.0.0.1"], "conditions": {"ready": False}}],
        ports=[{"name": "", "port": 80}],
    ),
    _object(
        "flowcontrol.apiserver.k8s.io/v1",
        "PriorityLevelConfiguration",
        spec={"type": "Limited", "limited": {"nominalConcurrencyShares": 0, "limitResponse": {"type": "Reject"}}},
    ),
    {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": {
            "user": "a",
            "groups": ["b"],
            "extra": {"x": ["1", ""]},
            "resourceAttributes": {"verb": "get", "resource": "pods"},
        },
    },
    _object(
        "resource.k8s.io/v1",
        "ResourceSlice",
        spec={
            "driver": "a.b",
            "pool": {"name": "p", "generation": 1, "resourceSliceCount": 1},
            "nodeName": "n",
            "devices": [
                {
                    "name": "d",
                    "attributes": {"a": {"int": 5}, "b": {"bool": False}, "c": {"version": "1.2.3"}},
                    "capacity": {"m": {"value": "5Gi"}},
                }
            ],
        },
    ),
]
