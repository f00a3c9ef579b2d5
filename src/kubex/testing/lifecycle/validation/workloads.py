"""What the server refuses in deployments and their kin."""

from __future__ import annotations

import re
from typing import Any, Final

from kubex.core._go_text import go_json
from kubex.core._json_value import is_object
from kubex.core.exceptions import InvalidArgument
from kubex.core.selectors import LabelSelector
from kubex.testing.failures import Cause, field_forbidden, field_invalid, field_required
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.names import dns_label_problems
from kubex.testing.lifecycle.validation.pods import template_causes
from kubex.testing.lifecycle.validation.storage import claim_causes
from kubex.testing.lifecycle.validation.values import immutable, not_negative, one_of, selector_causes, unsupported

__all__ = [
    "daemon_set_causes",
    "deployment_causes",
    "percent_causes",
    "pod_template_causes",
    "replica_set_causes",
    "revision_causes",
    "replication_controller_causes",
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
_PERCENT: Final = re.compile(r"[0-9]+%")
_PERCENT_PROBLEM: Final = (
    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for "
    "validation is '[0-9]+%')"
)


def deployment_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a Deployment."""
    spec = new["spec"]
    causes = not_negative("spec.replicas", spec.get("replicas"))
    causes += _selector_causes(spec, "deployment")
    causes += _template_causes(spec, "ReplicaSet")
    strategy = object_at(spec, "strategy")
    kind, rolling = strategy.get("type", ""), strategy.get("rollingUpdate")
    if kind not in ("Recreate", "RollingUpdate"):
        shown = f'{{"Type":"{kind}","RollingUpdate":null}}'
        text = f'Unsupported value: {shown}: supported values: "Recreate", "RollingUpdate"'
        causes.append(Cause("FieldValueNotSupported", text, "spec.strategy"))
    elif kind == "Recreate":
        if rolling is not None:
            why = "may not be specified when strategy `type` is 'Recreate'"
            causes.append(field_forbidden("spec.strategy.rollingUpdate", why))
    elif rolling is not None:
        causes += _rolling_causes(rolling, "spec.strategy.rollingUpdate")
    ready, deadline = spec.get("minReadySeconds") or 0, spec.get("progressDeadlineSeconds")
    causes += not_negative("spec.minReadySeconds", ready)
    causes += not_negative("spec.revisionHistoryLimit", spec.get("revisionHistoryLimit"))
    causes += not_negative("spec.progressDeadlineSeconds", deadline)
    if deadline is not None and deadline <= ready:
        causes.append(field_invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds"))
    return [*causes, *_kept_selector(spec, old)]


def _rolling_causes(rolling: dict[str, Any], where: str) -> list[Cause]:
    unavailable, surge = rolling.get("maxUnavailable", 0), rolling.get("maxSurge", 0)
    causes = [*percent_causes(f"{where}.maxUnavailable", unavailable), *percent_causes(f"{where}.maxSurge", surge)]
    if unavailable in (0, "0%") and surge in (0, "0%"):
        causes.append(field_invalid(f"{where}.maxUnavailable", unavailable, "may not be 0 when `maxSurge` is 0"))
    return [*causes, *_at_most_all(f"{where}.maxUnavailable", unavailable)]


def percent_causes(field: str, value: Any) -> list[Cause]:
    """A value is a number of pods, or a percentage of them."""
    if isinstance(value, str):
        return [] if _PERCENT.fullmatch(value) else [field_invalid(field, value, _PERCENT_PROBLEM)]
    return not_negative(field, value)


def _at_most_all(field: str, value: Any) -> list[Cause]:
    if isinstance(value, str) and _PERCENT.fullmatch(value) and int(value[:-1]) > 100:
        return [field_invalid(field, value, "must not be greater than 100%")]
    return []


def replica_set_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a ReplicaSet."""
    spec = new["spec"]
    causes = not_negative("spec.replicas", spec.get("replicas"))
    causes += not_negative("spec.minReadySeconds", spec.get("minReadySeconds"))
    causes += _selector_causes(spec, "deployment")
    causes += _template_causes(spec, "ReplicaSet")
    return [*causes, *_kept_selector(spec, old)]


def replication_controller_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a ReplicationController."""
    spec = new["spec"]
    causes = not_negative("spec.minReadySeconds", spec.get("minReadySeconds"))
    selector, template = object_at(spec, "selector"), spec.get("template")
    if not selector:
        causes.append(field_required("spec.selector"))
    causes += not_negative("spec.replicas", spec.get("replicas"))
    if template is None:
        return [*causes, field_required("spec.template")]
    labels = object_at(object_at(template, "metadata"), "labels")
    if selector and any(labels.get(key) != value for key, value in selector.items()):
        shown = f"Invalid value: {go_json(object_at(template, 'metadata').get('labels'))}: {_MISMATCH}"
        causes.append(Cause("FieldValueInvalid", shown, "spec.template.metadata.labels"))
    return [*causes, *_template_causes(spec, "ReplicationController")]


def daemon_set_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a DaemonSet."""
    spec = new["spec"]
    causes = _selector_causes(spec, "daemonset")
    causes += _template_causes(spec, "DaemonSet")
    causes += not_negative("spec.minReadySeconds", spec.get("minReadySeconds"))
    causes += not_negative("spec.revisionHistoryLimit", spec.get("revisionHistoryLimit"))
    strategy = object_at(spec, "updateStrategy")
    kind, rolling = strategy.get("type", ""), strategy.get("rollingUpdate")
    field = "spec.updateStrategy"
    if kind == "RollingUpdate":
        if rolling is None:
            return [*causes, field_required(f"{field}.rollingUpdate")]
        causes += _daemon_rolling_causes(rolling, f"{field}.rollingUpdate")
    elif kind != "OnDelete":
        shown = f'{{"Type":"{kind}","RollingUpdate":null}}'
        text = f'Unsupported value: {shown}: supported values: "RollingUpdate", "OnDelete"'
        causes.append(Cause("FieldValueNotSupported", text, field))
    return [*causes, *_kept_selector(spec, old)]


def _daemon_rolling_causes(rolling: dict[str, Any], where: str) -> list[Cause]:
    unavailable, surge = rolling.get("maxUnavailable", 0), rolling.get("maxSurge", 0)
    causes = [*percent_causes(f"{where}.maxUnavailable", unavailable), *percent_causes(f"{where}.maxSurge", surge)]
    causes += _at_most_all(f"{where}.maxUnavailable", unavailable) + _at_most_all(f"{where}.maxSurge", surge)
    none = (0, "0%")
    if unavailable not in none and surge not in none:
        causes.append(field_invalid(f"{where}.maxSurge", surge, "may not be set when maxUnavailable is non-zero"))
    if unavailable in none and surge in none:
        causes.append(field_required(f"{where}.maxUnavailable", "cannot be 0 when maxSurge is 0"))
    return causes


def stateful_set_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a StatefulSet."""
    spec = new["spec"]
    causes: list[Cause] = []
    policy = spec.get("podManagementPolicy", "")
    if policy not in ("OrderedReady", "Parallel"):
        why = "must be 'OrderedReady' or 'Parallel'"
        causes.append(field_invalid("spec.podManagementPolicy", policy, why))
    causes += _stateful_strategy_causes(object_at(spec, "updateStrategy"), "spec.updateStrategy")
    retention = object_at(spec, "persistentVolumeClaimRetentionPolicy")
    for name in ("whenDeleted", "whenScaled"):
        field = f"spec.persistentVolumeClaimRetentionPolicy.{name}"
        causes += one_of(field, retention.get(name), ("Retain", "Delete"))
    for index, claim in enumerate(list_at(spec, "volumeClaimTemplates") if old is None else ()):
        where = f"spec.volumeClaimTemplates[{index}]"
        causes += [cause._replace(field=f"{where}.{cause.field}") for cause in claim_causes(claim, None)]
    causes += not_negative("spec.replicas", spec.get("replicas"))
    causes += not_negative("spec.minReadySeconds", spec.get("minReadySeconds"))
    causes += not_negative("spec.ordinals.start", object_at(spec, "ordinals").get("start"))
    causes += _selector_causes(spec, "statefulset")
    causes += _template_causes({**spec, "template": _template_of_pods(spec)}, "StatefulSet")
    if old is None:
        name = spec.get("serviceName", "")
        return [
            *causes,
            *([field_invalid("spec.serviceName", name, each) for each in dns_label_problems(name)] if name else []),
        ]
    before = {name: value for name, value in old["spec"].items() if name not in _STATEFUL_CHANGEABLE}
    after = {name: value for name, value in spec.items() if name not in _STATEFUL_CHANGEABLE}
    return causes if before == after else [*causes, field_forbidden("spec", _STATEFUL_UPDATES)]


def _template_of_pods(spec: dict[str, Any]) -> dict[str, Any]:
    """Give the template as its controller uses it: with the volumes of claims, and without names of hosts."""
    template = object_at(spec, "template")
    pods = {name: value for name, value in object_at(template, "spec").items() if name not in ("hostname", "subdomain")}
    claims = [object_at(each, "metadata").get("name") for each in list_at(spec, "volumeClaimTemplates")]
    if claims:
        own = [each for each in list_at(pods, "volumes") if each.get("name") not in claims]
        pods["volumes"] = [{"name": each, "persistentVolumeClaim": {"claimName": each}} for each in claims] + own
    return {**template, "spec": pods}


def _stateful_strategy_causes(strategy: dict[str, Any], where: str) -> list[Cause]:
    kind, rolling = strategy.get("type", ""), strategy.get("rollingUpdate")
    if not kind:
        return [field_required(where)]
    if kind == "OnDelete":
        if rolling is None:
            return []
        partition, unavailable = (go_json(rolling.get(name)) for name in ("partition", "maxUnavailable"))
        shown = f'{{"Partition":{partition},"MaxUnavailable":{unavailable}}}'
        text = f"Invalid value: {shown}: only allowed for updateStrategy 'RollingUpdate'"
        return [Cause("FieldValueInvalid", text, f"{where}.rollingUpdate")]
    if kind == "RollingUpdate":
        return not_negative(f"{where}.rollingUpdate.partition", object_at(strategy, "rollingUpdate").get("partition"))
    text = f'Invalid value: {{"Type":"{kind}","RollingUpdate":null}}: must be \'RollingUpdate\' or \'OnDelete\''
    return [Cause("FieldValueInvalid", text, where)]


def revision_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a ControllerRevision."""
    causes = not_negative("revision", new.get("revision"))
    data = new.get("data")
    if old is not None:
        return [*causes, *immutable("data", old.get("data"), data)]
    if data is None:
        return [*causes, field_required("data", "data is mandatory")]
    return causes if is_object(data) else [*causes, field_required("data", "data must be a valid JSON object")]


def pod_template_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a PodTemplate."""
    return template_causes(object_at(new, "template"), "template")


def _template_causes(spec: dict[str, Any], kind: str) -> list[Cause]:
    """Say what is wrong with the template of pods that run forever."""
    template = object_at(spec, "template")
    causes = template_causes(template, "spec.template")
    pods = object_at(template, "spec")
    policy = pods.get("restartPolicy", "")
    if policy != "Always":
        causes.append(unsupported("spec.template.spec.restartPolicy", policy, ("Always",)))
    if pods.get("activeDeadlineSeconds") is not None:
        why = f"activeDeadlineSeconds in {kind} is not Supported"
        causes.append(field_forbidden("spec.template.spec.activeDeadlineSeconds", why))
    return causes


def _selector_causes(spec: dict[str, Any], kind: str) -> list[Cause]:
    selector = spec.get("selector")
    labels = object_at(object_at(spec, "template"), "metadata").get("labels")
    field = "spec.selector"
    if selector is None:
        text = f"Invalid value: {go_json(labels)}: {_MISMATCH}"
        mismatch = Cause("FieldValueInvalid", text, "spec.template.metadata.labels")
        return [mismatch] if kind == "daemonset" else [field_required(field), mismatch]
    shown = go_json(selector)
    causes = selector_causes(field, selector)
    if not selector.get("matchLabels") and not selector.get("matchExpressions"):
        text = f"Invalid value: {{}}: empty selector is invalid for {kind}"
        causes.append(Cause("FieldValueInvalid", text, field))
    try:
        matched = LabelSelector.from_model(selector).matches(labels)
    except InvalidArgument:
        if kind == "daemonset":
            return causes
        why = f"Invalid value: {shown}" + ("" if kind == "statefulset" else ": invalid label selector")
        return [*causes, Cause("FieldValueInvalid", why, field)]
    if not matched and not (kind == "statefulset" and causes):
        text = f"Invalid value: {go_json(labels)}: {_MISMATCH}"
        causes.append(Cause("FieldValueInvalid", text, "spec.template.metadata.labels"))
    return causes


def _kept_selector(spec: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    if old is None:
        return []
    return immutable("spec.selector", old["spec"].get("selector"), spec.get("selector"))
