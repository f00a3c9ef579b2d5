"""What the server refuses in AppArmor profiles, and in annotations that name them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

from kubex.core._go_text import go_json, go_quoted
from kubex.testing.failures import Cause, field_forbidden, field_invalid, field_required, field_too_long
from kubex.testing.lifecycle.app_armor import APP_ARMOR_OF, LOCAL, LONGEST_LOCAL, VALUES, has_app_armor
from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.lifecycle.pod_parts import containers_of
from kubex.testing.lifecycle.validation.values import unsupported

__all__ = ["app_armor_annotation_causes", "app_armor_causes", "app_armor_mismatch_causes"]

_Object: TypeAlias = Mapping[str, Any]
_TYPES: Final = ("Localhost", "RuntimeDefault", "Unconfined")
_NAMELESS: Final = "must be set when AppArmor type is Localhost"


def app_armor_causes(context: _Object, where: str) -> list[Cause]:
    """Say what is wrong with the profile of a security context."""
    profile = context.get("appArmorProfile")
    if profile is None:
        return []
    kind, name, field = profile.get("type", ""), profile.get("localhostProfile"), f"{where}.appArmorProfile"
    if not kind:
        return [field_required(f"{field}.type", "type is required when appArmorProfile is set")]
    if kind not in _TYPES:
        return [unsupported(f"{field}.type", kind, _TYPES)]
    field = f"{field}.localhostProfile"
    if kind == "Localhost":
        return _local_causes(name, field)
    if name is None:
        return []
    why = "can only be set when AppArmor type is Localhost"
    return [Cause("FieldValueInvalid", f"Invalid value: {go_json(name)}: {why}", field)]


def _local_causes(name: str | None, field: str) -> list[Cause]:
    if not name:
        return [field_required(field, _NAMELESS)]
    causes = [] if name == name.strip() else [field_invalid(field, name, "must not be padded with whitespace")]
    return causes if len(name.encode()) <= LONGEST_LOCAL else [*causes, field_too_long(field, LONGEST_LOCAL)]


def app_armor_annotation_causes(annotations: Mapping[str, str], spec: _Object, where: str) -> Iterator[Cause]:
    """Say what is wrong with the annotations about AppArmor of a pod or template."""
    for key, text in annotations.items():
        if not key.startswith(APP_ARMOR_OF):
            continue
        name = key.removeprefix(APP_ARMOR_OF)
        if not any(each.get("name", "") == name for each, _ in containers_of(spec, "")):
            yield field_invalid(f"{where}[{key}]", name, "container not found")
        if text and text not in VALUES.values() and not text.startswith(LOCAL):
            yield field_invalid(f"{where}[{key}]", text, f"invalid AppArmor profile name: {go_quoted(text)}")


def app_armor_mismatch_causes(metadata: _Object, spec: _Object, where: str) -> list[Cause]:
    """Say where the annotations of a pod or template name another profile than its fields."""
    annotations: Mapping[str, str] = object_at(metadata, "annotations")
    if not annotations or not has_app_armor(annotations) or object_at(spec, "os").get("name") == "windows":
        return []
    whole = object_at(spec, "securityContext").get("appArmorProfile")
    causes: list[Cause] = []
    for container, place in containers_of(spec, where):
        own = object_at(container, "securityContext").get("appArmorProfile")
        text = annotations.get(f"{APP_ARMOR_OF}{container.get('name', '')}")
        profile = whole if own is None else own
        if text is not None and profile is not None:
            causes += _differing_causes(text, profile, f"{place}.securityContext.appArmorProfile")
    return causes


def _differing_causes(text: str, profile: _Object, field: str) -> list[Cause]:
    kind = profile.get("type", "")
    if kind == "Localhost" and text.startswith(LOCAL):
        if text.removeprefix(LOCAL) == profile.get("localhostProfile"):
            return []
        return [field_forbidden(f"{field}.localhostProfile", "apparmor profile in annotation and field must match")]
    if kind not in _TYPES or text == VALUES.get(kind):
        return []
    return [field_forbidden(f"{field}.type", "apparmor type in annotation and field must match")]
