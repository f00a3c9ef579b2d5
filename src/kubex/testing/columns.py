"""The columns of the commonest kinds in tables, as the API server has them.

Cells come from the object alone; other kinds have their name and age.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, TypeAlias

from kubex.core._json_value import is_object
from kubex.testing.storage import JsonObject

__all__ = ["AGE", "COLUMNS", "NAME", "Column"]

_Cell: TypeAlias = Callable[[JsonObject], Any]


class Column(NamedTuple):
    """One column of a table."""

    name: str
    cell: _Cell | None
    """Gives the cell of an object; `None` is its age, which takes a clock."""
    type: str = "string"
    priority: int = 0
    """1 is shown with `kubectl get -o wide` alone."""
    format: str = ""


def _at(object_: Any, path: str, otherwise: Any = None) -> Any:
    """Give what a dotted path leads to."""
    for name in path.split("."):
        object_ = object_.get(name) if is_object(object_) else None
    return otherwise if object_ is None else object_


def _value(path: str, otherwise: Any = "") -> _Cell:
    return lambda object_: _at(object_, path, otherwise)


def _size(*paths: str) -> _Cell:
    return lambda object_: sum(len(_at(object_, path, ())) for path in paths)


def _ratio(done: str, wanted: str, otherwise: int = 0) -> _Cell:
    return lambda object_: f"{_at(object_, done, 0)}/{_at(object_, wanted, otherwise)}"


def _containers(path: str, member: str) -> _Cell:
    return lambda object_: ",".join(str(each.get(member, "")) for each in _at(object_, f"{path}.containers", ()))


def _labels(path: str) -> _Cell:
    def cell(object_: JsonObject) -> str:
        found: Mapping[str, str] = _at(object_, path, {})
        return ",".join(f"{key}={value}" for key, value in sorted(found.items())) or "<none>"

    return cell


def _pod_ready(pod: JsonObject) -> str:
    statuses = _at(pod, "status.containerStatuses", ())
    return f"{sum(bool(each.get('ready')) for each in statuses)}/{len(_at(pod, 'spec.containers', ()))}"


def _pod_status(pod: JsonObject) -> str:
    if _at(pod, "metadata.deletionTimestamp"):
        return "Terminating"
    for each in _at(pod, "status.containerStatuses", ()):
        for state in ("waiting", "terminated"):
            reason = _at(each, f"state.{state}.reason")
            if reason:
                return str(reason)
    return str(_at(pod, "status.reason") or _at(pod, "status.phase", ""))


def _pod_restarts(pod: JsonObject) -> str:
    return str(sum(each.get("restartCount", 0) for each in _at(pod, "status.containerStatuses", ())))


def _pod_gates(pod: JsonObject) -> str:
    gates = _at(pod, "spec.readinessGates", ())
    if not gates:
        return "<none>"
    met = {each.get("type") for each in _at(pod, "status.conditions", ()) if each.get("status") == "True"}
    return f"{sum(gate.get('conditionType') in met for gate in gates)}/{len(gates)}"


def _node_status(node: JsonObject) -> str:
    ready = [each.get("status") for each in _at(node, "status.conditions", ()) if each.get("type") == "Ready"]
    status = "Unknown" if not ready else "Ready" if ready[0] == "True" else "NotReady"
    return f"{status},SchedulingDisabled" if _at(node, "spec.unschedulable") else status


def _node_roles(node: JsonObject) -> str:
    prefix = "node-role.kubernetes.io/"
    roles = [key.removeprefix(prefix) for key in _at(node, "metadata.labels", {}) if key.startswith(prefix)]
    return ",".join(sorted(roles)) or "<none>"


def _node_address(type_: str) -> _Cell:
    def cell(node: JsonObject) -> str:
        found = [each.get("address") for each in _at(node, "status.addresses", ()) if each.get("type") == type_]
        return str(found[0]) if found else "<none>"

    return cell


def _service_ports(service: JsonObject) -> str:
    ports: list[str] = []
    for port in _at(service, "spec.ports", ()):
        node = f":{port['nodePort']}" if port.get("nodePort") else ""
        ports.append(f"{port.get('port', '')}{node}/{port.get('protocol', 'TCP')}")
    return ",".join(ports) or "<none>"


def _service_external(service: JsonObject) -> str:
    kind = _at(service, "spec.type", "ClusterIP")
    if kind == "ExternalName":
        return str(_at(service, "spec.externalName", ""))
    found = list(_at(service, "spec.externalIPs", ()))
    if kind == "LoadBalancer":
        ingress = _at(service, "status.loadBalancer.ingress", ())
        found = [each.get("ip") or each.get("hostname", "") for each in ingress] + found
        return ",".join(found) or "<pending>"
    return ",".join(found) or "<none>"


def _cluster_ip(service: JsonObject) -> str:
    return str(_at(service, "spec.clusterIP") or "<none>")


def _number(path: str, otherwise: int = 0) -> _Cell:
    return _value(path, otherwise)


def _role(binding: JsonObject) -> str:
    return f"{_at(binding, 'roleRef.kind', '')}/{_at(binding, 'roleRef.name', '')}"


def _replicas(*middle: Column, template: str = "spec.template.spec") -> tuple[Column, ...]:
    """Columns of what runs copies of a template."""
    return (NAME, *middle, AGE, *_template(template), Column("Selector", _selector, priority=1))


def _template(path: str) -> tuple[Column, ...]:
    return (
        Column("Containers", _containers(path, "name"), priority=1),
        Column("Images", _containers(path, "image"), priority=1),
    )


def _selector(object_: JsonObject) -> str:
    selector = _at(object_, "spec.selector", {})
    return str(_labels("labels")({"labels": selector.get("matchLabels", selector)}))


NAME: Final = Column("Name", _value("metadata.name"), format="name")
AGE: Final = Column("Age", None)
_CREATED_AT: Final = (NAME, Column("Created At", _value("metadata.creationTimestamp"), "date"))

COLUMNS: Final[Mapping[str, tuple[Column, ...]]] = {
    "configmaps": (NAME, Column("Data", _size("data", "binaryData")), AGE),
    "limitranges": _CREATED_AT,
    "namespaces": (NAME, Column("Status", _value("status.phase")), AGE),
    "nodes": (
        NAME,
        Column("Status", _node_status),
        Column("Roles", _node_roles),
        AGE,
        Column("Version", _value("status.nodeInfo.kubeletVersion")),
        Column("Internal-IP", _node_address("InternalIP"), priority=1),
        Column("External-IP", _node_address("ExternalIP"), priority=1),
        Column("OS-Image", _value("status.nodeInfo.osImage", "<unknown>"), priority=1),
        Column("Kernel-Version", _value("status.nodeInfo.kernelVersion", "<unknown>"), priority=1),
        Column("Container-Runtime", _value("status.nodeInfo.containerRuntimeVersion", "<unknown>"), priority=1),
    ),
    "pods": (
        NAME,
        Column("Ready", _pod_ready),
        Column("Status", _pod_status),
        Column("Restarts", _pod_restarts),
        AGE,
        Column("IP", _value("status.podIP", "<none>"), priority=1),
        Column("Node", _value("spec.nodeName", "<none>"), priority=1),
        Column("Nominated Node", _value("status.nominatedNodeName", "<none>"), priority=1),
        Column("Readiness Gates", _pod_gates, priority=1),
    ),
    "secrets": (NAME, Column("Type", _value("type")), Column("Data", _size("data")), AGE),
    "services": (
        NAME,
        Column("Type", _value("spec.type")),
        Column("Cluster-IP", _cluster_ip),
        Column("External-IP", _service_external),
        Column("Port(s)", _service_ports),
        AGE,
        Column("Selector", _labels("spec.selector"), priority=1),
    ),
    "apps/daemonsets": _replicas(
        Column("Desired", _number("status.desiredNumberScheduled"), "integer"),
        Column("Current", _number("status.currentNumberScheduled"), "integer"),
        Column("Ready", _number("status.numberReady"), "integer"),
        Column("Up-to-date", _number("status.updatedNumberScheduled"), "integer"),
        Column("Available", _number("status.numberAvailable"), "integer"),
        Column("Node Selector", _labels("spec.template.spec.nodeSelector")),
    ),
    "apps/deployments": _replicas(
        Column("Ready", _ratio("status.readyReplicas", "spec.replicas")),
        Column("Up-to-date", _number("status.updatedReplicas")),
        Column("Available", _number("status.availableReplicas")),
    ),
    "apps/replicasets": _replicas(
        Column("Desired", _number("spec.replicas"), "integer"),
        Column("Current", _number("status.replicas"), "integer"),
        Column("Ready", _number("status.readyReplicas"), "integer"),
    ),
    "apps/statefulsets": (
        NAME,
        Column("Ready", _ratio("status.readyReplicas", "spec.replicas")),
        AGE,
        *_template("spec.template.spec"),
    ),
    "apiextensions.k8s.io/customresourcedefinitions": _CREATED_AT,
    "coordination.k8s.io/leases": (NAME, Column("Holder", _value("spec.holderIdentity")), AGE),
    "rbac.authorization.k8s.io/clusterroles": _CREATED_AT,
    "rbac.authorization.k8s.io/roles": _CREATED_AT,
    "rbac.authorization.k8s.io/clusterrolebindings": (NAME, Column("Role", _role), AGE),
    "rbac.authorization.k8s.io/rolebindings": (NAME, Column("Role", _role), AGE),
    "scheduling.k8s.io/priorityclasses": (
        NAME,
        Column("Value", _number("value"), "integer"),
        Column("Global-Default", _value("globalDefault", False), "boolean"),
        AGE,
        Column("PreemptionPolicy", _value("preemptionPolicy")),
    ),
}
"""By plural and, but for the core group's, the group before it."""
