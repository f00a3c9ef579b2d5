"""The `fieldPath` of a rule: where the API server is to say that it is broken.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#field-path
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from kubex.core._json_value import is_object

__all__ = ["normalized_path"]

_PART: Final = re.compile(r"\.([^.\[\]']+)|\['((?:\\.|[^'\\])*)'\]", re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES: Final = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "'": "'", "\\": "\\"}


def normalized_path(path: str, schema: Mapping[str, Any]) -> str | None:
    """Give a path as causes name fields: `spec.names[a.b]` for `.spec.names['a.b']`; `None` if it leads nowhere.

    Args:
        path: of fields and keys.
        schema: of the value that it begins in.
    """
    found, at = "", 0
    while at < len(path):
        match = _PART.match(path, at)
        name = _name(match) if match is not None else None
        if match is None or name is None:
            return None
        at = match.end()
        properties, values = schema.get("properties"), schema.get("additionalProperties")
        own = properties.get(name) if is_object(properties) else values
        if not is_object(own):
            return None
        if is_object(properties):
            found += f".{name}" if found else name
        else:
            found += f"[{name}]"
        schema = own
    return found


def _name(match: re.Match[str]) -> str | None:
    """Give the name of a part; `None` where it has an escape that there is not."""
    if match[1] is not None:
        return match[1]
    if any(each not in _ESCAPES for each in _ESCAPE.findall(match[2])):
        return None
    return _ESCAPE.sub(lambda escape: _ESCAPES[escape[1]], match[2])
