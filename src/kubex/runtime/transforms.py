"""What a cache can leave out of the objects it keeps."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from typing import Any, TypeVar, cast

from kubex.core.exceptions import InvalidArgument
from kubex_core.models.dynamic_object import DynamicObject
from kubex_core.models.entity import Entity

__all__ = ["without_fields", "without_managed_fields"]

T = TypeVar("T", bound=Entity)


def without_managed_fields(obj: T) -> T:
    """Leave out who owns which field: a good part of an object, and of no use to most programs."""
    obj.metadata.managed_fields = None
    return obj


def without_fields(*paths: str) -> Callable[[Any], Any]:
    """Make a transform that leaves out whole fields.

    Args:
        paths: attributes as Python names them, with dots: `spec.containers`, `metadata.annotations`; of dynamic objects
            and dicts the JSON's names.

    Raises:
        InvalidArgument: an empty path.

    Example:
        ```python
        Informer(pods, transform=without_fields("metadata.managed_fields", "status.container_statuses"))
        ```
    """
    split = [path.split(".") for path in paths]
    if not all(all(names) for names in split):
        raise InvalidArgument(f"without_fields{paths!r}: a path is names with dots between them")

    def transform(obj: Any) -> Any:
        for *parents, last in split:
            holder = obj
            for name in parents:
                holder = _get(holder, name)
            if _get(holder, last) is not None:
                _remove(holder, last)
        return obj

    return transform


def _get(holder: Any, name: str) -> Any:
    if isinstance(holder, MutableMapping) and not (isinstance(holder, DynamicObject) and name == "metadata"):
        return cast("MutableMapping[str, Any]", holder).get(name)
    return getattr(holder, name, None)


def _remove(holder: Any, name: str) -> None:
    if isinstance(holder, MutableMapping):
        del cast("MutableMapping[str, Any]", holder)[name]
    else:
        setattr(holder, name, None)
