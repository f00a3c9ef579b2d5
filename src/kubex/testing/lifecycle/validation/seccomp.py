"""What the server refuses in seccomp profiles, and in annotations that name them.

https://kubernetes.io/docs/tutorials/security/seccomp/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

from kubex.core._go_text import go_json
from kubex.testing.failures import Cause, field_forbidden, field_invalid, field_required
from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.lifecycle.pod_parts import containers_of
from kubex.testing.lifecycle.validation.values import unsupported

__all__ = ["seccomp_annotation_causes", "seccomp_causes", "seccomp_mismatch_causes"]

_Object: TypeAlias = Mapping[str, Any]
_OF_POD: Final = "seccomp.security.alpha.kubernetes.io/pod"
_OF_CONTAINERS: Final = "container.seccomp.security.alpha.kubernetes.io/"
_LOCAL: Final = "localhost/"
_VALUES: Final = {"Unconfined": ("unconfined",), "RuntimeDefault": ("runtime/default", "docker/default")}
_TYPES: Final = ("Localhost", "RuntimeDefault", "Unconfined")


def seccomp_causes(context: _Object, where: str) -> list[Cause]:
    """Say what is wrong with the profile of a security context."""
    profile = context.get("seccompProfile")
    if profile is None:
        return []
    kind, path, field = profile.get("type", ""), profile.get("localhostProfile"), f"{where}.seccompProfile"
    causes: list[Cause] = []
    if not kind:
        causes.append(field_required(f"{field}.type", "type is required when seccompProfile is set"))
    elif kind not in _TYPES:
        causes.append(unsupported(f"{field}.type", kind, _TYPES))
    field = f"{field}.localhostProfile"
    if kind == "Localhost":
        if path is None:
            return [*causes, field_required(field, "must be set when seccomp type is Localhost")]
        return causes + _path_causes(path, field)
    if path is not None:
        shown = f'{{"Type":{go_json(kind)},"LocalhostProfile":{go_json(path)}}}'
        why = "can only be set when seccomp type is Localhost"
        causes.append(Cause("FieldValueInvalid", f"Invalid value: {shown}: {why}", field))
    return causes


def seccomp_annotation_causes(annotations: Mapping[str, str], where: str) -> Iterator[Cause]:
    """Say what is wrong with the annotations about seccomp of a pod or template."""
    for key in sorted(annotations, key=lambda key: key != _OF_POD):
        if key == _OF_POD or key.startswith(_OF_CONTAINERS):
            text, field = annotations[key], f"{where}.{key}"
            if text.startswith(_LOCAL):
                yield from _path_causes(text.removeprefix(_LOCAL), field)
            elif not any(text in values for values in _VALUES.values()):
                yield field_invalid(field, text, "must be a valid seccomp profile")


def _path_causes(path: str, field: str) -> list[Cause]:
    causes: list[Cause] = []
    if path.startswith("/"):
        causes.append(field_invalid(field, path, "must be a relative path"))
    if ".." in path.split("/"):
        causes.append(field_invalid(field, path, "must not contain '..'"))
    return causes


def seccomp_mismatch_causes(metadata: _Object, spec: _Object, where: str) -> list[Cause]:
    """Say where the annotations of a pod or template name another profile than its fields."""
    annotations: Mapping[str, str] = object_at(metadata, "annotations")
    if not any("seccomp" in key for key in annotations):
        return []
    causes = _differing_causes(annotations.get(_OF_POD), spec, where)
    for container, place in containers_of(spec, where):
        text = annotations.get(f"{_OF_CONTAINERS}{container.get('name', '')}")
        causes += _differing_causes(text, container, place)
    return causes


def _differing_causes(text: str | None, holder: _Object, where: str) -> list[Cause]:
    profile = object_at(holder, "securityContext").get("seccompProfile")
    if text is None or profile is None:
        return []
    kind, field = profile.get("type", ""), f"{where}.securityContext.seccompProfile"
    if kind == "Localhost" and text.startswith(_LOCAL):
        if text.removeprefix(_LOCAL) == profile.get("localhostProfile"):
            return []
        return [field_forbidden(f"{field}.localhostProfile", "seccomp profile in annotation and field must match")]
    if kind not in _TYPES or text in _VALUES.get(kind, ()):
        return []
    return [field_forbidden(f"{field}.type", "seccomp type in annotation and field must match")]
