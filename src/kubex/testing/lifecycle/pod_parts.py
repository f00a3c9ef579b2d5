"""Where pods have their containers, and other kinds their templates of pods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kubex.testing.lifecycle.json_members import list_at

__all__ = ["CONTAINER_KINDS", "TEMPLATE_PATHS", "containers_of"]

CONTAINER_KINDS: Final = ("initContainers", "containers", "ephemeralContainers")
"""Members of a pod's spec that have containers, in the server's order."""

TEMPLATE_PATHS: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("", "PodTemplate"): ("template",),
    ("", "ReplicationController"): ("spec", "template"),
    ("apps", "DaemonSet"): ("spec", "template"),
    ("apps", "Deployment"): ("spec", "template"),
    ("apps", "ReplicaSet"): ("spec", "template"),
    ("apps", "StatefulSet"): ("spec", "template"),
    ("batch", "CronJob"): ("spec", "jobTemplate", "spec", "template"),
    ("batch", "Job"): ("spec", "template"),
}
"""Names of members that lead to the template of pods, by group and kind."""


def containers_of(spec: Mapping[str, Any], where: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Give all containers of a pod, each with its path.

    Args:
        spec: of the pod.
        where: the path of the spec.
    """
    for kind in CONTAINER_KINDS:
        for index, container in enumerate(list_at(spec, kind)):
            yield container, f"{where}.{kind}[{index}]"
