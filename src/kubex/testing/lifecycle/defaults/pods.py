"""Defaults of pods and of the templates that pods are made from.

https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/
"""

from __future__ import annotations

import re
from typing import Any, Final

from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.pod_amounts import amounts_of_containers

__all__ = ["default_pod", "default_pod_spec", "default_template"]

_MODE: Final = 0o644
_TAG: Final = re.compile(r":([\w][\w.-]*)$")
# An image that can't be read has no tag.
_IMAGE: Final = re.compile(r"(?:[\w.-]+(?::\d+)?/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::[\w][\w.-]*)?$", re.ASCII)
_OF_PODS: Final = ("cpu", "memory")
_HUGE_PAGES: Final = "hugepages-"
_PROBES: Final = ("livenessProbe", "readinessProbe", "startupProbe")
_PROBE: Final = {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}


def default_pod(pod: dict[str, Any]) -> None:
    """Fill in a pod, in place."""
    spec = pod["spec"]
    _default_addresses(object_at(pod, "status"))
    default_pod_spec(spec)
    if spec["terminationGracePeriodSeconds"] is not None and spec["terminationGracePeriodSeconds"] < 0:
        spec["terminationGracePeriodSeconds"] = 1  # not in templates
    for container in (*list_at(spec, "containers"), *list_at(spec, "initContainers")):
        _request_what_is_limited(container)
    if spec.get("resources"):
        _default_resources(spec)
    spec.setdefault("enableServiceLinks", True)
    if spec.get("hostNetwork"):
        for container in (*list_at(spec, "containers"), *list_at(spec, "initContainers")):
            for port in list_at(container, "ports"):
                port["hostPort"] = port.get("hostPort") or port.get("containerPort", 0)


def _default_addresses(status: dict[str, Any]) -> None:
    """Let the address of a pod be the first of its addresses; where they differ, the one counts."""
    addresses = list_at(status, "podIPs")
    first = addresses[0].get("ip") if addresses else None
    address = status.get("podIP")
    if not address and first:
        status["podIP"] = first
    elif address and address != first:
        status["podIPs"] = [{"ip": address}]


def default_template(template: dict[str, Any]) -> None:
    """Fill in a pod template, in place."""
    template.setdefault("metadata", {})
    default_pod_spec(template.setdefault("spec", {}))


def default_pod_spec(spec: dict[str, Any]) -> None:
    """Fill in the spec of a pod or template, in place."""
    for volume in list_at(spec, "volumes"):
        _default_volume(volume)
    for kind in ("initContainers", "containers", "ephemeralContainers"):
        for container in list_at(spec, kind):
            _default_container(container)
    spec.setdefault("restartPolicy", "Always")
    spec.setdefault("terminationGracePeriodSeconds", 30)
    spec.setdefault("dnsPolicy", "ClusterFirst")
    account = spec.get("serviceAccountName") or spec.get("serviceAccount")
    if account:
        spec["serviceAccountName"] = spec["serviceAccount"] = account
    spec.setdefault("securityContext", {})
    spec.setdefault("schedulerName", "default-scheduler")


def _default_container(container: dict[str, Any]) -> None:
    for port in list_at(container, "ports"):
        port.setdefault("protocol", "TCP")
    for variable in list_at(container, "env"):
        _default_field_reference(variable.get("valueFrom"))
    container.setdefault("resources", {})
    for name in _PROBES:
        if name in container:
            _default_probe(container[name])
    for name in ("postStart", "preStop"):
        _default_handler(object_at(object_at(container, "lifecycle"), name))
    container.setdefault("terminationMessagePath", "/dev/termination-log")
    container.setdefault("terminationMessagePolicy", "File")
    container.setdefault("imagePullPolicy", _pull_policy(container.get("image", "")))


def _pull_policy(image: str) -> str:
    if "@" in image or not _IMAGE.match(image):
        return "IfNotPresent"
    tag = _TAG.search(image.rpartition("/")[2])
    return "Always" if tag is None or tag[1] == "latest" else "IfNotPresent"


def _default_probe(probe: dict[str, Any]) -> None:
    for name, value in _PROBE.items():
        probe.setdefault(name, value)
    _default_handler(probe)
    if "grpc" in probe:
        probe["grpc"]["service"] = probe["grpc"].get("service") or ""


def _default_handler(handler: dict[str, Any]) -> None:
    if "httpGet" in handler:
        handler["httpGet"].setdefault("path", "/")
        handler["httpGet"].setdefault("scheme", "HTTP")


def _request_what_is_limited(container: dict[str, Any]) -> None:
    limits = object_at(container, "resources").get("limits")
    if limits:
        requests = container["resources"].setdefault("requests", {})
        for name, value in limits.items():
            requests.setdefault(name, value)


def _default_resources(spec: dict[str, Any]) -> None:
    """Fill in what a pod that says some of its resources as a whole takes, by what its containers do."""
    resources = spec["resources"]
    limits, requests = object_at(resources, "limits"), object_at(resources, "requests")
    if limits or requests:
        for name, total in amounts_of_containers(spec, "limits").items():
            if name.startswith(_HUGE_PAGES) and name not in requests and name not in limits:
                limits = resources["limits"] = {**limits, name: str(total)}
    if limits:
        asked = amounts_of_containers(spec, "requests")
        filled: dict[str, Any] = {
            name: value for name, value in limits.items() if name in _OF_PODS or name.startswith(_HUGE_PAGES)
        }
        filled.update((name, str(asked[name])) for name in _OF_PODS if name in asked)
        resources["requests"] = {**filled, **requests}


def _default_volume(volume: dict[str, Any]) -> None:
    if set(volume) <= {"name"}:
        volume["emptyDir"] = {}
    for kind in ("secret", "configMap", "projected", "downwardAPI"):
        if kind in volume:
            volume[kind].setdefault("defaultMode", _MODE)
    if "image" in volume:
        volume["image"].setdefault("pullPolicy", _pull_policy(volume["image"].get("reference", "")))
    if "hostPath" in volume:
        volume["hostPath"].setdefault("type", "")
    if "ephemeral" in volume:
        template = volume["ephemeral"].get("volumeClaimTemplate")
        if template:
            template.setdefault("spec", {}).setdefault("volumeMode", "Filesystem")
    for item in list_at(object_at(volume, "downwardAPI"), "items"):
        _default_field_reference(item)
    for source in list_at(object_at(volume, "projected"), "sources"):
        if "serviceAccountToken" in source:
            source["serviceAccountToken"].setdefault("expirationSeconds", 3600)
        for item in list_at(object_at(source, "downwardAPI"), "items"):
            _default_field_reference(item)


def _default_field_reference(holder: dict[str, Any] | None) -> None:
    if holder and "fieldRef" in holder:
        holder["fieldRef"].setdefault("apiVersion", "v1")
