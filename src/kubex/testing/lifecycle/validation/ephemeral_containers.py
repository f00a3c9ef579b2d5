"""What the server refuses in the ephemeral containers of pods.

https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/
"""

from __future__ import annotations

from typing import Any, Final

from kubex.testing.failures import Cause, field_forbidden
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.validation.containers import container_causes
from kubex.testing.lifecycle.validation.pod_annotations import is_mirror

__all__ = ["ephemeral_container_causes"]

_WHERE: Final = "spec.ephemeralContainers"
_NOT_SET: Final = "cannot be set for an Ephemeral Container"
# In the order of the type. What the server looks at in any container, and then what it does not.
_LOOKED_AT: Final = ("ports", "resources")
_ASIDE: Final = (
    "resizePolicy",
    "restartPolicy",
    "restartPolicyRules",
    "livenessProbe",
    "readinessProbe",
    "startupProbe",
    "lifecycle",
)


def ephemeral_container_causes(new: dict[str, Any], old: dict[str, Any]) -> list[Cause]:
    """Say what is wrong with a pod that a change of its ephemeral containers leaves."""
    if is_mirror(old["metadata"]):
        return [field_forbidden("[]", "static pods do not support ephemeral containers")]
    spec = new["spec"]
    has_own_users = spec.get("hostUsers") is False
    volumes = {volume.get("name"): volume for volume in list_at(spec, "volumes")}
    others = {each.get("name", "") for kind in ("containers", "initContainers") for each in list_at(spec, kind)}
    claims = list_at(spec, "resourceClaims")
    seen = set(others)
    causes: list[Cause] = []
    for index, container in enumerate(list_at(spec, "ephemeralContainers")):
        field = f"{_WHERE}[{index}]"
        usual = {name: value for name, value in container.items() if name not in _ASIDE}
        causes += container_causes(
            usual, field, volumes, seen, claims=claims, is_ephemeral=True, has_own_users=has_own_users
        )
        target = container.get("targetContainerName", "")
        if target and target not in others:
            causes.append(Cause("FieldValueNotFound", f'Not found: "{target}"', f"{field}.targetContainerName"))
        causes += [
            field_forbidden(f"{field}.{each}", _NOT_SET) for each in (*_LOOKED_AT, *_ASIDE) if container.get(each)
        ]
        causes += [
            field_forbidden(f"{field}.volumeMounts[{place}].{each}", _NOT_SET)
            for place, mount in enumerate(list_at(container, "volumeMounts"))
            for each in ("subPath", "subPathExpr")
            if mount.get(each)
        ]
    return causes + _kept_causes(list_at(spec, "ephemeralContainers"), object_at(old, "spec"))


def _kept_causes(containers: list[dict[str, Any]], old: dict[str, Any]) -> list[Cause]:
    """Say which of the containers that were there are not there as they were."""
    named = {each.get("name"): each for each in containers}
    causes: list[Cause] = []
    for before in list_at(old, "ephemeralContainers"):
        now, first = named.get(before.get("name")), f'existing ephemeral containers "{before.get("name")}" may not be'
        if now is None:
            causes.append(field_forbidden(_WHERE, f"{first} removed\n"))
        elif now != before:
            causes.append(field_forbidden(_WHERE, f"{first} changed"))  # and how, in internal types
    return causes
