"""What `crd_for` makes of classes, as JSON."""

from __future__ import annotations

from types import new_class
from typing import Any

import kubex
from kubex_core.models.base_struct import BaseStruct
from kubex_core.models.interfaces import ClusterScopedEntity
from kubex_core.models.resource_config import ResourceConfig
from kubex_core.models.struct_entity import StructEntity


def written(*classes: Any, **options: Any) -> dict[str, Any]:
    whole: dict[str, Any] = kubex.crd_for(*classes, **options).model_dump(mode="json", by_alias=True, exclude_none=True)
    return whole


def version(*classes: Any) -> dict[str, Any]:
    found: dict[str, Any] = written(*classes)["spec"]["versions"][0]
    return found


def spec_of(*classes: Any) -> dict[str, Any]:
    found: dict[str, Any] = version(*classes)["schema"]["openAPIV3Schema"]["properties"]["spec"]
    return found


def schema_of(hint: Any) -> dict[str, Any]:
    """Give the schema of a field of a type, in a struct."""
    spec = new_class("Spec", (BaseStruct,), {"kw_only": True}, lambda names: names.update(__annotations__={"x": hint}))
    cls = new_class(
        "Thing",
        (StructEntity, ClusterScopedEntity),
        {"kw_only": True},
        lambda names: names.update(
            __annotations__={"spec": spec},
            __RESOURCE_CONFIG__=ResourceConfig[Any](group="example.com", version="v1", kind="Thing"),
        ),
    )
    found: dict[str, Any] = spec_of(cls)["properties"]["x"]
    return found
