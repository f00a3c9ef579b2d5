"""What the server refuses in deployments and their kin, jobs, claims and services."""

from __future__ import annotations

from typing import Any, Final

from kubex.core.exceptions import InvalidArgument
from kubex.core.selectors import LabelSelector
from kubex.testing.failures import Cause, field_forbidden, field_invalid, field_required
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.validation.pods import template_causes
from kubex.testing.lifecycle.validation.values import immutable, not_negative, unsupported
from kubex.testing.patching._go_text import go_json

__all__ = [
    "claim_causes",
    "cron_job_causes",
    "daemon_set_causes",
    "deployment_causes",
    "ingress_causes",
    "job_causes",
    "lease_causes",
    "replica_set_causes",
    "service_causes",
    "stateful_set_causes",
]

_MISMATCH: Final = "`selector` does not match template `labels`"
_STATEFUL_UPDATES: Final = (
    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', "
    "'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
)
_STATEFUL_CHANGEABLE: Final = frozenset(
    {
        "replicas",
        "ordinals",
        "template",
        "updateStrategy",
        "revisionHistoryLimit",
        "persistentVolumeClaimRetentionPolicy",
        "minReadySeconds",
    }
)
_CLAIM_UPDATES: Final = (
    "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"
)
_SERVICE_TYPES: Final = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")


def deployment_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a Deployment."""
    spec = new["spec"]
    causes = not_negative("spec.replicas", spec.get("replicas"))
    causes += _selector_causes(spec)
    strategy = object_at(spec, "strategy")
    if strategy.get("type") not in ("Recreate", "RollingUpdate"):
        shown = f'{{"Type":"{strategy.get("type", "")}","RollingUpdate":null}}'
        text = f'Unsupported value: {shown}: supported values: "Recreate", "RollingUpdate"'
        causes.append(Cause("FieldValueNotSupported", text, "spec.strategy"))
    causes += not_negative("spec.minReadySeconds", spec.get("minReadySeconds"))
    return [*causes, *_kept_selector(spec, old)]


def replica_set_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a ReplicaSet."""
    spec = new["spec"]
    causes = not_negative("spec.replicas", spec.get("replicas"))
    return [*causes, *_selector_causes(spec), *_kept_selector(spec, old)]


def daemon_set_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a DaemonSet."""
    return [*_selector_causes(new["spec"]), *_kept_selector(new["spec"], old)]


def stateful_set_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a StatefulSet."""
    spec = new["spec"]
    causes = [*not_negative("spec.replicas", spec.get("replicas")), *_selector_causes(spec)]
    if old is not None:
        before = {name: value for name, value in old["spec"].items() if name not in _STATEFUL_CHANGEABLE}
        after = {name: value for name, value in spec.items() if name not in _STATEFUL_CHANGEABLE}
        if before != after:
            causes.append(field_forbidden("spec", _STATEFUL_UPDATES))
    return causes


def job_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a Job."""
    spec = new["spec"]
    causes: list[Cause] = []
    for name in ("parallelism", "completions", "backoffLimit"):
        causes += not_negative(f"spec.{name}", spec.get(name))
    causes += _job_template_causes(spec, "spec.template")
    if old is not None:
        before = old["spec"]
        causes += immutable("spec.selector", before.get("selector"), spec.get("selector"))
        causes += immutable("spec.template", before.get("template"), spec.get("template"))
        causes += immutable("spec.completionMode", before.get("completionMode"), spec.get("completionMode"))
        if spec.get("completionMode") != "Indexed":
            causes += immutable("spec.completions", before.get("completions"), spec.get("completions"))
    return causes


def cron_job_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a CronJob."""
    spec = new["spec"]
    causes = _job_template_causes(spec["jobTemplate"]["spec"], "spec.jobTemplate.spec.template")
    if not spec.get("schedule"):
        causes.append(field_required("spec.schedule"))
    if spec.get("concurrencyPolicy") not in ("Allow", "Forbid", "Replace"):
        policies = ("Allow", "Forbid", "Replace")
        causes.append(unsupported("spec.concurrencyPolicy", spec.get("concurrencyPolicy", ""), policies))
    return causes


def _job_template_causes(spec: dict[str, Any], where: str) -> list[Cause]:
    template = object_at(spec, "template")
    causes = template_causes(template, where)
    policy = object_at(template, "spec").get("restartPolicy")
    field = f"{where}.spec.restartPolicy"
    if policy == "Always":
        text = 'Required value: valid values: "OnFailure", "Never"'
        causes.append(Cause("FieldValueRequired", text, field))
    return causes


def _selector_causes(spec: dict[str, Any]) -> list[Cause]:
    selector = spec.get("selector")
    template = object_at(spec, "template")
    labels = object_at(template, "metadata").get("labels")
    causes: list[Cause] = []
    if selector is None:
        causes.append(field_required("spec.selector"))
    elif not selector.get("matchLabels") and not selector.get("matchExpressions"):
        causes.append(field_invalid("spec.selector", "", "empty selector is invalid for deployment"))
        text = "Invalid value: {}: empty selector is invalid for deployment"
        causes[-1] = Cause("FieldValueInvalid", text, "spec.selector")
    if not _matches(selector, labels):
        text = f"Invalid value: {go_json(labels)}: {_MISMATCH}"
        causes.append(Cause("FieldValueInvalid", text, "spec.template.metadata.labels"))
    return [*causes, *template_causes(template, "spec.template")]


def _matches(selector: Any, labels: Any) -> bool:
    try:
        return selector is not None and LabelSelector.from_model(selector).matches(labels)
    except InvalidArgument:
        return False


def _kept_selector(spec: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    if old is None:
        return []
    return immutable("spec.selector", old["spec"].get("selector"), spec.get("selector"))


def claim_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a PersistentVolumeClaim."""
    spec = new["spec"]
    causes: list[Cause] = []
    if not spec.get("accessModes"):
        causes.append(field_required("spec.accessModes", "at least 1 access mode is required"))
    if "storage" not in (object_at(object_at(spec, "resources"), "requests")):
        causes.append(field_required("spec.resources[storage]"))
    if old is not None:
        changeable = ("resources", "volumeAttributesClassName", "volumeName")
        before = {name: value for name, value in old["spec"].items() if name not in changeable}
        after = {name: value for name, value in spec.items() if name not in changeable}
        if before != after:
            # The server adds a difference of its internal types here, which have no counterpart.
            causes.append(field_forbidden("spec", _CLAIM_UPDATES))
    return causes


def service_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a Service."""
    spec = new["spec"]
    causes: list[Cause] = []
    ports: list[dict[str, Any]] = list_at(spec, "ports")
    if not ports and spec.get("type") != "ExternalName" and spec.get("clusterIP") != "None":
        causes.append(field_required("spec.ports"))
    for index, port in enumerate(ports):
        number = port.get("port", 0)
        if len(ports) > 1 and not port.get("name"):
            causes.append(field_required(f"spec.ports[{index}].name"))
        if not 1 <= number <= 65535:
            why = "must be between 1 and 65535, inclusive"
            causes.append(field_invalid(f"spec.ports[{index}].port", number, why))
    if spec.get("type") not in _SERVICE_TYPES:
        causes.append(unsupported("spec.type", spec.get("type", ""), _SERVICE_TYPES))
    if old is not None and "ExternalName" not in (spec.get("type"), old["spec"].get("type")):
        for name in ("clusterIP",):
            before, after = old["spec"].get(name), spec.get(name)
            if before and before != after:
                causes.append(field_invalid("spec.clusterIPs[0]", [after], "may not change once set"))
    return causes


def ingress_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with an Ingress."""
    spec = object_at(new, "spec")
    if not spec.get("rules") and not spec.get("defaultBackend"):
        text = "Invalid value: []: either `defaultBackend` or `rules` must be specified"
        return [Cause("FieldValueInvalid", text, "spec")]
    return []


def lease_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a Lease."""
    spec = object_at(new, "spec")
    causes: list[Cause] = []
    seconds, transitions = spec.get("leaseDurationSeconds"), spec.get("leaseTransitions")
    if seconds is not None and seconds <= 0:
        causes.append(field_invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0"))
    return [*causes, *not_negative("spec.leaseTransitions", transitions)]
