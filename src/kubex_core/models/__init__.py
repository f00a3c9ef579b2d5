"""Models that every Kubernetes version shares, and the bases of all others, each imported when it is asked for.

`BaseEntity` is what needs Pydantic: a program that keeps to structs does not pay for importing it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubex_core.models._lazy_exports import lazy_exports

if TYPE_CHECKING:
    from kubex_core.models.base_entity import BaseEntity
    from kubex_core.models.base_struct import BaseStruct, always_written
    from kubex_core.models.camel_model import CamelModel
    from kubex_core.models.definition_config import DefinitionConfig, PrinterColumn, ScalePaths
    from kubex_core.models.delete_options import DeleteOptions, Preconditions
    from kubex_core.models.dynamic_object import DynamicObject
    from kubex_core.models.entity import Entity
    from kubex_core.models.eviction import Eviction
    from kubex_core.models.interfaces import (
        ClusterScopedEntity,
        Evictable,
        HasApproval,
        HasAttach,
        HasBinding,
        HasEphemeralContainers,
        HasExec,
        HasFinalize,
        HasLogs,
        HasPortForward,
        HasResize,
        HasScaleSubresource,
        HasStatusSubresource,
        HasTokenRequest,
        NamespaceScopedEntity,
    )
    from kubex_core.models.list_entity import ListEntity
    from kubex_core.models.merge_rule import MergeRule
    from kubex_core.models.metadata import ListMetadata, ManagedFieldsEntry, ObjectMetadata, OwnerReference, ShardInfo
    from kubex_core.models.micro_time import MicroTime
    from kubex_core.models.partial_object_meta import PartialObjectMetadata
    from kubex_core.models.quantity_string import QuantityString
    from kubex_core.models.resource_config import ResourceConfig, Scope
    from kubex_core.models.scale import Scale, ScaleSpec, ScaleStatus
    from kubex_core.models.schema import Schema, ValidationRule
    from kubex_core.models.status import Status, StatusCause, StatusDetails
    from kubex_core.models.struct_entity import StructEntity

__all__ = [
    "BaseEntity",
    "BaseStruct",
    "CamelModel",
    "ClusterScopedEntity",
    "DefinitionConfig",
    "DeleteOptions",
    "DynamicObject",
    "Entity",
    "Evictable",
    "Eviction",
    "HasApproval",
    "HasAttach",
    "HasBinding",
    "HasEphemeralContainers",
    "HasExec",
    "HasFinalize",
    "HasLogs",
    "HasPortForward",
    "HasResize",
    "HasScaleSubresource",
    "HasStatusSubresource",
    "HasTokenRequest",
    "ListEntity",
    "ListMetadata",
    "ManagedFieldsEntry",
    "MergeRule",
    "MicroTime",
    "NamespaceScopedEntity",
    "ObjectMetadata",
    "OwnerReference",
    "PartialObjectMetadata",
    "Preconditions",
    "PrinterColumn",
    "QuantityString",
    "ResourceConfig",
    "Scale",
    "ScalePaths",
    "ScaleSpec",
    "ScaleStatus",
    "Schema",
    "Scope",
    "ShardInfo",
    "Status",
    "StatusCause",
    "StatusDetails",
    "StructEntity",
    "ValidationRule",
    "always_written",
]

_MODULES = {
    "base_entity": ("BaseEntity",),
    "base_struct": ("BaseStruct", "always_written"),
    "camel_model": ("CamelModel",),
    "definition_config": ("DefinitionConfig", "PrinterColumn", "ScalePaths"),
    "delete_options": ("DeleteOptions", "Preconditions"),
    "dynamic_object": ("DynamicObject",),
    "entity": ("Entity",),
    "eviction": ("Eviction",),
    "interfaces": (
        "ClusterScopedEntity",
        "Evictable",
        "HasApproval",
        "HasAttach",
        "HasBinding",
        "HasEphemeralContainers",
        "HasExec",
        "HasFinalize",
        "HasLogs",
        "HasPortForward",
        "HasResize",
        "HasScaleSubresource",
        "HasStatusSubresource",
        "HasTokenRequest",
        "NamespaceScopedEntity",
    ),
    "list_entity": ("ListEntity",),
    "merge_rule": ("MergeRule",),
    "metadata": ("ListMetadata", "ManagedFieldsEntry", "ObjectMetadata", "OwnerReference", "ShardInfo"),
    "micro_time": ("MicroTime",),
    "partial_object_meta": ("PartialObjectMetadata",),
    "quantity_string": ("QuantityString",),
    "resource_config": ("ResourceConfig", "Scope"),
    "scale": ("Scale", "ScaleSpec", "ScaleStatus"),
    "schema": ("Schema", "ValidationRule"),
    "status": ("Status", "StatusCause", "StatusDetails"),
    "struct_entity": ("StructEntity",),
}

if not TYPE_CHECKING:  # a module with `__getattr__` has every name there is, to a type checker
    __getattr__, __dir__ = lazy_exports(
        __name__, {name: f".{module}" for module, names in _MODULES.items() for name in names}
    )
