"""What the server refuses when the containers of a pod are resized.

https://kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources/
"""

from __future__ import annotations

from typing import Any, Final

from kubex.testing.failures import Cause, field_forbidden, field_invalid
from kubex.testing.lifecycle.admission import quality_of_service
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.validation.pods import pod_spec_causes

__all__ = ["resizing_causes"]

_RESIZABLE: Final = ("cpu", "memory")


def resizing_causes(new: dict[str, Any], old: dict[str, Any]) -> list[Cause]:
    """Say what is wrong with a pod whose containers have other resources than before."""
    causes = pod_spec_causes(new["spec"], "spec", in_pod=True)
    before = object_at(old, "status").get("qosClass") or quality_of_service(old["spec"])
    if quality_of_service(new["spec"]) != before:
        causes.append(field_invalid("spec", before, "Pod QOS Class may not change as a result of resizing"))
    others_change = False
    for kind in ("containers", "initContainers"):
        pairs = zip(list_at(new["spec"], kind), list_at(old["spec"], kind), strict=True)  # none is added or removed
        for index, (now, then) in enumerate(pairs):
            for amounts in ("requests", "limits"):
                is_, was = (object_at(object_at(each, "resources"), amounts) for each in (now, then))
                if any(name in was and name not in is_ for name in _RESIZABLE):
                    why = f"resource {amounts} cannot be removed"
                    causes.append(field_forbidden(f"spec.{kind}[{index}].resources.{amounts}", why))
                others_change |= any(is_.get(name) != was.get(name) for name in {*is_, *was}.difference(_RESIZABLE))
    if others_change:
        causes.append(field_forbidden("spec", "only cpu and memory resources are mutable"))
    return causes
