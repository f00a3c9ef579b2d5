"""What a class that users give says of its resource, or why it is none."""

from __future__ import annotations

from typing import TypeVar

from kubex.core.exceptions import InvalidArgument, InvalidType
from kubex_core.models.entity import Entity
from kubex_core.models.resource_config import ResourceConfig

__all__ = ["config_of"]

T = TypeVar("T", bound=Entity)


def config_of(resource_type: type[T]) -> ResourceConfig[T]:
    """Give the config of a resource class.

    Raises:
        InvalidArgument: it has none.
        InvalidType: it is an object of a resource.
    """
    config: ResourceConfig[T] | None = getattr(resource_type, "__RESOURCE_CONFIG__", None)
    if config is None:
        raise InvalidArgument(f"{resource_type!r} is no resource class: it has no __RESOURCE_CONFIG__")
    if not isinstance(resource_type, type):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidType.of("resource_type", "a resource class", resource_type)
    return config
