"""What the server refuses in those annotations of pods that mean something to it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from kubex.testing.failures import Cause, field_invalid
from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.lifecycle.validation.app_armor import app_armor_annotation_causes

__all__ = ["pod_annotation_causes"]

_MIRROR: Final = "kubernetes.io/config.mirror"
_COST: Final = "controller.kubernetes.io/pod-deletion-cost"
_SECCOMP: Final = "seccomp.security.alpha.kubernetes.io/pod"
_SECCOMP_OF_CONTAINERS: Final = "container.seccomp.security.alpha.kubernetes.io/"
_PROFILES: Final = ("runtime/default", "docker/default", "unconfined")
_LOCAL: Final = "localhost/"
_NUMBER: Final = re.compile(r"0|-?[1-9][0-9]{0,9}", re.ASCII)


def pod_annotation_causes(metadata: Mapping[str, Any], spec: Mapping[str, Any], where: str) -> list[Cause]:
    """Say what is wrong with the annotations of a pod or template.

    Args:
        metadata: of it.
        spec: of it.
        where: its annotations are.
    """
    annotations = object_at(metadata, "annotations")
    if not annotations:
        return []
    causes: list[Cause] = []
    if _MIRROR in annotations and not spec.get("nodeName"):
        why = "must set spec.nodeName if mirror pod annotation is set"
        causes.append(field_invalid(f"{where}[{_MIRROR}]", annotations[_MIRROR], why))
    cost = annotations.get(_COST, "0")
    if not _NUMBER.fullmatch(cost) or not -(2**31) <= int(cost) < 2**31:
        causes.append(field_invalid(f"{where}[{_COST}]", cost, "must be a 32bit integer"))
    for key in sorted(annotations, key=lambda key: key != _SECCOMP):
        if key == _SECCOMP or key.startswith(_SECCOMP_OF_CONTAINERS):
            causes += _profile_causes(annotations[key], f"{where}.{key}")
    return [*causes, *app_armor_annotation_causes(annotations, spec, where)]


def _profile_causes(profile: str, field: str) -> list[Cause]:
    if profile in _PROFILES:
        return []
    if not profile.startswith(_LOCAL):
        return [field_invalid(field, profile, "must be a valid seccomp profile")]
    path = profile.removeprefix(_LOCAL)
    causes: list[Cause] = []
    if path.startswith("/"):
        causes.append(field_invalid(field, path, "must be a relative path"))
    if ".." in path.split("/"):
        causes.append(field_invalid(field, path, "must not contain '..'"))
    return causes
