"""Members of objects that may be absent or null, where an empty one does as well.

Every look at an object goes through here, some hundred for each write: no call is made that need not be.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["list_at", "object_at"]


def object_at(holder: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Give a member that is an object; an empty one where there is none."""
    value: Any = holder.get(name)
    return value if isinstance(value, dict) else {}  # pyright: ignore[reportUnknownVariableType]


def list_at(holder: Mapping[str, Any], name: str) -> list[Any]:
    """Give a member that is a list; an empty one where there is none."""
    value: Any = holder.get(name)
    return value if isinstance(value, list) else []  # pyright: ignore[reportUnknownVariableType]
