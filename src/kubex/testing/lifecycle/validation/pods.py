"""What the server refuses in pods and their templates."""

from __future__ import annotations

import re
from typing import Any, Final

from kubex.testing.failures import Cause, field_forbidden, field_invalid, field_required
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.known_parts import KnownParts
from kubex.testing.lifecycle.names import dns_label_problems, underscored_subdomain_problems
from kubex.testing.lifecycle.validation.containers import container_causes, security_profile_causes
from kubex.testing.lifecycle.validation.pod_changes import pod_change_causes
from kubex.testing.lifecycle.validation.scheduling import scheduling_causes
from kubex.testing.lifecycle.validation.values import (
    between,
    duplicate,
    ip_causes,
    label_causes,
    one_of,
    qualified_causes,
    subdomain_causes,
    unsupported,
)
from kubex.testing.lifecycle.validation.volumes import volume_causes

__all__ = ["pod_causes", "pod_spec_causes", "template_causes"]

_RESTARTS: Final = ("Always", "OnFailure", "Never")
_SYSCTL: Final = re.compile(r"([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?")
_SYSCTL_PROBLEM: Final = (
    r"must have at most 253 characters and match regex "
    r"^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$"
)
_DNS: Final = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")
_LARGEST_ID: Final = 2147483647


def pod_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a Pod."""
    if old is None:
        causes = pod_spec_causes(object_at(new, "spec"), "spec", in_pod=True)
        if object_at(new, "spec").get("ephemeralContainers"):
            causes.append(field_forbidden("spec.ephemeralContainers", "cannot be set on create"))
        return causes
    return pod_spec_causes(new["spec"], "spec", in_pod=True) + pod_change_causes(new["spec"], old["spec"])


def template_causes(template: dict[str, Any], where: str) -> list[Cause]:
    """Say what is wrong with a pod template."""
    metadata = object_at(template, "metadata")
    causes = label_causes(f"{where}.labels", object_at(metadata, "labels"))
    for key in sorted(object_at(metadata, "annotations")):
        causes += qualified_causes(f"{where}.annotations", key.lower())
    return [*causes, *pod_spec_causes(object_at(template, "spec"), f"{where}.spec")]


def pod_spec_causes(spec: dict[str, Any], where: str, *, in_pod: bool = False) -> list[Cause]:
    """Say what is wrong with the spec of a pod."""
    # Most changes leave the spec as it is stored, the same object, which no one changes.
    if _SOUND.get(spec, in_pod):
        return []
    causes = _pod_spec_causes(spec, where, in_pod=in_pod)
    if not causes:
        _SOUND.put(spec, in_pod, True)
    return causes


_SOUND: Final = KnownParts[bool]()
"""Specs with which nothing was wrong."""


def _pod_spec_causes(spec: dict[str, Any], where: str, *, in_pod: bool) -> list[Cause]:
    volumes: list[dict[str, Any]] = list_at(spec, "volumes")
    causes = volume_causes(volumes, f"{where}.volumes")
    names = {volume.get("name") for volume in volumes}
    containers: list[dict[str, Any]] = list_at(spec, "containers")
    if not containers:
        causes.append(field_required(f"{where}.containers"))
    seen: set[str] = set()
    grace = spec.get("terminationGracePeriodSeconds") or 0
    for kind in ("containers", "initContainers"):
        for index, container in enumerate(list_at(spec, kind)):
            field = f"{where}.{kind}[{index}]"
            first = kind == "initContainers"
            causes += container_causes(container, field, names, seen, grace=grace, starts_first=first, in_pod=in_pod)
    if spec.get("restartPolicy") not in _RESTARTS:
        causes.append(unsupported(f"{where}.restartPolicy", spec.get("restartPolicy", ""), _RESTARTS))
    causes += _dns_causes(spec, where)
    causes += between(f"{where}.activeDeadlineSeconds", spec.get("activeDeadlineSeconds"), 1, 2147483647)
    causes += scheduling_causes(spec, where)
    causes += _security_causes(object_at(spec, "securityContext"), f"{where}.securityContext")
    for name in ("hostname", "subdomain"):
        if spec.get(name):
            causes += [field_invalid(f"{where}.{name}", spec[name], each) for each in dns_label_problems(spec[name])]
    for name in ("serviceAccountName", "nodeName", "priorityClassName", "runtimeClassName"):
        if spec.get(name):
            causes += subdomain_causes(f"{where}.{name}", spec[name])
    for index, alias in enumerate(list_at(spec, "hostAliases")):
        field = f"{where}.hostAliases[{index}]"
        causes += ip_causes(f"{field}.ip", alias.get("ip", ""))
        for place, name in enumerate(list_at(alias, "hostnames")):
            causes += subdomain_causes(f"{field}.hostnames[{place}]", name)
    causes += one_of(f"{where}.preemptionPolicy", spec.get("preemptionPolicy"), ("PreemptLowerPriority", "Never"))
    return [*causes, *one_of(f"{where}.os", object_at(spec, "os").get("name"), ("linux", "windows"))]


def _dns_causes(spec: dict[str, Any], where: str) -> list[Cause]:
    policy, config = spec.get("dnsPolicy", ""), spec.get("dnsConfig")
    causes = [] if policy in _DNS else [unsupported(f"{where}.dnsPolicy", policy, _DNS)]
    field = f"{where}.dnsConfig"
    if policy == "None":
        if config is None:
            return [*causes, field_required(field, "must provide `dnsConfig` when `dnsPolicy` is None")]
        if not config.get("nameservers"):
            why = "must provide at least one DNS nameserver when `dnsPolicy` is None"
            return [*causes, field_required(f"{field}.nameservers", why)]
    for index, server in enumerate(list_at(config or {}, "nameservers")):
        causes += ip_causes(f"{field}.nameservers[{index}]", server)
    for index, search in enumerate(list_at(config or {}, "searches")):
        if search != ".":
            text, place = search.removesuffix("."), f"{field}.searches[{index}]"
            causes += [field_invalid(place, text, each) for each in underscored_subdomain_problems(text)]
    for index, option in enumerate(list_at(config or {}, "options")):
        if not option.get("name"):
            causes.append(field_required(f"{field}.options[{index}]", "must not be empty"))
    return causes


def _security_causes(context: dict[str, Any], where: str) -> list[Cause]:
    causes: list[Cause] = []
    for name in ("fsGroup", "runAsUser", "runAsGroup"):
        causes += between(f"{where}.{name}", context.get(name), 0, _LARGEST_ID)
    for index, group in enumerate(list_at(context, "supplementalGroups")):
        causes += between(f"{where}.supplementalGroups[{index}]", group, 0, _LARGEST_ID)
    seen: set[str] = set()
    for index, each in enumerate(list_at(context, "sysctls")):
        name, field = each.get("name", ""), f"{where}.sysctls[{index}].name"
        if not name:
            causes.append(field_required(field))
        elif len(name) > 253 or not _SYSCTL.fullmatch(name):
            causes.append(field_invalid(field, name, _SYSCTL_PROBLEM))
        elif name in seen:
            causes.append(duplicate(field, name))
        seen.add(name)
    policy = context.get("fsGroupChangePolicy")
    causes += one_of(f"{where}.fsGroupChangePolicy", policy, ("Always", "OnRootMismatch"))
    return [*causes, *security_profile_causes(context, where)]
