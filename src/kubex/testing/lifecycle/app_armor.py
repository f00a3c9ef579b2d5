"""AppArmor profiles of containers that annotations of their pod name, as they did before there were fields for them.

https://kubernetes.io/docs/tutorials/security/apparmor/#specifying-apparmor-confinement
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kubex.testing.change_warnings import add_warning
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.pod_parts import CONTAINER_KINDS
from kubex.testing.storage import JsonObject

__all__ = [
    "APP_ARMOR_OF",
    "LOCAL",
    "LONGEST_LOCAL",
    "NOT_AS_FIELD",
    "VALUES",
    "copy_app_armor",
    "has_app_armor",
    "named_profile",
]

APP_ARMOR_OF: Final = "container.apparmor.security.beta.kubernetes.io/"
"""Begins such annotations; the name of the container follows."""
NOT_AS_FIELD: Final = 'deprecated since v1.30; use the "appArmorProfile" field instead'
"""What is warned of in them."""
VALUES: Final = {"Unconfined": "unconfined", "RuntimeDefault": "runtime/default"}
"""What they say of the types of profiles that need no name."""
LOCAL: Final = "localhost/"
"""Begins what they say of a profile of the node; its name follows."""
LONGEST_LOCAL: Final = 4095


def has_app_armor(annotations: Mapping[str, str]) -> bool:
    """Whether any annotation is about AppArmor."""
    return any(key.startswith(APP_ARMOR_OF) for key in annotations)


def named_profile(text: str) -> dict[str, str] | None:
    """Give the profile that an annotation means; `None` where it means none."""
    for kind, value in VALUES.items():
        if text == value:
            return {"type": kind}
    name = text.removeprefix(LOCAL)
    return {"type": "Localhost", "localhostProfile": name} if name and name != text else None


def copy_app_armor(pod: JsonObject) -> None:
    """Give the containers of a new pod the profiles that its annotations name, in place; with warnings."""
    annotations: Mapping[str, str] | None = pod["metadata"].get("annotations")
    if not annotations or not has_app_armor(annotations):
        return
    spec: JsonObject = pod["spec"]
    if object_at(spec, "os").get("name") == "windows":
        return
    for container, text in _without_field(spec, annotations):
        profile = named_profile(text)
        if profile is not None and not _is_sound(profile):
            profile = None
        if profile is not None and profile == object_at(spec, "securityContext").get("appArmorProfile"):
            continue
        if profile is not None:
            container["securityContext"] = {**object_at(container, "securityContext"), "appArmorProfile": profile}
        add_warning(f"metadata.annotations[{APP_ARMOR_OF}{container['name']}]: {NOT_AS_FIELD}")


def _without_field(spec: JsonObject, annotations: Mapping[str, str]) -> Iterator[tuple[Any, str]]:
    """Give the containers whose profile an annotation alone names, with what it says."""
    for kind in CONTAINER_KINDS:
        for container in list_at(spec, kind):
            text = annotations.get(f"{APP_ARMOR_OF}{container.get('name', '')}")
            if text is not None and object_at(container, "securityContext").get("appArmorProfile") is None:
                yield container, text


def _is_sound(profile: Mapping[str, str]) -> bool:
    name = profile.get("localhostProfile", "")
    return name == name.strip() and len(name.encode()) <= LONGEST_LOCAL
