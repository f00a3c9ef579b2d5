"""What the server refuses in a change of a part of an object: its status, its finalizers, its containers' resources."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from kubex.testing.custom_resources import custom_status_causes
from kubex.testing.failures import Cause
from kubex.testing.lifecycle.validation.api_services import api_service_status_causes
from kubex.testing.lifecycle.validation.attached_storage import attachment_status_causes
from kubex.testing.lifecycle.validation.claim_status import claim_status_causes
from kubex.testing.lifecycle.validation.definitions import definition_status_causes
from kubex.testing.lifecycle.validation.ephemeral_containers import ephemeral_container_causes
from kubex.testing.lifecycle.validation.flow_control import flow_status_causes
from kubex.testing.lifecycle.validation.job_status import job_status_causes
from kubex.testing.lifecycle.validation.load_balancer_status import ingress_status_causes, service_status_causes
from kubex.testing.lifecycle.validation.namespaces import finalize_causes, namespace_status_causes
from kubex.testing.lifecycle.validation.nodes import node_status_causes
from kubex.testing.lifecycle.validation.pod_status import pod_status_causes
from kubex.testing.lifecycle.validation.quotas import quota_status_causes
from kubex.testing.lifecycle.validation.replica_counts import (
    autoscaler_status_causes,
    budget_status_causes,
    daemon_set_status_causes,
    deployment_status_causes,
    replica_set_status_causes,
    stateful_set_status_causes,
)
from kubex.testing.lifecycle.validation.resizing import resizing_causes
from kubex.testing.lifecycle.validation.signing_requests import approval_causes, signing_status_causes
from kubex.testing.registry import Resource

__all__ = ["subresource_causes"]


def subresource_causes(resource: Resource, subresource: str, new: dict[str, Any], old: dict[str, Any]) -> list[Cause]:
    """Say what is wrong with an object that a request to its subresource leaves; its metadata aside."""
    if resource.custom is not None and subresource == "status":
        return custom_status_causes(resource, new, old)
    validate = _VALIDATIONS.get((resource.name.group, resource.kind, subresource))
    return validate(new, old) if validate is not None else []


def _definition_status_causes(new: dict[str, Any], old: dict[str, Any]) -> list[Cause]:
    return definition_status_causes(new)


_VALIDATIONS: Final[Mapping[tuple[str, str, str], Callable[[dict[str, Any], dict[str, Any]], list[Cause]]]] = {
    ("", "Namespace", "finalize"): finalize_causes,
    ("", "Namespace", "status"): namespace_status_causes,
    ("", "Node", "status"): node_status_causes,
    ("", "PersistentVolumeClaim", "status"): claim_status_causes,
    ("", "Pod", "ephemeralcontainers"): ephemeral_container_causes,
    ("", "Pod", "resize"): resizing_causes,
    ("", "Pod", "status"): pod_status_causes,
    ("", "ReplicationController", "status"): replica_set_status_causes,
    ("", "ResourceQuota", "status"): quota_status_causes,
    ("", "Service", "status"): service_status_causes,
    ("apiextensions.k8s.io", "CustomResourceDefinition", "status"): _definition_status_causes,
    ("apiregistration.k8s.io", "APIService", "status"): api_service_status_causes,
    ("apps", "DaemonSet", "status"): daemon_set_status_causes,
    ("apps", "Deployment", "status"): deployment_status_causes,
    ("apps", "ReplicaSet", "status"): replica_set_status_causes,
    ("apps", "StatefulSet", "status"): stateful_set_status_causes,
    ("autoscaling", "HorizontalPodAutoscaler", "status"): autoscaler_status_causes,
    ("batch", "Job", "status"): job_status_causes,
    ("certificates.k8s.io", "CertificateSigningRequest", "approval"): approval_causes,
    ("certificates.k8s.io", "CertificateSigningRequest", "status"): signing_status_causes,
    ("flowcontrol.apiserver.k8s.io", "FlowSchema", "status"): flow_status_causes,
    ("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration", "status"): flow_status_causes,
    ("networking.k8s.io", "Ingress", "status"): ingress_status_causes,
    ("policy", "PodDisruptionBudget", "status"): budget_status_causes,
    ("storage.k8s.io", "VolumeAttachment", "status"): attachment_status_causes,
}
