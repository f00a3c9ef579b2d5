"""Columns of what runs pods, sizes them and keeps them available."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from kubex.testing.columns.column import (
    AGE,
    NAME,
    Cell,
    Column,
    ago,
    at,
    containers,
    counted,
    human_duration,
    labels,
    number,
    selector,
    size,
    value,
    yes_or_no,
)
from kubex.testing.storage import JsonObject

__all__ = ["WORKLOADS"]

_SHOWN_METRICS: Final = 2


def _ratio(done: str, wanted: str) -> Cell:
    return lambda object_: f"{at(object_, done, 0)}/{at(object_, wanted, 0)}"


def _template(path: str) -> tuple[Column, ...]:
    return (
        Column("Containers", containers(path, "name"), priority=1),
        Column("Images", containers(path, "image"), priority=1),
    )


def _selected(path: str, absent: str = "<none>") -> Column:
    return Column("Selector", selector(path, absent), priority=1)


_POD: Final = "spec.template.spec"
_SIZES: Final = (
    Column("Desired", number("spec.replicas"), "integer"),
    Column("Current", number("status.replicas"), "integer"),
    Column("Ready", number("status.readyReplicas"), "integer"),
)


def _controller(revision: JsonObject) -> str:
    for owner in at(revision, "metadata.ownerReferences", ()):
        if owner.get("controller"):
            group = str(owner.get("apiVersion", "")).rpartition("/")[0]
            kind = str(owner.get("kind", "")).lower()
            return f"{kind}.{group}/{owner.get('name')}" if group else f"{kind}/{owner.get('name')}"
    return "<none>"


def _job_status(job: JsonObject) -> str:
    met = {each.get("type") for each in at(job, "status.conditions", ()) if each.get("status") == "True"}
    if over := next((each for each in ("Complete", "Failed") if each in met), None):
        return over
    if at(job, "metadata.deletionTimestamp"):
        return "Terminating"
    return next((each for each in ("Suspended", "FailureTarget", "SuccessCriteriaMet") if each in met), "Running")


def _completions(job: JsonObject) -> str:
    succeeded, wanted = at(job, "status.succeeded", 0), at(job, "spec.completions")
    if wanted is not None:
        return f"{succeeded}/{wanted}"
    parallelism = at(job, "spec.parallelism", 0)
    return f"{succeeded}/1 of {parallelism}" if parallelism > 1 else f"{succeeded}/1"


def _duration(job: JsonObject, now: datetime) -> str:
    started, ended = at(job, "status.startTime"), at(job, "status.completionTime")
    if not started:
        return ""
    end = datetime.fromisoformat(ended) if ended else now
    return human_duration((end - datetime.fromisoformat(started)).total_seconds())


def _suspended(job: JsonObject) -> str:
    return yes_or_no(at(job, "spec.suspend"))


def _last_schedule(job: JsonObject, now: datetime) -> str:
    last = at(job, "status.lastScheduleTime")
    return ago(now, last) if last else "<none>"


def _metrics(autoscaler: JsonObject) -> str:
    wanted = at(autoscaler, "spec.metrics", ())
    found = at(autoscaler, "status.currentMetrics", ())
    if percent := at(autoscaler, "spec.targetCPUUtilizationPercentage"):  # all that version 1 has
        now = at(autoscaler, "status.currentCPUUtilizationPercentage")
        return f"cpu: {'<unknown>' if now is None else f'{now}%'}/{percent}%"
    shown = [_metric(each, found[index] if index < len(found) else {}) for index, each in enumerate(wanted)]
    return counted(", ".join(shown[:_SHOWN_METRICS]), len(shown) - _SHOWN_METRICS) or "<none>"


def _metric(wanted: Any, found: Any) -> str:
    type_ = str(wanted.get("type", ""))
    member = f"{type_[:1].lower()}{type_[1:]}"
    target, current = at(wanted, f"{member}.target", {}), at(found, f"{member}.current", {})
    if type_ in ("Resource", "ContainerResource"):
        name = at(wanted, f"{member}.name", "")
        if "averageValue" in target:
            return f"{name}: {current.get('averageValue', '<unknown>')}/{target['averageValue']}"
        now, percent = current.get("averageUtilization"), target.get("averageUtilization")
        known = "<unknown>" if now is None else f"{now}%"
        return f"{name}: {known}/{'<auto>' if percent is None else f'{percent}%'}"
    if type_ == "Pods":
        return f"{current.get('averageValue', '<unknown>')}/{target.get('averageValue', '')}"
    if "averageValue" in target:
        return f"{current.get('averageValue', '<unknown>')}/{target['averageValue']} (avg)"
    return f"{current.get('value', '<unknown>')}/{target.get('value', '')}"


def _reference(autoscaler: JsonObject) -> str:
    return f"{at(autoscaler, 'spec.scaleTargetRef.kind', '')}/{at(autoscaler, 'spec.scaleTargetRef.name', '')}"


def _least(autoscaler: JsonObject) -> str:
    return str(at(autoscaler, "spec.minReplicas", "<unset>"))


def _bound(path: str) -> Cell:
    return lambda budget: str(at(budget, path, "N/A"))


WORKLOADS: Final[Mapping[str, tuple[Column, ...]]] = {
    "replicationcontrollers": (
        NAME,
        *_SIZES,
        AGE,
        *_template(_POD),
        Column("Selector", labels("spec.selector"), priority=1),
    ),
    "apps/controllerrevisions": (
        NAME,
        Column("Controller", _controller),
        Column("Revision", number("revision")),
        AGE,
    ),
    "apps/daemonsets": (
        NAME,
        Column("Desired", number("status.desiredNumberScheduled"), "integer"),
        Column("Current", number("status.currentNumberScheduled"), "integer"),
        Column("Ready", number("status.numberReady"), "integer"),
        Column("Up-to-date", number("status.updatedNumberScheduled"), "integer"),
        Column("Available", number("status.numberAvailable"), "integer"),
        Column("Node Selector", labels("spec.template.spec.nodeSelector")),
        AGE,
        *_template(_POD),
        _selected("spec.selector"),
    ),
    "apps/deployments": (
        NAME,
        Column("Ready", _ratio("status.readyReplicas", "spec.replicas")),
        Column("Up-to-date", number("status.updatedReplicas")),
        Column("Available", number("status.availableReplicas")),
        AGE,
        *_template(_POD),
        _selected("spec.selector", ""),
    ),
    "apps/replicasets": (NAME, *_SIZES, AGE, *_template(_POD), _selected("spec.selector")),
    "apps/statefulsets": (
        NAME,
        Column("Ready", _ratio("status.readyReplicas", "spec.replicas")),
        AGE,
        *_template(_POD),
    ),
    "autoscaling/horizontalpodautoscalers": (
        NAME,
        Column("Reference", _reference),
        Column("Targets", _metrics),
        Column("MinPods", _least),
        Column("MaxPods", number("spec.maxReplicas")),
        Column("Replicas", number("status.currentReplicas")),
        AGE,
    ),
    "batch/cronjobs": (
        NAME,
        Column("Schedule", value("spec.schedule")),
        Column("Timezone", value("spec.timeZone", "<none>")),
        Column("Suspend", _suspended, "boolean"),
        Column("Active", size("status.active"), "integer"),
        Column("Last Schedule", None, timed=_last_schedule),
        AGE,
        *_template("spec.jobTemplate.spec.template.spec"),
        _selected("spec.jobTemplate.spec.selector"),
    ),
    "batch/jobs": (
        NAME,
        Column("Status", _job_status),
        Column("Completions", _completions),
        Column("Duration", None, timed=_duration),
        AGE,
        *_template(_POD),
        _selected("spec.selector"),
    ),
    "policy/poddisruptionbudgets": (
        NAME,
        Column("Min Available", _bound("spec.minAvailable")),
        Column("Max Unavailable", _bound("spec.maxUnavailable")),
        Column("Allowed Disruptions", number("status.disruptionsAllowed"), "integer"),
        AGE,
    ),
}
