"""Defaults of what runs pods: deployments and their kin, jobs, autoscalers."""

from __future__ import annotations

import copy
import re
from typing import Any, Final

from kubex.core._go_text import go_quoted
from kubex.testing.lifecycle.autoscaler_versions import first_autoscaler, second_autoscaler, without_annotations
from kubex.testing.lifecycle.decoding import NotConverted
from kubex.testing.lifecycle.defaults.pods import default_template
from kubex.testing.lifecycle.defaults.storage import default_claim
from kubex.testing.lifecycle.json_members import list_at, object_at

__all__ = [
    "TEMPLATE_GENERATION",
    "default_autoscaler",
    "default_cron_job",
    "default_daemon_set",
    "default_deployment",
    "default_job",
    "default_pod_template",
    "default_replica_set",
    "default_replication_controller",
    "default_stateful_set",
]

TEMPLATE_GENERATION: Final = "deprecated.daemonset.template.generation"
"""Annotation of a DaemonSet."""
_NUMBER: Final = re.compile(r"[+-]?[0-9]+")
_LARGEST: Final = 2**63
_WHOLE: Final = {"type": "Percent", "value": 100, "periodSeconds": 15}
_SCALING_RULES: Final[dict[str, dict[str, Any]]] = {
    "scaleUp": {
        "stabilizationWindowSeconds": 0,
        "selectPolicy": "Max",
        "policies": [{"type": "Pods", "value": 4, "periodSeconds": 15}, _WHOLE],
    },
    "scaleDown": {"selectPolicy": "Max", "policies": [_WHOLE]},
}


def default_deployment(object_: dict[str, Any]) -> None:
    """Fill in a Deployment, in place."""
    spec = object_["spec"]
    default_template(spec.setdefault("template", {}))
    spec.setdefault("replicas", 1)
    strategy = spec.setdefault("strategy", {})
    strategy.setdefault("type", "RollingUpdate")
    if strategy["type"] == "RollingUpdate":
        rolling = strategy.setdefault("rollingUpdate", {})
        rolling.setdefault("maxUnavailable", "25%")
        rolling.setdefault("maxSurge", "25%")
    spec.setdefault("revisionHistoryLimit", 10)
    spec.setdefault("progressDeadlineSeconds", 600)


def default_replica_set(object_: dict[str, Any]) -> None:
    """Fill in a ReplicaSet, in place."""
    spec = object_["spec"]
    default_template(spec.setdefault("template", {}))
    spec.setdefault("replicas", 1)


def default_replication_controller(object_: dict[str, Any]) -> None:
    """Fill in a ReplicationController, in place."""
    spec = object_["spec"]
    template = spec.get("template")
    if template is not None:
        default_template(template)
        labels = template["metadata"].get("labels")
        if labels:
            if not spec.get("selector"):
                spec["selector"] = labels
            if not object_["metadata"].get("labels"):
                object_["metadata"]["labels"] = labels
    spec.setdefault("replicas", 1)


def default_stateful_set(object_: dict[str, Any]) -> None:
    """Fill in a StatefulSet, in place."""
    spec = object_["spec"]
    default_template(spec.setdefault("template", {}))
    spec.setdefault("podManagementPolicy", "OrderedReady")
    strategy = spec.setdefault("updateStrategy", {})
    if not strategy.get("type"):
        strategy["type"] = "RollingUpdate"
        strategy.setdefault("rollingUpdate", {})
    if strategy["type"] == "RollingUpdate" and strategy.get("rollingUpdate") is not None:
        strategy["rollingUpdate"].setdefault("partition", 0)
    retention = spec.setdefault("persistentVolumeClaimRetentionPolicy", {})
    retention.setdefault("whenDeleted", "Retain")
    retention.setdefault("whenScaled", "Retain")
    spec.setdefault("replicas", 1)
    spec.setdefault("revisionHistoryLimit", 10)
    for claim in list_at(spec, "volumeClaimTemplates"):
        claim.update(kind="PersistentVolumeClaim", apiVersion="v1")
        default_claim(claim)
        claim["status"] = {**object_at(claim, "status"), "phase": "Pending"}


def default_daemon_set(object_: dict[str, Any]) -> None:
    """Fill in a DaemonSet, in place.

    Raises:
        NotConverted: its count of the changes of its template is no number.
    """
    spec = object_["spec"]
    # What was a field once; the server counts the changes of the template in it.
    annotations = object_["metadata"].setdefault("annotations", {})
    annotations[TEMPLATE_GENERATION] = str(_template_generation(annotations.get(TEMPLATE_GENERATION, "0")))
    default_template(spec.setdefault("template", {}))
    strategy = spec.setdefault("updateStrategy", {})
    strategy.setdefault("type", "RollingUpdate")
    if strategy["type"] == "RollingUpdate":
        rolling = strategy.setdefault("rollingUpdate", {})
        rolling.setdefault("maxUnavailable", 1)
        rolling.setdefault("maxSurge", 0)
    spec.setdefault("revisionHistoryLimit", 10)


def _template_generation(text: str) -> int:
    what = f"strconv.ParseInt: parsing {go_quoted(text)}"
    if not _NUMBER.fullmatch(text):
        raise NotConverted(f"{what}: invalid syntax")
    # One of thousands of digits is out of range too, and nothing that Python would read.
    number = int(text) if len(text.lstrip("+-0")) < len(str(_LARGEST)) + 1 else _LARGEST
    if not -_LARGEST <= number < _LARGEST:
        raise NotConverted(f"{what}: value out of range")
    return number


def default_job(object_: dict[str, Any]) -> None:
    """Fill in a Job, in place."""
    spec = object_["spec"]
    default_template(spec.setdefault("template", {}))
    labels = spec["template"]["metadata"].get("labels")
    if labels and not object_["metadata"].get("labels"):
        object_["metadata"]["labels"] = dict(labels)
    if "completions" not in spec and "parallelism" not in spec:
        spec["completions"] = 1
    spec.setdefault("parallelism", 1)
    spec.setdefault("backoffLimit", 2147483647 if spec.get("backoffLimitPerIndex") is not None else 6)
    spec.setdefault("completionMode", "NonIndexed")
    spec.setdefault("suspend", False)
    spec.setdefault("manualSelector", False)
    failures = spec.get("podFailurePolicy")
    spec.setdefault("podReplacementPolicy", "Failed" if failures else "TerminatingOrFailed")


def default_cron_job(object_: dict[str, Any]) -> None:
    """Fill in a CronJob, in place."""
    spec = object_["spec"]
    job = spec.setdefault("jobTemplate", {}).setdefault("spec", {})
    default_template(job.setdefault("template", {}))
    spec.setdefault("concurrencyPolicy", "Allow")
    spec.setdefault("suspend", False)
    spec.setdefault("successfulJobsHistoryLimit", 3)
    spec.setdefault("failedJobsHistoryLimit", 1)


def default_pod_template(object_: dict[str, Any]) -> None:
    """Fill in a PodTemplate, in place."""
    default_template(object_.setdefault("template", {}))


def default_autoscaler(object_: dict[str, Any]) -> None:
    """Fill in a HorizontalPodAutoscaler of either version, in place."""
    spec = object_["spec"]
    spec.setdefault("minReplicas", 1)
    if object_["apiVersion"].endswith("/v1"):
        # What is in its annotations is written anew, and what can't be read is gone.
        second = second_autoscaler(object_)
        behavior = object_at(second["spec"], "behavior")
        if behavior and all(rules.get("policies") for rules in behavior.values()):  # else it is refused
            _default_behavior(behavior)
        object_.update(first_autoscaler(second))
        return
    object_.update(without_annotations(object_))
    if not spec.get("metrics"):
        target = {"type": "Utilization", "averageUtilization": 80}
        spec["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]
    behavior = spec.get("behavior")
    if behavior is not None:
        _default_behavior(behavior)


def _default_behavior(behavior: dict[str, Any]) -> None:
    for name, rules in _SCALING_RULES.items():
        behavior[name] = {**copy.deepcopy(rules), **object_at(behavior, name)}
