"""What the server refuses in pods and their templates."""

from __future__ import annotations

from typing import Any, Final

from kubex.core._go_text import go_json
from kubex.testing.failures import Cause, field_forbidden, field_invalid, field_required
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.known_parts import KnownParts
from kubex.testing.lifecycle.names import dns_label_problems, underscored_subdomain_problems
from kubex.testing.lifecycle.validation.app_armor import app_armor_causes, app_armor_mismatch_causes
from kubex.testing.lifecycle.validation.claim_uses import pod_claim_causes
from kubex.testing.lifecycle.validation.containers import (
    blank_image_causes,
    container_causes,
    handlers_causes,
    resource_causes,
)
from kubex.testing.lifecycle.validation.node_sharing import host_name_causes, host_user_causes
from kubex.testing.lifecycle.validation.operating_systems import host_process_causes, operating_system_causes
from kubex.testing.lifecycle.validation.pod_annotations import annotation_change_causes, pod_annotation_causes
from kubex.testing.lifecycle.validation.pod_changes import pod_change_causes
from kubex.testing.lifecycle.validation.pod_resources import pod_resource_causes
from kubex.testing.lifecycle.validation.scheduling import affinity_causes, scheduling_causes, toleration_causes
from kubex.testing.lifecycle.validation.seccomp import seccomp_causes, seccomp_mismatch_causes
from kubex.testing.lifecycle.validation.sysctls import sysctl_causes
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
from kubex.testing.lifecycle.validation.windows_options import windows_option_causes

__all__ = ["pod_causes", "pod_spec_causes", "template_causes"]

_RESTARTS: Final = ("Always", "OnFailure", "Never")
_DNS: Final = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")
_LARGEST_ID: Final = 2147483647
_MOST_NAMESERVERS: Final = 3
_MOST_SEARCHES: Final = 32
_LONGEST_SEARCHES: Final = 2048


def pod_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a Pod."""
    if old is None:
        spec, metadata = object_at(new, "spec"), object_at(new, "metadata")
        causes = pod_annotation_causes(metadata, spec, "metadata.annotations")
        causes += pod_spec_causes(spec, "spec", in_pod=True)
        if spec.get("ephemeralContainers"):
            causes.append(field_forbidden("spec.ephemeralContainers", "cannot be set on create"))
        if spec.get("nodeName") and spec.get("schedulingGates"):
            why = "cannot be set until all schedulingGates have been cleared"
            causes.append(field_forbidden("spec.nodeName", why))
        return causes + _mismatch_causes(metadata, spec, "spec")
    spec, metadata = new["spec"], new["metadata"]
    causes = pod_spec_causes(spec, "spec", in_pod=True)
    if metadata.get("annotations") != old["metadata"].get("annotations"):
        own = pod_annotation_causes(metadata, spec, "metadata.annotations")
        # As the server has it: what is wrong with annotations is told twice.
        causes = [*own, *causes, *annotation_change_causes(metadata, old["metadata"]), *own]
    return causes + pod_change_causes(spec, old["spec"])


def template_causes(template: dict[str, Any], where: str) -> list[Cause]:
    """Say what is wrong with a pod template."""
    metadata = object_at(template, "metadata")
    causes = label_causes(f"{where}.labels", object_at(metadata, "labels"))
    for key in sorted(object_at(metadata, "annotations")):
        causes += qualified_causes(f"{where}.annotations", key.lower())
    spec = object_at(template, "spec")
    causes += pod_annotation_causes(metadata, spec, f"{where}.annotations")
    causes += pod_spec_causes(spec, f"{where}.spec")
    causes += _mismatch_causes(metadata, spec, f"{where}.spec")
    if spec.get("ephemeralContainers"):
        why = "ephemeral containers not allowed in pod template"
        causes.append(field_forbidden(f"{where}.spec.ephemeralContainers", why))
    return causes


def _mismatch_causes(metadata: dict[str, Any], spec: dict[str, Any], where: str) -> list[Cause]:
    """Say where annotations name other profiles than fields."""
    if not metadata.get("annotations"):
        return []
    return seccomp_mismatch_causes(metadata, spec, where) + app_armor_mismatch_causes(metadata, spec, where)


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
    causes = _containers_causes(spec, where) + pod_resource_causes(spec, where)
    if spec.get("hostNetwork"):
        causes += _host_network_causes(list_at(spec, "containers"), f"{where}.containers", in_pod=in_pod)
    if spec.get("restartPolicy") not in _RESTARTS:
        causes.append(unsupported(f"{where}.restartPolicy", spec.get("restartPolicy", ""), _RESTARTS))
    policy = spec.get("dnsPolicy", "")
    if policy not in _DNS:
        causes.append(unsupported(f"{where}.dnsPolicy", policy, _DNS))
    if spec.get("nodeSelector"):
        causes += label_causes(f"{where}.nodeSelector", spec["nodeSelector"])
    causes += _security_causes(spec, f"{where}.securityContext")
    if spec.get("affinity"):
        causes += affinity_causes(spec["affinity"], f"{where}.affinity")
    causes += _dns_causes(policy, spec.get("dnsConfig"), f"{where}.dnsConfig")
    causes += scheduling_causes(spec, where)
    causes += host_process_causes(spec, where)
    causes += host_user_causes(spec, where)
    causes += host_name_causes(spec, where)
    causes += _names_causes(spec, where, "serviceAccountName", "nodeName")
    causes += between(f"{where}.activeDeadlineSeconds", spec.get("activeDeadlineSeconds"), 1, 2147483647)
    for name in ("hostname", "subdomain"):
        if spec.get(name):
            causes += [field_invalid(f"{where}.{name}", spec[name], each) for each in dns_label_problems(spec[name])]
    causes += toleration_causes(spec, f"{where}.tolerations")
    for index, alias in enumerate(list_at(spec, "hostAliases")):
        field = f"{where}.hostAliases[{index}]"
        causes += ip_causes(f"{field}.ip", alias.get("ip", ""))
        for place, name in enumerate(list_at(alias, "hostnames")):
            causes += subdomain_causes(f"{field}.hostnames[{place}]", name)
    causes += _names_causes(spec, where, "priorityClassName", "runtimeClassName")
    causes += one_of(f"{where}.preemptionPolicy", spec.get("preemptionPolicy"), ("PreemptLowerPriority", "Never"))
    if spec.get("overhead"):
        causes += resource_causes({"limits": spec["overhead"]}, f"{where}.overhead")
    causes += operating_system_causes(spec, where)
    if in_pod:
        for kind in ("containers", "initContainers"):
            for index, container in enumerate(list_at(spec, kind)):
                causes += blank_image_causes(container, f"{where}.{kind}[{index}]")
    return causes


def _containers_causes(spec: dict[str, Any], where: str) -> list[Cause]:
    """Say what is wrong with the volumes and containers of a pod."""
    volumes: list[dict[str, Any]] = list_at(spec, "volumes")
    causes = volume_causes(volumes, f"{where}.volumes")
    by_name = {volume.get("name"): volume for volume in volumes}
    claims: list[dict[str, Any]] = list_at(spec, "resourceClaims")
    if claims:
        causes += pod_claim_causes(claims, f"{where}.resourceClaims")
    containers: list[dict[str, Any]] = list_at(spec, "containers")
    if not containers:
        causes.append(field_required(f"{where}.containers"))
    seen: set[str] = set()
    grace = spec.get("terminationGracePeriodSeconds") or 0
    has_own_users = spec.get("hostUsers") is False
    for index, container in enumerate(containers):
        field = f"{where}.containers[{index}]"
        causes += container_causes(container, field, by_name, seen, claims=claims, has_own_users=has_own_users)
        causes += handlers_causes(container, field, grace=grace)
    causes += _host_port_causes(containers, f"{where}.containers")
    for index, container in enumerate(list_at(spec, "initContainers")):
        field = f"{where}.initContainers[{index}]"
        causes += container_causes(
            container, field, by_name, seen, claims=claims, starts_first=True, has_own_users=has_own_users
        )
        # Alone, as they run one by one, and as the server has it: each as if it were the first.
        causes += _host_port_causes([container], f"{where}.initContainers")
        causes += handlers_causes(container, field, grace=grace, starts_first=True)
    return causes


def _names_causes(spec: dict[str, Any], where: str, *members: str) -> list[Cause]:
    """The names of other objects are such."""
    return [cause for name in members if spec.get(name) for cause in subdomain_causes(f"{where}.{name}", spec[name])]


def _host_port_causes(containers: list[dict[str, Any]], where: str) -> list[Cause]:
    """No two of these containers have one port of the node."""
    causes: list[Cause] = []
    seen: set[str] = set()
    for index, container in enumerate(containers):
        for place, port in enumerate(list_at(container, "ports")):
            if port.get("hostPort"):
                shown = f"{port.get('protocol', '')}/{port.get('hostIP', '')}/{port['hostPort']}"
                if shown in seen:
                    causes.append(duplicate(f"{where}[{index}].ports[{place}].hostPort", shown))
                seen.add(shown)
    return causes


def _host_network_causes(containers: list[dict[str, Any]], where: str, *, in_pod: bool) -> list[Cause]:
    """Ports in the network of the node are its own ports; templates need not say so."""
    why = "must match `containerPort` when `hostNetwork` is true"
    return [
        field_invalid(f"{where}[{index}].ports[{place}].hostPort", port.get("hostPort") or 0, why)
        for index, container in enumerate(containers)
        for place, port in enumerate(list_at(container, "ports"))
        if (in_pod or port.get("hostPort")) and (port.get("hostPort") or 0) != (port.get("containerPort") or 0)
    ]


def _dns_causes(policy: str, config: dict[str, Any] | None, field: str) -> list[Cause]:
    if policy == "None":
        if config is None:
            return [field_required(field, "must provide `dnsConfig` when `dnsPolicy` is None")]
        if not config.get("nameservers"):
            why = "must provide at least one DNS nameserver when `dnsPolicy` is None"
            return [field_required(f"{field}.nameservers", why)]
    if config is None:
        return []
    causes: list[Cause] = []
    servers, searches = list_at(config, "nameservers"), list_at(config, "searches")
    if len(servers) > _MOST_NAMESERVERS:
        causes.append(_too_many(f"{field}.nameservers", servers, f"{_MOST_NAMESERVERS} nameservers"))
    for index, server in enumerate(servers):
        causes += ip_causes(f"{field}.nameservers[{index}]", server)
    if len(searches) > _MOST_SEARCHES:
        causes.append(_too_many(f"{field}.searches", searches, f"{_MOST_SEARCHES} search paths"))
    if len(" ".join(searches).encode()) > _LONGEST_SEARCHES:
        what = f"{_LONGEST_SEARCHES} characters (including spaces) in the search list"
        causes.append(_too_many(f"{field}.searches", searches, what))
    for index, search in enumerate(searches):
        if search != ".":
            text, place = search.removesuffix("."), f"{field}.searches[{index}]"
            causes += [field_invalid(place, text, each) for each in underscored_subdomain_problems(text)]
    for index, option in enumerate(list_at(config, "options")):
        if not option.get("name"):
            causes.append(field_required(f"{field}.options[{index}]", "must not be empty"))
    return causes


def _too_many(field: str, values: list[str], most: str) -> Cause:
    return Cause("FieldValueInvalid", f"Invalid value: {go_json(values)}: must not have more than {most}", field)


def _security_causes(spec: dict[str, Any], where: str) -> list[Cause]:
    context: dict[str, Any] = object_at(spec, "securityContext")
    causes: list[Cause] = []
    for name in ("fsGroup", "runAsUser", "runAsGroup"):
        causes += between(f"{where}.{name}", context.get(name), 0, _LARGEST_ID)
    for index, group in enumerate(list_at(context, "supplementalGroups")):
        causes += between(f"{where}.supplementalGroups[{index}]", group, 0, _LARGEST_ID)
    if spec.get("hostPID") and spec.get("shareProcessNamespace"):
        why = "ShareProcessNamespace and HostPID cannot both be enabled"
        causes.append(field_invalid(f"{where}.shareProcessNamespace", True, why))
    if context.get("sysctls"):
        causes += sysctl_causes(spec, f"{where}.sysctls")
    policy = context.get("fsGroupChangePolicy")
    causes += one_of(f"{where}.fsGroupChangePolicy", policy, ("Always", "OnRootMismatch"))
    causes += seccomp_causes(context, where)
    if context.get("windowsOptions"):
        causes += windows_option_causes(context["windowsOptions"], f"{where}.windowsOptions")
    causes += app_armor_causes(context, where)
    groups, relabelling = context.get("supplementalGroupsPolicy"), context.get("seLinuxChangePolicy")
    causes += one_of(f"{where}.supplementalGroupsPolicy", groups, ("Merge", "Strict"))
    return causes + one_of(f"{where}.seLinuxChangePolicy", relabelling, ("Recursive",))
