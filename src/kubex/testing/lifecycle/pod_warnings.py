"""What the server warns about in pods and their templates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from kubex.core._go_text import go_quoted
from kubex.testing.lifecycle.app_armor import APP_ARMOR_OF, NOT_AS_FIELD, named_profile
from kubex.testing.lifecycle.fraction_warnings import fraction_warnings
from kubex.testing.lifecycle.ip_texts import address_warnings
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.node_label_warnings import OLD_LABELS, term_warnings
from kubex.testing.lifecycle.pod_parts import CONTAINER_KINDS
from kubex.testing.lifecycle.volume_warnings import volume_warnings

__all__ = ["pod_status_warnings", "pod_warnings"]

_Object: TypeAlias = Mapping[str, Any]
_Containers: TypeAlias = Sequence[tuple[_Object, str]]
"""Containers, and their paths."""

_REQUIRED: Final = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED: Final = "preferredDuringSchedulingIgnoredDuringExecution"
_PLACES: Final = ("nodeSelector", "affinity", "topologySpreadConstraints")
_BYTES: Final = ("memory", "ephemeral-storage")
_OLD_ANNOTATIONS: Final = {
    "scheduler.alpha.kubernetes.io/critical-pod": (
        'non-functional in v1.16+; use the "priorityClassName" field instead'
    ),
    "security.alpha.kubernetes.io/sysctls": 'non-functional in v1.11+; use the "sysctls" field instead',
    "security.alpha.kubernetes.io/unsafe-sysctls": 'non-functional in v1.11+; use the "sysctls" field instead',
}
_SECCOMP: Final = "seccomp.security.alpha.kubernetes.io/pod"
_SECCOMP_OF: Final = "container.seccomp.security.alpha.kubernetes.io/"
_NO_SECCOMP: Final = 'non-functional in v1.27+; use the "seccompProfile" field instead'
_MATCHES_NOTHING: Final = "a null labelSelector results in matching no pod"


def pod_warnings(pod: _Object, where: str) -> Iterator[str]:
    """Give the texts of warnings about a pod or a template.

    Args:
        pod: the pod or template.
        where: the path of the template; empty for a pod.
    """
    spec, annotations = object_at(pod, "spec"), object_at(object_at(pod, "metadata"), "annotations")
    path = f"{where}.spec" if where else "spec"
    notes = f"{where}.metadata.annotations" if where else "metadata.annotations"
    containers = [
        (container, f"{path}.{kind}[{index}]")
        for kind in CONTAINER_KINDS
        for index, container in enumerate(list_at(spec, kind))
    ]
    # Each pod comes here: what it has not is not gone into.
    if any(map(spec.get, _PLACES)):
        yield from _label_warnings(spec, path)
    if annotations:
        yield from (f"{notes}[{key}]: {why}" for key, why in _OLD_ANNOTATIONS.items() if key in annotations)
    if spec.get("volumes"):
        yield from volume_warnings(spec["volumes"], f"{path}.volumes")
    if spec.get("hostAliases") or spec.get("imagePullSecrets"):
        yield from _list_warnings(spec, path)
    if spec.get("overhead"):
        yield from fraction_warnings(spec["overhead"], f"{path}.overhead", *_BYTES)
    if annotations:
        yield from _profile_warnings(spec, containers, annotations, notes, of_template=bool(where))
    for container, field in containers:
        yield from _container_warnings(container, field)
    if any(container.get("ports") for container, _ in containers):
        yield from _port_warnings(containers)
    if (spec.get("terminationGracePeriodSeconds") or 0) < 0:  # of a template: that of a pod is made 1 at once
        why = "must be >= 0; negative values are invalid and will be treated as 1"
        yield f"{path}.terminationGracePeriodSeconds: {why}"
    if spec.get("affinity"):
        yield from _affinity_warnings(spec["affinity"], f"{path}.affinity")
    if spec.get("dnsConfig") or spec.get("hostAliases"):
        yield from _address_warnings(spec, path)


def pod_status_warnings(pod: _Object) -> Iterator[str]:
    """Warn of addresses in the status of a pod that are to be written otherwise."""
    status = object_at(pod, "status")
    for name in ("podIPs", "hostIPs"):
        for index, each in enumerate(list_at(status, name)):
            yield from address_warnings(f"status.{name}[{index}].ip", each.get("ip", ""))


def _address_warnings(spec: _Object, where: str) -> Iterator[str]:
    for index, server in enumerate(list_at(object_at(spec, "dnsConfig"), "nameservers")):
        yield from address_warnings(f"{where}.dnsConfig.nameservers[{index}]", server)
    for index, alias in enumerate(list_at(spec, "hostAliases")):
        yield from address_warnings(f"{where}.hostAliases[{index}].ip", alias.get("ip", ""))


def _label_warnings(spec: _Object, where: str) -> Iterator[str]:
    """Warn of labels of nodes that have others in their place."""
    for key in object_at(spec, "nodeSelector"):
        if key in OLD_LABELS:
            yield f"{where}.nodeSelector[{key}]: {OLD_LABELS[key]}"
    affinity = object_at(object_at(spec, "affinity"), "nodeAffinity")
    field = f"{where}.affinity.nodeAffinity"
    for index, term in enumerate(list_at(object_at(affinity, _REQUIRED), "nodeSelectorTerms")):
        yield from term_warnings(term, f"{field}.{_REQUIRED}.nodeSelectorTerms[{index}]")
    for index, each in enumerate(list_at(affinity, _PREFERRED)):
        term = object_at(each, "preference")
        yield from term_warnings(term, f"{field}.{_PREFERRED}[{index}].preference", preferred=True)
    for index, each in enumerate(list_at(spec, "topologySpreadConstraints")):
        field, key = f"{where}.topologySpreadConstraints[{index}]", each.get("topologyKey")
        if key in OLD_LABELS:
            yield f"{field}.topologyKey: {key} is {OLD_LABELS[key]}"
        if each.get("labelSelector") is None:
            yield f"{field}.labelSelector: {_MATCHES_NOTHING}"


def _list_warnings(spec: _Object, where: str) -> Iterator[str]:
    """Warn of what is in a list twice, or has no name."""
    for name, member in (("hostAliases", "ip"), ("imagePullSecrets", "name")):
        seen: set[str] = set()
        for index, each in enumerate(list_at(spec, name)):
            value = each.get(member, "")
            if value in seen:
                yield f"{where}.{name}[{index}].{member}: duplicate {member} {go_quoted(value)}"
            seen.add(value)
    for index, secret in enumerate(list_at(spec, "imagePullSecrets")):
        if not secret.get("name"):
            yield f'{where}.imagePullSecrets[{index}].name: invalid empty name ""'


def _profile_warnings(
    spec: _Object, containers: _Containers, annotations: _Object, notes: str, *, of_template: bool
) -> Iterator[str]:
    """Warn of annotations that fields have taken the place of, where those are not given.

    Of AppArmor in a pod whoever copies those of it to the fields has warned before.
    """
    context = object_at(spec, "securityContext")
    if _SECCOMP in annotations and context.get("seccompProfile") is None:
        yield f"{notes}[{_SECCOMP}]: {_NO_SECCOMP}"
    for container, _ in containers:
        own, name = object_at(container, "securityContext"), container.get("name", "")
        if f"{_SECCOMP_OF}{name}" in annotations and own.get("seccompProfile") is None:
            yield f"{notes}[{_SECCOMP_OF}{name}]: {_NO_SECCOMP}"
        text = annotations.get(f"{APP_ARMOR_OF}{name}") if of_template else None
        if text is not None and own.get("appArmorProfile") is None:
            profile = named_profile(text)
            if profile is None or profile != context.get("appArmorProfile"):
                yield f"{notes}[{APP_ARMOR_OF}{name}]: {NOT_AS_FIELD}"


def _container_warnings(container: _Object, where: str) -> Iterator[str]:
    resources = object_at(container, "resources")
    for name in _BYTES if resources else ():
        for kind in ("limits", "requests"):
            if name in object_at(resources, kind):
                yield from fraction_warnings(resources[kind], f"{where}.resources.{kind}", name)
    names: set[str] = set()
    for index, variable in enumerate(list_at(container, "env")):
        name, value = variable.get("name", ""), variable.get("value", "")
        reference = f"$({name})"
        # A value may be made of the one before.
        extends = variable.get("valueFrom") is None and reference in value and value != reference
        if name in names and not extends:
            why = f"hides previous definition of {go_quoted(name)}, which may be dropped when using apply"
            yield f"{where}.env[{index}]: {why}"
        names.add(name)


def _port_warnings(containers: _Containers) -> Iterator[str]:
    """Warn of ports of a pod that are, or may be, the same ones, and of their names."""
    ports = [
        (port, f"{field}.ports[{index}]")
        for container, field in containers
        for index, port in enumerate(list_at(container, "ports"))
    ]
    known: dict[tuple[Any, Any], list[tuple[str, int, str]]] = {}
    for port, field in ports:
        address, number = port.get("hostIP", ""), port.get("hostPort") or 0
        if address and not number:
            shown = f"Name:{port.get('name', '')} HostPort:0 ContainerPort:{port.get('containerPort', 0)}"
            yield f"{field}: hostIP set without hostPort: {{{shown} Protocol:{port.get('protocol')} HostIP:{address}}}"
        others = known.setdefault((port.get("containerPort"), port.get("protocol")), [])
        for other_address, other_number, other in others:
            if (address, number) == (other_address, other_number):
                yield f"{field}: duplicate port definition with {other}"
            elif not number or not other_number:
                yield f"{field}: overlapping port definition with {other}"
            elif number == other_number and bool(address) != bool(other_address):
                yield f"{field}: dangerously ambiguous port definition with {other}"
        others.append((address, number, field))
    names: dict[str, str] = {}
    for port, field in ports:
        name = port.get("name")
        if name and names.setdefault(name, field) != field:
            use = f"services and probes that select ports by name will use {names[name]}"
            yield f"{field}: duplicate port name {go_quoted(name)} with {names[name]}, {use}"


def _affinity_warnings(affinity: _Object, where: str) -> Iterator[str]:
    for kind in ("podAffinity", "podAntiAffinity"):
        own = object_at(affinity, kind)
        for index, term in enumerate(list_at(own, _REQUIRED)):
            if term.get("labelSelector") is None:
                yield f"{where}.{kind}.{_REQUIRED}[{index}].labelSelector: {_MATCHES_NOTHING}"
        for index, each in enumerate(list_at(own, _PREFERRED)):
            if object_at(each, "podAffinityTerm").get("labelSelector") is None:
                yield f"{where}.{kind}.{_PREFERRED}[{index}].podAffinityTerm.labelSelector: {_MATCHES_NOTHING}"
