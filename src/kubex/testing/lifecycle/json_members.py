"""Members of objects that may be absent or null, where an empty one does as well."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubex.core._json_value import is_array, is_object

__all__ = ["list_at", "object_at"]


def object_at(holder: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Give a member that is an object; an empty one where there is none."""
    value: Any = holder.get(name)
    return value if is_object(value) else {}


def list_at(holder: Mapping[str, Any], name: str) -> list[Any]:
    """Give a member that is a list; an empty one where there is none."""
    value: Any = holder.get(name)
    return value if is_array(value) else []
