"""What the server refuses in what a RuntimeClass asks of nodes.

https://kubernetes.io/docs/concepts/containers/runtime-class/
"""

from __future__ import annotations

from typing import Any, Final

from kubex.core._go_text import go_json
from kubex.testing.failures import Cause
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.validation.containers import resource_causes
from kubex.testing.lifecycle.validation.scheduling import toleration_causes
from kubex.testing.lifecycle.validation.values import label_causes

__all__ = ["runtime_causes"]

_KEY: Final = ("key", "operator", "value", "effect")


def runtime_causes(runtime: dict[str, Any]) -> list[Cause]:
    """Say what is wrong with what pods of a RuntimeClass use besides, and with where they run."""
    causes: list[Cause] = []
    if runtime.get("overhead") is not None:
        causes += resource_causes({"limits": object_at(runtime["overhead"], "podFixed")}, "overhead")
    scheduling, field = object_at(runtime, "scheduling"), "scheduling.tolerations"
    causes += label_causes("scheduling.nodeSelector", object_at(scheduling, "nodeSelector"))
    causes += toleration_causes(scheduling, field)
    seen: list[list[str]] = []
    for index, each in enumerate(list_at(scheduling, "tolerations")):
        key: list[str] = [each.get(name, "") for name in _KEY]
        if key in seen:
            causes.append(Cause("FieldValueDuplicate", f"Duplicate value: {_shown(each)}", f"{field}[{index}]"))
        seen.append(key)
    return causes


def _shown(toleration: dict[str, Any]) -> str:
    """Give a toleration in the names of the server's own code, in their order."""
    members = {name.title(): toleration.get(name, "") for name in _KEY}
    members["TolerationSeconds"] = toleration.get("tolerationSeconds")
    return f"{{{','.join(f'{go_json(name)}:{go_json(value)}' for name, value in members.items())}}}"
