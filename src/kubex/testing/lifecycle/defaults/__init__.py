"""What the server fills in where an object says nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from kubex.testing.lifecycle.defaults import configuration, definitions, devices, pods, services, storage, workloads
from kubex.testing.registry import Resource

__all__ = ["apply_defaults"]

_ADMISSION: Final = "admissionregistration.k8s.io"
_RBAC: Final = "rbac.authorization.k8s.io"
_STORAGE: Final = "storage.k8s.io"

_DEFAULTS: Final[Mapping[tuple[str, str], Callable[[dict[str, Any]], None]]] = {
    ("", "Endpoints"): services.default_endpoints,
    ("", "LimitRange"): configuration.default_limits,
    ("", "Namespace"): configuration.default_namespace,
    ("", "Node"): configuration.default_node,
    ("", "PersistentVolume"): storage.default_volume,
    ("", "PersistentVolumeClaim"): storage.default_claim,
    ("", "Pod"): pods.default_pod,
    ("", "PodTemplate"): workloads.default_pod_template,
    ("", "ReplicationController"): workloads.default_replication_controller,
    ("", "Secret"): configuration.default_secret,
    ("", "Service"): services.default_service,
    ("apps", "DaemonSet"): workloads.default_daemon_set,
    ("apps", "Deployment"): workloads.default_deployment,
    ("apps", "ReplicaSet"): workloads.default_replica_set,
    ("apps", "StatefulSet"): workloads.default_stateful_set,
    ("autoscaling", "HorizontalPodAutoscaler"): workloads.default_autoscaler,
    ("batch", "CronJob"): workloads.default_cron_job,
    ("batch", "Job"): workloads.default_job,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): definitions.default_definition,
    ("discovery.k8s.io", "EndpointSlice"): services.default_endpoint_slice,
    ("flowcontrol.apiserver.k8s.io", "FlowSchema"): configuration.default_flow_schema,
    ("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration"): configuration.default_priority_level,
    ("networking.k8s.io", "IngressClass"): services.default_ingress_class,
    ("networking.k8s.io", "NetworkPolicy"): services.default_network_policy,
    ("resource.k8s.io", "ResourceClaim"): devices.default_device_claim,
    ("resource.k8s.io", "ResourceClaimTemplate"): devices.default_device_claim_template,
    ("scheduling.k8s.io", "PriorityClass"): configuration.default_priority_class,
    ("apiregistration.k8s.io", "APIService"): configuration.default_api_service,
    (_ADMISSION, "MutatingWebhookConfiguration"): configuration.default_webhooks,
    (_ADMISSION, "ValidatingAdmissionPolicy"): configuration.default_policy,
    (_ADMISSION, "ValidatingAdmissionPolicyBinding"): configuration.default_policy_binding,
    (_ADMISSION, "ValidatingWebhookConfiguration"): configuration.default_webhooks,
    (_RBAC, "ClusterRoleBinding"): configuration.default_binding,
    (_RBAC, "RoleBinding"): configuration.default_binding,
    (_STORAGE, "CSIDriver"): storage.default_driver,
    (_STORAGE, "StorageClass"): storage.default_storage_class,
}


def apply_defaults(resource: Resource, object_: dict[str, Any]) -> None:
    """Fill in the defaults of a built-in kind, in place."""
    fill = _DEFAULTS.get((resource.name.group, resource.kind))
    if fill is not None:
        fill(object_)
