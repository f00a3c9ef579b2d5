"""What the server refuses in an object that can be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from kubex.testing.custom_resources import custom_causes
from kubex.testing.failures import Cause
from kubex.testing.lifecycle.validation import (
    access,
    admission_policies,
    api_services,
    attached_storage,
    autoscaling,
    configuration,
    endpoint_slices,
    endpoints,
    events,
    flow_control,
    jobs,
    namespaces,
    networking,
    nodes,
    persistent_volumes,
    pods,
    policies,
    quotas,
    service_ranges,
    services,
    signing_requests,
    storage,
    webhooks,
    workloads,
)
from kubex.testing.lifecycle.validation.definitions import definition_causes
from kubex.testing.registry import Resource

__all__ = ["Validate", "object_causes"]

Validate: TypeAlias = Callable[[dict[str, Any], dict[str, Any] | None], list[Cause]]
_ADMISSION: Final = "admissionregistration.k8s.io"
_FLOW_CONTROL: Final = "flowcontrol.apiserver.k8s.io"
_RBAC: Final = "rbac.authorization.k8s.io"
_VALIDATIONS: Final[Mapping[tuple[str, str], Validate]] = {
    ("", "ConfigMap"): configuration.config_map_causes,
    ("", "Endpoints"): endpoints.endpoints_causes,
    ("", "Event"): events.event_causes,
    ("", "LimitRange"): quotas.limit_range_causes,
    ("", "Namespace"): namespaces.namespace_causes,
    ("", "Node"): nodes.node_causes,
    ("", "PersistentVolume"): persistent_volumes.volume_object_causes,
    ("", "PersistentVolumeClaim"): storage.claim_causes,
    ("", "Pod"): pods.pod_causes,
    ("", "PodTemplate"): workloads.pod_template_causes,
    ("", "ReplicationController"): workloads.replication_controller_causes,
    ("", "ResourceQuota"): quotas.quota_causes,
    ("", "Secret"): configuration.secret_causes,
    ("", "Service"): services.service_causes,
    (_ADMISSION, "MutatingWebhookConfiguration"): webhooks.webhook_configuration_causes,
    (_ADMISSION, "ValidatingWebhookConfiguration"): webhooks.webhook_configuration_causes,
    (_ADMISSION, "ValidatingAdmissionPolicy"): admission_policies.policy_causes,
    (_ADMISSION, "ValidatingAdmissionPolicyBinding"): admission_policies.policy_binding_causes,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): definition_causes,
    ("apiregistration.k8s.io", "APIService"): api_services.api_service_causes,
    ("apps", "ControllerRevision"): workloads.revision_causes,
    ("apps", "DaemonSet"): workloads.daemon_set_causes,
    ("apps", "Deployment"): workloads.deployment_causes,
    ("apps", "ReplicaSet"): workloads.replica_set_causes,
    ("apps", "StatefulSet"): workloads.stateful_set_causes,
    ("autoscaling", "HorizontalPodAutoscaler"): autoscaling.autoscaler_causes,
    ("batch", "CronJob"): jobs.cron_job_causes,
    ("batch", "Job"): jobs.job_causes,
    ("certificates.k8s.io", "CertificateSigningRequest"): signing_requests.signing_request_causes,
    ("coordination.k8s.io", "Lease"): policies.lease_causes,
    ("discovery.k8s.io", "EndpointSlice"): endpoint_slices.endpoint_slice_causes,
    ("events.k8s.io", "Event"): events.event_causes,
    (_FLOW_CONTROL, "FlowSchema"): flow_control.flow_schema_causes,
    (_FLOW_CONTROL, "PriorityLevelConfiguration"): flow_control.priority_level_causes,
    ("networking.k8s.io", "IPAddress"): service_ranges.ip_address_causes,
    ("networking.k8s.io", "Ingress"): networking.ingress_causes,
    ("networking.k8s.io", "IngressClass"): networking.ingress_class_causes,
    ("networking.k8s.io", "NetworkPolicy"): networking.network_policy_causes,
    ("networking.k8s.io", "ServiceCIDR"): service_ranges.service_range_causes,
    ("node.k8s.io", "RuntimeClass"): nodes.runtime_class_causes,
    ("policy", "PodDisruptionBudget"): policies.budget_causes,
    (_RBAC, "ClusterRole"): access.cluster_role_causes,
    (_RBAC, "ClusterRoleBinding"): access.binding_causes,
    (_RBAC, "Role"): access.role_causes,
    (_RBAC, "RoleBinding"): access.binding_causes,
    ("scheduling.k8s.io", "PriorityClass"): policies.priority_class_causes,
    ("storage.k8s.io", "CSIDriver"): storage.driver_causes,
    ("storage.k8s.io", "CSINode"): attached_storage.node_driver_causes,
    ("storage.k8s.io", "CSIStorageCapacity"): attached_storage.storage_capacity_causes,
    ("storage.k8s.io", "StorageClass"): storage.storage_class_causes,
    ("storage.k8s.io", "VolumeAttachment"): attached_storage.attachment_causes,
    ("storage.k8s.io", "VolumeAttributesClass"): attached_storage.attributes_class_causes,
}


def object_causes(resource: Resource, new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with an object; its metadata aside.

    Args:
        resource: of the object.
        new: the object.
        old: the object as it was; `None` for one that is created.
    """
    if resource.custom is not None:
        return custom_causes(resource, new, old)
    validate = _VALIDATIONS.get((resource.name.group, resource.kind))
    return validate(new, old) if validate is not None else []
