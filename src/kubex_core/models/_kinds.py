"""Whether an object that was read is of the kind that its class is for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kubex_core.models._exceptions import InvalidObject

if TYPE_CHECKING:
    from kubex_core.models.entity import Entity
    from kubex_core.models.resource_config import ResourceConfig

__all__ = ["check_kind"]


def check_kind(made: Entity, api_version: str, kind: str) -> None:
    """Refuse what was read as an object of a class and is one of another kind: its fields would look unset.

    The version within the group does not count.

    Args:
        made: what was read.
        api_version: group and version that it says it has.
        kind: kind that it says it has.

    Raises:
        InvalidObject: group or kind are not those of the class.
    """
    config: ResourceConfig[Any] | None = getattr(made, "__RESOURCE_CONFIG__", None)
    if config is None or (kind == config.kind and api_version.rpartition("/")[0] == (config.group or "")):
        return
    if config.kind != "PartialObjectMetadata":  # which is read of objects of any kind
        raise InvalidObject.of_kind(type(made), api_version, kind)
