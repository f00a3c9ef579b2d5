"""Where a custom resource has its numbers of replicas, and what stands there.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#scale-subresource
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kubex.core._go_text import go_type, go_value
from kubex.core._json_value import is_object

__all__ = ["ReplicasPathError", "number_at", "set_at", "split_path", "text_at"]

_MAP: Final = "map[string]interface {}"


class ReplicasPathError(Exception):
    """What stands at a path is of another type than it has to be; the text is the server's."""


def split_path(path: str) -> list[str]:
    """Give the names of a path: `.spec.replicas`."""
    return path.removeprefix(".").split(".")


def number_at(object_: Mapping[str, Any], path: str) -> int | None:
    """Give the whole number at a path; `None` if nothing is there.

    Raises:
        ReplicasPathError: something else is there, or on the way.
    """
    value = _value_at(object_, path)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise _of_type(path, value, "int64")
    return value


def text_at(object_: Mapping[str, Any], path: str) -> str:
    """Give the text at a path; `""` if nothing is there.

    Raises:
        ReplicasPathError: something else is there, or on the way.
    """
    value = _value_at(object_, path)
    if value is not None and not isinstance(value, str):
        raise _of_type(path, value, "string")
    return value or ""


def set_at(object_: dict[str, Any], path: str, value: Any) -> None:
    """Put a value at a path, in place.

    Raises:
        ReplicasPathError: something on the way is no object.
    """
    place: Any = object_
    *before, last = split_path(path)
    for index, name in enumerate(before):
        place = place.setdefault(name, {})
        if not is_object(place):
            where = ".".join(("", *before[: index + 1]))
            raise ReplicasPathError(f"value cannot be set because {where} is not a {_MAP}")
    place[last] = value


def _value_at(object_: Any, path: str) -> Any:
    names = split_path(path)
    for index, name in enumerate(names):
        if object_ is None:
            return None
        if not is_object(object_):
            raise _of_type(".".join(names[: index + 1]), object_, _MAP)
        object_ = object_.get(name)
    return object_


def _of_type(path: str, value: Any, expected: str) -> ReplicasPathError:
    shown = ".".join(("", *split_path(path)))
    return ReplicasPathError(
        f"{shown} accessor error: {go_value(value)} is of the type {go_type(value)}, expected {expected}"
    )
