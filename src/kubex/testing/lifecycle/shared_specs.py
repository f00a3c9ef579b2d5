"""The specs of new pods, of which those of one template are alike: equal ones are kept as one.

There are hundreds of dicts in a hundred pods of a template otherwise, through which Python's garbage collector goes
again and again; and what was found of one spec (`KnownParts`) is known of all.
"""

from __future__ import annotations

from typing import Final

import msgspec

from kubex.testing.registry import Resource
from kubex.testing.storage import JsonObject

__all__ = ["share_spec"]

_specs: dict[bytes, JsonObject] = {}
_MOST: Final = 256
_LONGEST: Final = 16 * 1024  # bytes of JSON


def share_spec(resource: Resource, object_: JsonObject) -> None:
    """Put an equal spec that was there before into a new pod, in place: from here on nobody may change it."""
    spec = object_.get("spec")
    if resource.kind != "Pod" or not spec:
        return
    key = msgspec.json.encode(spec)
    if len(key) > _LONGEST:
        return
    if key not in _specs and len(_specs) >= _MOST:
        _specs.clear()
    object_["spec"] = _specs.setdefault(key, spec)
