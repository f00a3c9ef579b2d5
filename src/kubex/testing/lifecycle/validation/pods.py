"""What the server refuses in pods and their templates."""

from __future__ import annotations

from typing import Any, Final

from kubex.core.quantity import Quantity
from kubex.testing.failures import Cause, field_forbidden, field_invalid, field_required
from kubex.testing.lifecycle.cluster import copied
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.names import dns_label_problems
from kubex.testing.lifecycle.validation.values import unsupported

__all__ = ["pod_causes", "pod_spec_causes", "template_causes"]

_RESTARTS: Final = ("Always", "OnFailure", "Never")
_PULLS: Final = ("Always", "IfNotPresent", "Never")
_DNS: Final = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")
_PROTOCOLS: Final = ("SCTP", "TCP", "UDP")
_UPDATES: Final = (
    "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
    "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)


def pod_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a Pod."""
    if old is None:
        return pod_spec_causes(object_at(new, "spec"), "spec")
    before, after = _frozen(old), _frozen(new)
    added = list_at(new["spec"], "tolerations")
    kept = all(each in added for each in list_at(old["spec"], "tolerations"))
    # The server adds a difference of its internal types here, which have no counterpart.
    causes = [] if before == after and kept else [field_forbidden("spec", _UPDATES)]
    return [*causes, *pod_spec_causes(new["spec"], "spec")]


def _frozen(pod: dict[str, Any]) -> dict[str, Any]:
    """Give what may not change of a pod's spec."""
    spec: dict[str, Any] = copied(pod["spec"])
    for kind in ("containers", "initContainers"):
        for container in list_at(spec, kind):
            container.pop("image", None)
    for name in ("activeDeadlineSeconds", "tolerations"):
        spec.pop(name, None)
    if spec.get("terminationGracePeriodSeconds", 0) < 0:
        spec["terminationGracePeriodSeconds"] = 1
    return spec


def template_causes(template: dict[str, Any], where: str) -> list[Cause]:
    """Say what is wrong with a pod template."""
    return pod_spec_causes(object_at(template, "spec"), f"{where}.spec")


def pod_spec_causes(spec: dict[str, Any], where: str) -> list[Cause]:
    """Say what is wrong with the spec of a pod."""
    volumes: list[dict[str, Any]] = list_at(spec, "volumes")
    causes = _volume_causes(volumes, f"{where}.volumes")
    names = {volume.get("name") for volume in volumes}
    containers: list[dict[str, Any]] = list_at(spec, "containers")
    if not containers:
        causes.append(field_required(f"{where}.containers"))
    seen: set[str] = set()
    for kind in ("containers", "initContainers"):
        for index, container in enumerate(list_at(spec, kind)):
            causes += _container_causes(container, f"{where}.{kind}[{index}]", names, seen)
    if spec.get("restartPolicy") not in _RESTARTS:
        causes.append(unsupported(f"{where}.restartPolicy", spec.get("restartPolicy", ""), _RESTARTS))
    if spec.get("dnsPolicy") not in _DNS:
        causes.append(unsupported(f"{where}.dnsPolicy", spec.get("dnsPolicy", ""), _DNS))
    grace = spec.get("terminationGracePeriodSeconds", 0)
    deadline = spec.get("activeDeadlineSeconds")
    if deadline is not None and not 1 <= deadline <= 2147483647:
        causes.append(
            field_invalid(f"{where}.activeDeadlineSeconds", deadline, "must be between 1 and 2147483647, inclusive")
        )
    if grace is None or grace < -1:
        why = "must be greater than or equal to 0"
        causes.append(field_invalid(f"{where}.terminationGracePeriodSeconds", grace, why))
    return causes


def _volume_causes(volumes: list[dict[str, Any]], where: str) -> list[Cause]:
    causes: list[Cause] = []
    seen: set[str] = set()
    for index, volume in enumerate(volumes):
        name = volume.get("name", "")
        field = f"{where}[{index}].name"
        if not name:
            causes.append(field_required(field))
        else:
            causes += [field_invalid(field, name, each) for each in dns_label_problems(name)]
        if name and name in seen:
            causes.append(Cause("FieldValueDuplicate", f'Duplicate value: "{name}"', field))
        seen.add(name)
    return causes


def _container_causes(container: dict[str, Any], where: str, volumes: set[str | None], seen: set[str]) -> list[Cause]:
    name, image = container.get("name", ""), container.get("image", "")
    causes: list[Cause] = []
    if not name:
        causes.append(field_required(f"{where}.name"))
    else:
        causes += [field_invalid(f"{where}.name", name, each) for each in dns_label_problems(name)]
    if name and name in seen:
        causes.append(Cause("FieldValueDuplicate", f'Duplicate value: "{name}"', f"{where}.name"))
    seen.add(name)
    if not image:
        causes.append(field_required(f"{where}.image"))
    elif image != image.strip():
        causes.append(field_invalid(f"{where}.image", image, "must not have leading or trailing whitespace"))
    for index, port in enumerate(list_at(container, "ports")):
        causes += _port_causes(port, f"{where}.ports[{index}]")
    for index, variable in enumerate(list_at(container, "env")):
        if not variable.get("name"):
            causes.append(field_required(f"{where}.env[{index}].name"))
    for index, mount in enumerate(list_at(container, "volumeMounts")):
        causes += _mount_causes(mount, f"{where}.volumeMounts[{index}]", volumes)
    if container.get("imagePullPolicy") not in _PULLS:
        causes.append(unsupported(f"{where}.imagePullPolicy", container.get("imagePullPolicy", ""), _PULLS))
    return [*causes, *_resource_causes(object_at(container, "resources"), f"{where}.resources")]


def _port_causes(port: dict[str, Any], where: str) -> list[Cause]:
    number = port.get("containerPort", 0)
    causes: list[Cause] = []
    if not number:
        causes.append(field_required(f"{where}.containerPort"))
    elif not 1 <= number <= 65535:
        causes.append(field_invalid(f"{where}.containerPort", number, "must be between 1 and 65535, inclusive"))
    if port.get("protocol") not in _PROTOCOLS:
        causes.append(unsupported(f"{where}.protocol", port.get("protocol", ""), _PROTOCOLS))
    return causes


def _mount_causes(mount: dict[str, Any], where: str, volumes: set[str | None]) -> list[Cause]:
    causes: list[Cause] = []
    name = mount.get("name", "")
    if not name:
        causes.append(field_required(f"{where}.name"))
    elif name not in volumes:
        causes.append(Cause("FieldValueNotFound", f'Not found: "{name}"', f"{where}.name"))
    if not mount.get("mountPath"):
        causes.append(field_required(f"{where}.mountPath"))
    return causes


def _resource_causes(resources: dict[str, Any], where: str) -> list[Cause]:
    limits: dict[str, Any] = object_at(resources, "limits")
    causes: list[Cause] = []
    for name, value in object_at(resources, "requests").items():
        if name in limits and Quantity(str(value)) > Quantity(str(limits[name])):
            why = f"must be less than or equal to {name} limit of {limits[name]}"
            causes.append(field_invalid(f"{where}.requests", str(value), why))
    return causes
