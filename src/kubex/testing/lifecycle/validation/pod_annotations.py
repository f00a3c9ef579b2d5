"""What the server refuses in those annotations of pods that mean something to it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from kubex.testing.failures import Cause, field_forbidden, field_invalid
from kubex.testing.lifecycle.app_armor import APP_ARMOR_OF
from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.lifecycle.validation.app_armor import app_armor_annotation_causes
from kubex.testing.lifecycle.validation.seccomp import seccomp_annotation_causes

__all__ = ["annotation_change_causes", "is_mirror", "pod_annotation_causes"]

_MIRROR: Final = "kubernetes.io/config.mirror"
_COST: Final = "controller.kubernetes.io/pod-deletion-cost"
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
    causes += seccomp_annotation_causes(annotations, where)
    return [*causes, *app_armor_annotation_causes(annotations, spec, where)]


def annotation_change_causes(metadata: Mapping[str, Any], before: Mapping[str, Any]) -> list[Cause]:
    """Say which annotations of a pod may not be changed so."""
    new, old = object_at(metadata, "annotations"), object_at(before, "annotations")
    causes: list[Cause] = []
    for key in (*old, *(key for key in new if key not in old)):
        what = "AppArmor annotations" if key.startswith(APP_ARMOR_OF) else "mirror pod annotation"
        if new.get(key) != old.get(key) and (key == _MIRROR or key.startswith(APP_ARMOR_OF)):
            how = "remove or update" if key in old else "add"
            causes.append(field_forbidden(f"metadata.annotations[{key}]", f"may not {how} {what}"))
    return causes


def is_mirror(metadata: Mapping[str, Any]) -> bool:
    """Whether a pod shows one that a node runs without having been asked to by the server."""
    return _MIRROR in object_at(metadata, "annotations")
